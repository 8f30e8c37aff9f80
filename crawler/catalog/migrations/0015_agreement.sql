-- What lists say of articles before they are visited, and whether what was read agrees.
ALTER TABLE links ADD COLUMN shown TEXT;  -- the day that a list shows beside it, in the site's time zone
ALTER TABLE links ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;  -- 1: title and day are those of a list, before the first visit
ALTER TABLE documents ADD COLUMN title_agrees INTEGER;  -- 1: with the list, when the page was visited; NULL: none said anything
ALTER TABLE documents ADD COLUMN day_agrees INTEGER;
-- The articles of a site of which a list said anything, by age: what agreement asks.
CREATE INDEX documents_agreement ON documents (site, archived, title_agrees, day_agrees) WHERE title_agrees IS NOT NULL;

ALTER TABLE links ADD COLUMN interval REAL;  -- days between two visits, in force; NULL: none decided yet
ALTER TABLE links ADD COLUMN first_run TEXT;  -- the run that first got an answer for it: since then we have what is there
ALTER TABLE links ADD COLUMN listed_run TEXT;  -- the last run in which a list showed it before we had it
ALTER TABLE links ADD COLUMN whole_visit INTEGER REFERENCES visits (id);  -- the last visit whose evidence holds its whole page
ALTER TABLE links ADD COLUMN etag TEXT;  -- of that response, verbatim
ALTER TABLE links ADD COLUMN last_modified TEXT;  -- of that response, verbatim
ALTER TABLE links ADD COLUMN useless INTEGER NOT NULL DEFAULT 0;  -- times in a row they were new though the page was not
ALTER TABLE links ADD COLUMN trusted_until TEXT;  -- UTC, until when they are sent; NULL: not at all

-- Hosts that said of a changed page that it was the same: their pages are not asked for conditionally.
CREATE TABLE deceptive_hosts (
    host TEXT PRIMARY KEY,         -- with its port if it has one
    url TEXT NOT NULL,             -- canonical, of the page where it was noticed
    noticed TEXT NOT NULL          -- UTC
) STRICT, WITHOUT ROWID;

-- What earlier releases visited once joins the revisits, spread over three months.
UPDATE links SET first_run = last_run WHERE last_run IS NOT NULL AND last_outcome <> 'failed';
UPDATE links SET next_visit = strftime('%Y-%m-%dT%H:%M:%S+00:00', last_visit, '+' || (1 + seq % 90) || ' days')
WHERE next_visit IS NULL AND last_outcome IN ('new', 'changed', 'unchanged', 'duplicate', 'gone', 'listed');

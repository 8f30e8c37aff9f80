-- How many articles agree with what lists told of them, counted with the writes: title and day each 1 or 0, '-' for a day that no list told.
INSERT INTO tallies (kind, site, value, number)
SELECT 'agreement', site, title_agrees || coalesce(day_agrees, '-'), count(*) FROM documents WHERE title_agrees IS NOT NULL GROUP BY 2, 3;

CREATE TRIGGER documents_agreement_counted AFTER INSERT ON documents WHEN new.title_agrees IS NOT NULL BEGIN
INSERT INTO tallies VALUES ('agreement', new.site, new.title_agrees || coalesce(new.day_agrees, '-'), 1)
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
END;
CREATE TRIGGER documents_agreement_recounted AFTER UPDATE OF site, title_agrees, day_agrees ON documents
WHEN new.site <> old.site OR new.title_agrees IS NOT old.title_agrees OR new.day_agrees IS NOT old.day_agrees BEGIN
INSERT INTO tallies SELECT 'agreement', old.site, old.title_agrees || coalesce(old.day_agrees, '-'), -1 WHERE old.title_agrees IS NOT NULL
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
INSERT INTO tallies SELECT 'agreement', new.site, new.title_agrees || coalesce(new.day_agrees, '-'), 1 WHERE new.title_agrees IS NOT NULL
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
END;
CREATE TRIGGER documents_agreement_discounted AFTER DELETE ON documents WHEN old.title_agrees IS NOT NULL BEGIN
INSERT INTO tallies VALUES ('agreement', old.site, old.title_agrees || coalesce(old.day_agrees, '-'), -1)
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
END;

-- How often a name stands in bylines, in each role. A number may come down to 0.
CREATE TABLE bylines (
    role TEXT NOT NULL,            -- as printed; '' for all roles together
    name TEXT NOT NULL,            -- '' for all names of a role together
    articles INTEGER NOT NULL,     -- one is counted twice where a name stands there in two roles
    PRIMARY KEY (role, name)
) STRICT, WITHOUT ROWID;
INSERT INTO bylines
SELECT role, name, count(*) FROM people GROUP BY role, name
UNION ALL SELECT '', name, count(*) FROM people GROUP BY name
UNION ALL SELECT role, '', count(*) FROM people GROUP BY role;
CREATE INDEX bylines_most ON bylines (role, articles DESC, name) WHERE name <> '';
CREATE TRIGGER people_counted AFTER INSERT ON people BEGIN
INSERT INTO bylines VALUES (new.role, new.name, 1), ('', new.name, 1), (new.role, '', 1)
ON CONFLICT (role, name) DO UPDATE SET articles = articles + excluded.articles;
END;
CREATE TRIGGER people_discounted AFTER DELETE ON people BEGIN
INSERT INTO bylines VALUES (old.role, old.name, -1), ('', old.name, -1), (old.role, '', -1)
ON CONFLICT (role, name) DO UPDATE SET articles = articles + excluded.articles;
END;

-- Articles that say and show nothing: few, and asked for at the end of every run.
CREATE INDEX documents_empty ON documents (site, archived, url)
WHERE status = 'live' AND characters = 0 AND images + attachments + videos = 0;

-- The same counts made anew: what `scrapy verify` compares them with.
CREATE VIEW counted_tallies AS
SELECT 'articles' AS kind, site, '' AS value, count(*) AS number FROM documents WHERE search_row IS NOT NULL GROUP BY site
UNION ALL SELECT 'copies', site, '', count(*) FROM documents WHERE duplicate_of IS NOT NULL GROUP BY site
UNION ALL SELECT 'gone', site, '', count(*) FROM documents WHERE search_row IS NOT NULL AND status = 'gone' GROUP BY site
UNION ALL SELECT 'images', site, '', sum(images) FROM documents WHERE search_row IS NOT NULL AND images > 0 GROUP BY site
UNION ALL SELECT 'attachments', site, '', sum(attachments) FROM documents WHERE search_row IS NOT NULL AND attachments > 0 GROUP BY site
UNION ALL SELECT 'day', site, coalesce(substr(published, 1, 10), ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'month', site, coalesce(substr(published, 1, 7), ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'section', site, coalesce(section, ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'source', site, coalesce(source, ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'status', site, status, count(*) FROM documents GROUP BY 2, 3
UNION ALL SELECT 'media', site, coalesce(outcome, 'waiting'), count(*) FROM media_links GROUP BY 2, 3
UNION ALL SELECT 'agreement', site, title_agrees || coalesce(day_agrees, '-'), count(*) FROM documents WHERE title_agrees IS NOT NULL GROUP BY 2, 3;
CREATE VIEW counted_bylines AS
SELECT role, name, count(*) AS articles FROM people GROUP BY role, name
UNION ALL SELECT '', name, count(*) FROM people GROUP BY name
UNION ALL SELECT role, '', count(*) FROM people GROUP BY role;

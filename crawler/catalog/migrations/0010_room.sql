-- How many articles there are of each kind: kept by triggers on documents. A number may have come down to 0.
CREATE TABLE tallies (
    kind TEXT NOT NULL,            -- articles, copies, gone, images, attachments; day, month, section, source
    site TEXT NOT NULL,            -- key
    value TEXT NOT NULL,           -- the day, month, section or source; '' of an article without one, and for the other kinds
    number INTEGER NOT NULL,
    PRIMARY KEY (kind, site, value)
) STRICT, WITHOUT ROWID;

-- Those there are already.
INSERT INTO tallies (kind, site, value, number)
SELECT 'articles', site, '', count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY site
UNION ALL SELECT 'copies', site, '', count(*) FROM documents WHERE duplicate_of IS NOT NULL GROUP BY site
UNION ALL SELECT 'gone', site, '', count(*) FROM documents WHERE search_row IS NOT NULL AND status = 'gone' GROUP BY site
UNION ALL SELECT 'images', site, '', sum(images) FROM documents WHERE search_row IS NOT NULL AND images > 0 GROUP BY site
UNION ALL SELECT 'attachments', site, '', sum(attachments) FROM documents WHERE search_row IS NOT NULL AND attachments > 0 GROUP BY site
UNION ALL SELECT 'day', site, coalesce(substr(published, 1, 10), ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'month', site, coalesce(substr(published, 1, 7), ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'section', site, coalesce(section, ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3
UNION ALL SELECT 'source', site, coalesce(source, ''), count(*) FROM documents WHERE search_row IS NOT NULL GROUP BY 2, 3;

CREATE TRIGGER documents_counted AFTER INSERT ON documents BEGIN 
INSERT INTO tallies (kind, site, value, number)
SELECT kind, new.site, value, + number FROM (
    SELECT 'articles' AS kind, '' AS value, 1 AS number, 1 AS found
    UNION ALL SELECT 'gone', '', 1, new.status = 'gone'
    UNION ALL SELECT 'images', '', new.images, new.images > 0
    UNION ALL SELECT 'attachments', '', new.attachments, new.attachments > 0
    UNION ALL SELECT 'day', coalesce(substr(new.published, 1, 10), ''), 1, 1
    UNION ALL SELECT 'month', coalesce(substr(new.published, 1, 7), ''), 1, 1
    UNION ALL SELECT 'section', coalesce(new.section, ''), 1, 1
    UNION ALL SELECT 'source', coalesce(new.source, ''), 1, 1
) WHERE found AND new.search_row IS NOT NULL
UNION ALL SELECT 'copies', new.site, '', + 1 WHERE new.duplicate_of IS NOT NULL
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
 END;
CREATE TRIGGER documents_recounted AFTER UPDATE OF site, status, published, section, source, images, attachments, search_row, duplicate_of ON documents BEGIN 
INSERT INTO tallies (kind, site, value, number)
SELECT kind, old.site, value, - number FROM (
    SELECT 'articles' AS kind, '' AS value, 1 AS number, 1 AS found
    UNION ALL SELECT 'gone', '', 1, old.status = 'gone'
    UNION ALL SELECT 'images', '', old.images, old.images > 0
    UNION ALL SELECT 'attachments', '', old.attachments, old.attachments > 0
    UNION ALL SELECT 'day', coalesce(substr(old.published, 1, 10), ''), 1, 1
    UNION ALL SELECT 'month', coalesce(substr(old.published, 1, 7), ''), 1, 1
    UNION ALL SELECT 'section', coalesce(old.section, ''), 1, 1
    UNION ALL SELECT 'source', coalesce(old.source, ''), 1, 1
) WHERE found AND old.search_row IS NOT NULL
UNION ALL SELECT 'copies', old.site, '', - 1 WHERE old.duplicate_of IS NOT NULL
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
 
INSERT INTO tallies (kind, site, value, number)
SELECT kind, new.site, value, + number FROM (
    SELECT 'articles' AS kind, '' AS value, 1 AS number, 1 AS found
    UNION ALL SELECT 'gone', '', 1, new.status = 'gone'
    UNION ALL SELECT 'images', '', new.images, new.images > 0
    UNION ALL SELECT 'attachments', '', new.attachments, new.attachments > 0
    UNION ALL SELECT 'day', coalesce(substr(new.published, 1, 10), ''), 1, 1
    UNION ALL SELECT 'month', coalesce(substr(new.published, 1, 7), ''), 1, 1
    UNION ALL SELECT 'section', coalesce(new.section, ''), 1, 1
    UNION ALL SELECT 'source', coalesce(new.source, ''), 1, 1
) WHERE found AND new.search_row IS NOT NULL
UNION ALL SELECT 'copies', new.site, '', + 1 WHERE new.duplicate_of IS NOT NULL
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
 END;
CREATE TRIGGER documents_discounted AFTER DELETE ON documents BEGIN 
INSERT INTO tallies (kind, site, value, number)
SELECT kind, old.site, value, - number FROM (
    SELECT 'articles' AS kind, '' AS value, 1 AS number, 1 AS found
    UNION ALL SELECT 'gone', '', 1, old.status = 'gone'
    UNION ALL SELECT 'images', '', old.images, old.images > 0
    UNION ALL SELECT 'attachments', '', old.attachments, old.attachments > 0
    UNION ALL SELECT 'day', coalesce(substr(old.published, 1, 10), ''), 1, 1
    UNION ALL SELECT 'month', coalesce(substr(old.published, 1, 7), ''), 1, 1
    UNION ALL SELECT 'section', coalesce(old.section, ''), 1, 1
    UNION ALL SELECT 'source', coalesce(old.source, ''), 1, 1
) WHERE found AND old.search_row IS NOT NULL
UNION ALL SELECT 'copies', old.site, '', - 1 WHERE old.duplicate_of IS NOT NULL
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + excluded.number;
 END;

-- Two indexes hold all that search and its facets ask of a document: by its row of the index of words, and by its date.
CREATE INDEX documents_found ON documents (search_row, site, published, section, source, id);
CREATE INDEX documents_newest ON documents (published, search_row, site, section, source, id);
DROP INDEX documents_published;
CREATE INDEX documents_source ON documents (source, published);
CREATE INDEX documents_section ON documents (section, published);

-- The universities whose sites are here, as the register of this release has them; written with the sites, never by hand.
CREATE TABLE institutions (
    domain TEXT PRIMARY KEY,       -- registered domain: nankai.edu.cn
    name TEXT NOT NULL,            -- 南开大学
    name_en TEXT,
    province TEXT,                 -- 天津
    level TEXT,                    -- 本科, 专科, 其他
    code TEXT,                     -- of the ministry of education
    sources INTEGER NOT NULL       -- kinds of public lists that tie the domain to the name; not verified live
) STRICT;
ALTER TABLE sites ADD COLUMN institution TEXT;  -- domain of the institution its host belongs to; NULL: the register knows none

-- What somebody should look at: no text, rules that disagreed where the body is, a list that says otherwise.
CREATE INDEX documents_suspect ON documents (site) WHERE (characters = 0 OR confidence < 0.5 OR title_agrees = 0 OR day_agrees = 0);

DROP VIEW articles;
DROP VIEW site_overview;

-- Every article once: reposts and duplicates are left out, and what is withheld.
CREATE VIEW articles AS
SELECT
    documents.title,
    sites.name AS university,
    documents.published,
    documents.section,
    documents.source,
    (
        SELECT group_concat(role || ' ' || name, '; ')
        FROM (SELECT role, name FROM people WHERE people.document = documents.id ORDER BY position)
    ) AS people,
    documents.images,
    documents.attachments,
    documents.characters,
    documents.version,
    documents.status,
    documents.url,
    documents.path,
    documents.archived,
    documents.id,
    documents.search_row,
    coalesce(institutions.name, sites.name) AS institution,
    institutions.province,
    institutions.level
FROM documents JOIN sites ON sites.key = documents.site LEFT JOIN institutions ON institutions.domain = sites.institution
WHERE documents.duplicate_of IS NULL AND NOT EXISTS (SELECT 1 FROM withheld WHERE withheld.document = documents.id);

-- Every site with its holdings, and how many documents of it are withheld.
CREATE VIEW site_overview AS
SELECT
    sites.name AS university,
    sites.key AS site,
    sites.host,
    coalesce(held.articles, 0) AS articles,
    coalesce(held.duplicates, 0) AS duplicates,
    coalesce(held.gone, 0) AS gone,
    held.earliest,
    held.latest,
    held.last_archived,
    (
        SELECT count(*) FROM links
        WHERE links.site = sites.key AND last_visit IS NULL AND next_visit IS NOT NULL
    ) AS waiting,
    sites.added,
    (
        SELECT count(*) FROM withheld JOIN documents ON documents.id = withheld.document WHERE documents.site = sites.key
    ) AS withheld,
    coalesce(institutions.name, sites.name) AS institution,
    institutions.province,
    institutions.level
FROM sites LEFT JOIN institutions ON institutions.domain = sites.institution LEFT JOIN (
    SELECT
        site,
        sum(duplicate_of IS NULL) AS articles,
        sum(duplicate_of IS NOT NULL) AS duplicates,
        sum(status = 'gone') AS gone,
        min(published) AS earliest,
        max(published) AS latest,
        max(archived) AS last_archived
    FROM documents WHERE NOT EXISTS (SELECT 1 FROM withheld WHERE withheld.document = documents.id) GROUP BY site
) AS held ON held.site = sites.key;

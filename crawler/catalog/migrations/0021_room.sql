-- Pages of the reading room over many documents: the newest articles, what was archived last, and how many there are of each section and source
-- are read off an index.
CREATE INDEX media_files_stored ON media_files (stored, size);
CREATE INDEX documents_archived ON documents (substr(archived, 1, 10), coalesce(published, ''), search_row) WHERE search_row IS NOT NULL;
DROP INDEX documents_section;
DROP INDEX documents_source;
CREATE INDEX documents_section ON documents (section, published, search_row, site);
CREATE INDEX documents_source ON documents (source, published, search_row, site);

DROP VIEW articles;
-- Neither a copy nor what is withheld has a search row. What is known of institutions is looked up for the rows that are shown alone, and sites
-- stand behind documents, so that these come in the order of an index.
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
    coalesce((SELECT institutions.name FROM institutions WHERE institutions.domain = sites.institution), sites.name) AS institution,
    (SELECT institutions.province FROM institutions WHERE institutions.domain = sites.institution) AS province,
    (SELECT institutions.level FROM institutions WHERE institutions.domain = sites.institution) AS level
FROM documents CROSS JOIN sites ON sites.key = documents.site
WHERE documents.search_row IS NOT NULL;

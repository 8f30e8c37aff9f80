-- Every address a withheld document was found under: none is visited, or called by its title, as long as it is.
CREATE TABLE withheld_urls (
    url TEXT PRIMARY KEY,          -- canonical
    document TEXT NOT NULL REFERENCES withheld (document) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE INDEX withheld_urls_document ON withheld_urls (document);

-- What withheld documents said, as digests: a page that says the same elsewhere becomes no document.
CREATE TABLE withheld_texts (
    content_digest TEXT NOT NULL,  -- sha256 of the normalised title and body
    document TEXT NOT NULL REFERENCES withheld (document) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (content_digest, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX withheld_texts_document ON withheld_texts (document);

-- Whoever asks for such an address (a list that shows it, a site read anew, a seed), it is not due and has no title.
CREATE TRIGGER withheld_link_added AFTER INSERT ON links
WHEN (NEW.next_visit IS NOT NULL OR NEW.title IS NOT NULL) AND EXISTS (SELECT 1 FROM withheld_urls WHERE url = NEW.url)
BEGIN
    UPDATE links SET next_visit = NULL, title = NULL WHERE seq = NEW.seq;
END;
CREATE TRIGGER withheld_link_changed AFTER UPDATE OF url, next_visit, title ON links
WHEN (NEW.next_visit IS NOT NULL OR NEW.title IS NOT NULL) AND EXISTS (SELECT 1 FROM withheld_urls WHERE url = NEW.url)
BEGIN
    UPDATE links SET next_visit = NULL, title = NULL WHERE seq = NEW.seq;
END;

-- The last line of defence: whatever door a text comes through, a withheld document takes none.
CREATE TRIGGER withheld_document_written BEFORE UPDATE OF path, search_row ON documents
WHEN (NEW.path IS NOT NULL OR NEW.search_row IS NOT NULL) AND EXISTS (SELECT 1 FROM withheld WHERE document = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'this document is withheld');
END;
CREATE TRIGGER withheld_version_added BEFORE INSERT ON versions
WHEN EXISTS (SELECT 1 FROM withheld WHERE document = NEW.document)
BEGIN
    SELECT RAISE(ABORT, 'this document is withheld');
END;

-- A withheld document keeps its row in `documents`, with nothing in it but its identity: views leave it out.
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
    documents.search_row
FROM documents JOIN sites ON sites.key = documents.site
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
    ) AS withheld
FROM sites LEFT JOIN (
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

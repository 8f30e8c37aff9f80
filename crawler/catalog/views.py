"""Views for readers: one row a thing people ask for, with column names they can read."""

VIEWS = """
-- Every article once: reposts and duplicates are left out.
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
WHERE documents.duplicate_of IS NULL;

-- Every fetch with the name of the university.
CREATE VIEW recent_visits AS
SELECT
    visits.fetched,
    sites.name AS university,
    visits.outcome,
    visits.reason,
    visits.url,
    visits.status AS http_status,
    visits.size,
    visits.seconds,
    visits.links_found,
    visits.detail,
    visits.document,
    visits.run
FROM visits JOIN sites ON sites.key = visits.site;

-- Every run with its length and what it brought.
CREATE VIEW run_summary AS
SELECT
    run,
    started,
    finished,
    round((julianday(finished) - julianday(started)) * 1440, 1) AS minutes,
    state,
    exit_code,
    visits,
    new,
    changed,
    unchanged + not_modified AS unchanged,
    duplicate AS duplicates,
    listed AS lists,
    not_article AS not_articles,
    gone,
    refused,
    failed,
    (SELECT count(*) FROM issues WHERE issues.run = runs.run AND level <> 'info') AS issues
FROM runs;

-- Every site with its holdings.
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
    sites.added
FROM sites LEFT JOIN (
    SELECT
        site,
        sum(duplicate_of IS NULL) AS articles,
        sum(duplicate_of IS NOT NULL) AS duplicates,
        sum(status = 'gone') AS gone,
        min(published) AS earliest,
        max(published) AS latest,
        max(archived) AS last_archived
    FROM documents GROUP BY site
) AS held ON held.site = sites.key;
"""

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

# What a site as a whole is to us is told by the links of its last run: one that was read, and it is open.
WALL_VIEWS = """
-- Links that stand behind a wall or fail, counted for each site by what stands in the way.
CREATE VIEW site_walls AS
SELECT
    sites.name AS university,
    links.site,
    links.last_outcome AS outcome,
    links.last_reason AS reason,
    count(*) AS links,
    min(links.last_visit) AS first_seen,
    max(links.last_visit) AS last_seen,
    sum(links.next_visit IS NULL) AS given_up,
    min(links.next_visit) AS next_visit
FROM links JOIN sites ON sites.key = links.site
WHERE links.last_outcome IN ('refused', 'failed') OR links.last_reason = 'soft_404'
GROUP BY links.site, links.last_outcome, links.last_reason;

-- Every site with whether it lets itself be read from here.
CREATE VIEW site_states AS
SELECT
    sites.name AS university,
    sites.key AS site,
    CASE
        WHEN last.run IS NULL THEN 'not visited'
        WHEN last.read THEN 'open'
        WHEN last.walled THEN 'walled'
        WHEN last.robots THEN 'robots'
        WHEN last.unreachable THEN 'unreachable from here'
        WHEN last.nameless THEN 'no address'
        ELSE 'failing'
    END AS state,
    (
        SELECT group_concat(reason || ' ' || links, ', ')
        FROM (SELECT coalesce(reason, outcome) AS reason, links FROM site_walls WHERE site_walls.site = sites.key ORDER BY 2 DESC, 1)
    ) AS walls,
    last.run
FROM sites LEFT JOIN (
    SELECT
        links.site,
        links.last_run AS run,
        max(last_outcome NOT IN ('refused', 'failed')) AS read,
        max(last_reason IN ('forbidden', 'login', 'challenge', 'intranet')) AS walled,
        max(last_reason IN ('robots', 'robots_unreachable')) AS robots,
        max(last_reason IN ('unreachable', 'timeout', 'connection', 'tls', 'private_address')) AS unreachable,
        max(last_reason = 'dns') AS nameless
    FROM links JOIN (SELECT site, max(last_run) AS run FROM links GROUP BY site) AS latest
        ON latest.site = links.site AND latest.run = links.last_run
    GROUP BY links.site, links.last_run
) AS last ON last.site = sites.key;
"""

GROUP_VIEWS = """
-- Every copy of an article with the one that was seen first: found to be alike, or equal to the letter (duplicates).
CREATE VIEW copies AS
WITH members (document, first, kin, similarity) AS (
    SELECT document, first, kin, similarity FROM group_members
    UNION ALL
    SELECT
        equal.id,
        coalesce(group_members.first, equal.duplicate_of),
        coalesce(group_members.kin, iif(equal.language <> documents.language, 'script', 'same')),
        coalesce(group_members.similarity, 1.0)
    FROM documents AS equal
    JOIN documents ON documents.id = equal.duplicate_of
    LEFT JOIN group_members ON group_members.document = equal.duplicate_of
)
SELECT
    firsts.title AS first_title,
    first_sites.name AS first_university,
    documents.title,
    sites.name AS university,
    members.kin,
    members.similarity,
    documents.site <> firsts.site AS elsewhere,
    documents.published,
    documents.status,
    documents.url,
    firsts.url AS first_url,
    documents.archived,
    members.document AS id,
    members.first
FROM members
JOIN documents ON documents.id = members.document
JOIN sites ON sites.key = documents.site
JOIN documents AS firsts ON firsts.id = members.first
JOIN sites AS first_sites ON first_sites.key = firsts.site;

-- Every article that has copies, once.
CREATE VIEW groups AS
SELECT
    first_title AS title,
    first_university AS university,
    count(*) AS copies,
    sum(elsewhere) AS reposts,
    sum(kin = 'same') AS same,
    sum(kin = 'script') AS script,
    sum(kin = 'edited') AS edited,
    sum(kin = 'excerpt') AS excerpts,
    sum(kin = 'expanded') AS expanded,
    first_url AS url,
    first AS id
FROM copies GROUP BY first;
"""

# A withheld document keeps its row in `documents`, with nothing in it but its identity: views leave it out.
WITHHELD_VIEWS = """
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
"""

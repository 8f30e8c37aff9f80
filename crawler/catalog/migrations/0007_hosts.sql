ALTER TABLE links ADD COLUMN last_reason TEXT;  -- of last_outcome, where it does not say it all
UPDATE links SET last_reason = (SELECT reason FROM visits WHERE visits.url = links.url ORDER BY id DESC LIMIT 1)
WHERE last_outcome IN ('gone', 'refused', 'failed', 'not_article');

-- Hosts that failed or asked to be left alone, until they answer again: what holds a run back also holds back the next one.
CREATE TABLE hosts (
    host TEXT PRIMARY KEY,         -- with its port if it has one
    not_before TEXT,               -- nothing is sent to it before, UTC; NULL: it answered since
    failures INTEGER NOT NULL,     -- in a row, until it answers
    reason TEXT,                   -- of the last one
    changed TEXT NOT NULL          -- UTC
) STRICT, WITHOUT ROWID;

-- The last robots.txt that each host answered with, obeyed for a day.
CREATE TABLE robots (
    origin TEXT PRIMARY KEY,       -- scheme, host and port: https://news.example.edu.cn
    fetched TEXT NOT NULL,         -- UTC
    status INTEGER NOT NULL,       -- of HTTP, after redirects; 4xx: everything is allowed
    rules TEXT NOT NULL            -- the first 500 KiB; '' where there are none
) STRICT;

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

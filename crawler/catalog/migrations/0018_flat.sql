-- What a run, an audit and a page ask costs what their own work costs, however large the archive is.
CREATE INDEX visits_judged ON visits (site) WHERE outcome IN ('new', 'changed') OR reason = 'undated';
CREATE INDEX media_links_tried ON media_links (run, site, outcome) WHERE run IS NOT NULL;
CREATE INDEX media_links_left_out ON media_links (site) WHERE fetched IS NULL AND reason IN ('out_of_scope', 'not_wanted', 'unchecked');
CREATE INDEX links_last_run ON links (site, last_run, last_outcome, last_reason);
CREATE INDEX links_waiting ON links (site) WHERE next_visit IS NOT NULL AND last_visit IS NULL;
CREATE INDEX links_seeds ON links (site) WHERE role = 'seed';
CREATE INDEX documents_sampled ON documents (site, id);
CREATE INDEX documents_family ON documents (site, family);
CREATE INDEX absences_standing ON absences (confirmed, document) WHERE returned IS NULL;
CREATE INDEX versions_path ON versions (path);

-- How many documents a site has of each status, withheld ones too, and how many addresses of media by outcome. A number may come down to 0.
INSERT INTO tallies (kind, site, value, number)
SELECT 'status', site, status, count(*) FROM documents GROUP BY 2, 3
UNION ALL SELECT 'media', site, coalesce(outcome, 'waiting'), count(*) FROM media_links GROUP BY 2, 3;
CREATE TRIGGER documents_status_counted AFTER INSERT ON documents BEGIN
INSERT INTO tallies VALUES ('status', new.site, new.status, 1) ON CONFLICT (kind, site, value) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER documents_status_recounted AFTER UPDATE OF site, status ON documents
WHEN new.site <> old.site OR new.status <> old.status BEGIN
UPDATE tallies SET number = number - 1 WHERE kind = 'status' AND site = old.site AND value = old.status;
INSERT INTO tallies VALUES ('status', new.site, new.status, 1) ON CONFLICT (kind, site, value) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER documents_status_discounted AFTER DELETE ON documents BEGIN
UPDATE tallies SET number = number - 1 WHERE kind = 'status' AND site = old.site AND value = old.status;
END;
CREATE TRIGGER media_links_counted AFTER INSERT ON media_links BEGIN
INSERT INTO tallies VALUES ('media', new.site, coalesce(new.outcome, 'waiting'), 1)
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER media_links_recounted AFTER UPDATE OF site, outcome ON media_links
WHEN new.site <> old.site OR new.outcome IS NOT old.outcome BEGIN
UPDATE tallies SET number = number - 1 WHERE kind = 'media' AND site = old.site AND value = coalesce(old.outcome, 'waiting');
INSERT INTO tallies VALUES ('media', new.site, coalesce(new.outcome, 'waiting'), 1)
ON CONFLICT (kind, site, value) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER media_links_discounted AFTER DELETE ON media_links BEGIN
UPDATE tallies SET number = number - 1 WHERE kind = 'media' AND site = old.site AND value = coalesce(old.outcome, 'waiting');
END;

DROP VIEW site_states;

-- Every site with whether it lets itself be read from here.
CREATE VIEW site_states AS
SELECT
    sites.name AS university,
    sites.key AS site,
    CASE
        WHEN latest.run IS NULL THEN 'not visited'
        WHEN EXISTS (
            SELECT 1 FROM links WHERE links.site = sites.key AND last_run = latest.run AND last_outcome NOT IN ('refused', 'failed')
        ) THEN 'open'
        WHEN EXISTS (
            SELECT 1 FROM links WHERE links.site = sites.key AND last_run = latest.run
            AND last_reason IN ('forbidden', 'login', 'challenge', 'intranet')
        ) THEN 'walled'
        WHEN EXISTS (
            SELECT 1 FROM links WHERE links.site = sites.key AND last_run = latest.run AND last_reason IN ('robots', 'robots_unreachable')
        ) THEN 'robots'
        WHEN EXISTS (
            SELECT 1 FROM links WHERE links.site = sites.key AND last_run = latest.run
            AND last_reason IN ('unreachable', 'timeout', 'connection', 'tls', 'private_address')
        ) THEN 'unreachable from here'
        WHEN EXISTS (
            SELECT 1 FROM links WHERE links.site = sites.key AND last_run = latest.run AND last_reason = 'dns'
        ) THEN 'no address'
        ELSE 'failing'
    END AS state,
    (
        SELECT group_concat(reason || ' ' || links, ', ') FROM (
            SELECT coalesce(last_reason, last_outcome) AS reason, count(*) AS links FROM links
            WHERE links.site = sites.key AND (last_outcome IN ('refused', 'failed') OR last_reason = 'soft_404')
            GROUP BY last_outcome, last_reason ORDER BY 2 DESC, 1
        )
    ) AS walls,
    latest.run
FROM sites LEFT JOIN (
    SELECT key, (SELECT max(last_run) FROM links WHERE links.site = key) AS run FROM sites
) AS latest ON latest.key = sites.key;

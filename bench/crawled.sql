-- What a crawl has written beside the documents, in 40 runs. A list page shows twenty articles; a fifth of the links wait, a tenth was left aside.
INSERT INTO runs (run, started, finished, state, exit_code, arguments, counts)
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 39)
SELECT printf('202609%02dT%02d0000Z-%06d', 1 + n / 2, n % 2, n), printf('2026-09-%02dT%02d:00:00+00:00', 1 + n / 2, n % 2),
    printf('2026-09-%02dT%02d:30:00+00:00', 1 + n / 2, n % 2), 'finished', 0, '{}',
    (SELECT json_group_object(key, json_object('new', 10, 'unchanged', 20)) FROM sites) FROM numbers;
CREATE TEMP TABLE made AS
SELECT documents.rowid AS n, id, url, site, title, substr(published, 1, 10) AS day,
    row_number() OVER (PARTITION BY site ORDER BY documents.rowid) - 1 AS place,
    printf('202609%02dT%02d0000Z-%06d', 1 + documents.rowid % 40 / 2, documents.rowid % 2, documents.rowid % 40) AS run,
    printf('2026-09-%02dT%02d:10:00+00:00', 1 + documents.rowid % 40 / 2, documents.rowid % 2) AS at
FROM documents;
CREATE UNIQUE INDEX temp.made_id ON made (id);
INSERT INTO links (url, site, fetch_url, role, priority, found, found_on, next_visit, last_visit, last_run, first_run, last_outcome)
SELECT 'https://' || site || '.example.edu.cn/list/' || (place / 20), site, 'https://' || site || '.example.edu.cn/list/' || (place / 20),
    iif(place < 20, 'section', 'next'), iif(place < 20, 1, 3), min(at), iif(place < 20, NULL, 'https://' || site || '.example.edu.cn/list/' || (place / 20 - 1)),
    '2027-01-01T00:00:00+00:00', max(at), max(run), max(run), 'listed'
FROM made GROUP BY site, place / 20;
INSERT INTO links (url, site, fetch_url, role, priority, title, shown, listed, found, found_on, next_visit, last_visit, last_run, first_run, last_outcome, interval)
SELECT url, site, url, 'article', 2, title, day, 1, at, 'https://' || site || '.example.edu.cn/list/' || (place / 20),
    '2027-01-01T00:00:00+00:00', at, run, run, 'new', 30.0 FROM made;
INSERT INTO links (url, site, fetch_url, role, priority, found, found_on, next_visit)
SELECT url || '?waits', site, url || '?waits', 'other', 5, at, url, '2027-02-01T00:00:00+00:00' FROM made WHERE n % 5 = 0
UNION ALL SELECT url || '?tag', site, url || '?tag', 'aside', 6, at, url, NULL FROM made WHERE n % 10 = 0;
INSERT INTO links (url, site, fetch_url, role, priority, found, found_on, last_visit, last_run, first_run, last_outcome, last_reason)
SELECT url || '?walled', site, url || '?walled', 'article', 2, at, url, at, run, run, 'refused', iif(n % 2, 'login', 'robots') FROM made WHERE n % 20 = 0;
INSERT INTO list_pages (page, list, site, outcome, obstacles, elsewhere, articles)
SELECT seq, (SELECT seq FROM links AS first WHERE first.url = 'https://' || links.site || '.example.edu.cn/list/0'), site, 'listed', '[]', '{}', 20
FROM links WHERE last_outcome = 'listed';
INSERT INTO list_rows (page, link, shown)
SELECT page.seq, links.seq, links.shown FROM links JOIN links AS page ON page.url = links.found_on WHERE links.listed;
INSERT INTO visits (url, site, run, role, fetched, outcome, status, content_type, size, seconds, document, links_found, warc, warc_offset, warc_record, payload_digest)
SELECT url, site, run, 'article', at, 'new', 200, 'text/html', 20000, 0.1, id, 50, 'warc/' || run || '-00001.warc.gz', n * 9000, '<urn:uuid:' || id || '>', 'sha256:' || id
FROM made ORDER BY run, n;
INSERT INTO visits (url, site, run, role, fetched, outcome, reason, status, seconds, document, links_found)
SELECT url, site, run, 'article', at, 'unchanged', iif(n % 9 = 0, 'soft_404', NULL), 200, 0.1, id, 50 FROM made WHERE n % 2 ORDER BY run, n;
INSERT INTO versions (document, version, visit, captured, title, path, content_digest, markdown_digest, extractor)
SELECT documents.id, 1, (SELECT min(visits.id) FROM visits WHERE visits.document = documents.id), archived, title, path, content_digest, content_digest, extractor
FROM documents;
INSERT INTO media_files (sha256, path, type, size, stored)
SELECT id || id, 'media/' || substr(id, 1, 2) || '/' || id || id || '.png', 'image/png', 5000, at FROM made;
INSERT INTO media (document, position, kind, url, sha256) SELECT id, 1, 'image', url || '.png', id || id FROM made UNION ALL
SELECT id, 2, 'image', url || '.jpg', NULL FROM made;
INSERT INTO media_links (url, site, document, kind, found, sha256, fetched, run, outcome, warc, warc_offset, warc_record, payload_digest)
SELECT url || '.png', site, id, 'image', at, id || id, at, run, 'stored', 'warc/' || run || '-00001.warc.gz', n * 9000 + 5, '<urn:uuid:m' || id || '>', 'sha256:m' || id FROM made;
INSERT INTO media_links (url, site, document, kind, found, fetched, run, outcome, reason)
SELECT url || '.jpg', site, id, 'image', at, at, run, 'refused', 'out_of_scope' FROM made WHERE n % 20 = 0;
INSERT INTO media_links (url, site, document, kind, found, outcome, reason)
SELECT url || '.jpg', site, id, 'image', at, 'skipped', 'not_wanted' FROM made WHERE n % 50 = 1;
UPDATE documents SET title_agrees = 1, day_agrees = 1, archived = (SELECT at FROM made WHERE made.id = documents.id) WHERE rowid % 2;
UPDATE documents SET day_agrees = 0 WHERE rowid % 1000 = 7;
INSERT INTO coverage SELECT key, 'https://' || key || '.example.edu.cn/list/0', 'section', NULL, NULL, 10, 20, 20, '{}', '{}', 0, NULL, '2026-09-20T00:00:00+00:00',
    (SELECT max(run) FROM runs) FROM sites;

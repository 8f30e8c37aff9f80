ALTER TABLE media_links ADD COLUMN size_limit INTEGER;  -- bytes that a medium skipped as too_large is more than

-- The media of older articles, in the order of their documents. `unchecked`: the next run of their site sees whether its rules want them.
INSERT INTO media_links (url, site, document, kind, found, reason, next_visit)
SELECT media.url, documents.site, documents.id, media.kind, documents.archived, 'unchecked', documents.archived
FROM media JOIN documents ON documents.id = media.document
WHERE documents.status = 'live' AND documents.path IS NOT NULL AND documents.id NOT IN (SELECT document FROM withheld)
ORDER BY documents.archived, documents.id, media.position
ON CONFLICT (url) DO NOTHING;

-- How complete the media of each document are that has a file and is not withheld.
DROP VIEW IF EXISTS media_completeness;
CREATE VIEW media_completeness AS
SELECT
    media.document,
    count(*) AS media,
    sum(media_links.outcome IS 'stored') AS stored,
    sum(media_links.outcome IS 'failed') AS failed,
    sum(media_links.outcome IS 'refused') AS refused,
    sum(media_links.outcome IS 'skipped') AS skipped,
    sum(media_links.outcome IS NULL) AS waiting
FROM media JOIN documents ON documents.id = media.document
LEFT JOIN media_links ON media_links.url = media.url
WHERE documents.path IS NOT NULL AND media.document NOT IN (SELECT document FROM withheld)
GROUP BY media.document;

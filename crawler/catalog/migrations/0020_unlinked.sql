-- Documents that may show a medium which is there, and to whose file their Markdown does not link yet: few, and asked for at the end of every run.
-- What is linked since then is taken out where it is written; one too many is only looked at once more.
CREATE TABLE unlinked (
    document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO unlinked
SELECT DISTINCT media.document FROM media JOIN media_links ON media_links.url = media.url
WHERE media_links.sha256 IS NOT NULL AND media.sha256 IS NOT media_links.sha256;

CREATE TRIGGER media_shown_unlinked AFTER INSERT ON media
WHEN EXISTS (SELECT 1 FROM media_links WHERE url = new.url AND sha256 IS NOT NULL AND sha256 IS NOT new.sha256) BEGIN
INSERT OR IGNORE INTO unlinked VALUES (new.document);
END;
CREATE TRIGGER media_made_unlinked AFTER UPDATE OF url, sha256 ON media
WHEN EXISTS (SELECT 1 FROM media_links WHERE url = new.url AND sha256 IS NOT NULL AND sha256 IS NOT new.sha256) BEGIN
INSERT OR IGNORE INTO unlinked VALUES (new.document);
END;
CREATE TRIGGER media_links_there AFTER INSERT ON media_links WHEN new.sha256 IS NOT NULL BEGIN
INSERT OR IGNORE INTO unlinked SELECT document FROM media WHERE url = new.url AND sha256 IS NOT new.sha256;
END;
CREATE TRIGGER media_links_stored AFTER UPDATE OF url, sha256 ON media_links
WHEN new.sha256 IS NOT NULL AND (new.sha256 IS NOT old.sha256 OR new.url <> old.url) BEGIN
INSERT OR IGNORE INTO unlinked SELECT document FROM media WHERE url = new.url AND sha256 IS NOT new.sha256;
END;

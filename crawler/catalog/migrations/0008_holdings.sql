-- Contents of pictures, attachments and videos, each once, whatever the number of its addresses.
CREATE TABLE media_files (
    sha256 TEXT PRIMARY KEY,       -- of the bytes, content-decoded, 64 hex digits
    path TEXT NOT NULL UNIQUE,     -- media/<aa>/<sha256>.<ext>, relative to the archive; the extension by content
    type TEXT NOT NULL,            -- media type (RFC 6838) by content: image/jpeg
    size INTEGER NOT NULL,         -- bytes
    width INTEGER,                 -- pixels, of a picture
    height INTEGER,
    stored TEXT NOT NULL           -- UTC
) STRICT, WITHOUT ROWID;

-- Every address of a medium that a document shows, and what came of fetching it. One not stored is due at next_visit.
CREATE TABLE media_links (
    url TEXT PRIMARY KEY,          -- as in media.url
    site TEXT NOT NULL REFERENCES sites (key),
    document TEXT NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,  -- the one that showed it first
    kind TEXT NOT NULL,            -- image, attachment, video
    found TEXT NOT NULL,           -- UTC
    sha256 TEXT REFERENCES media_files (sha256) DEFERRABLE INITIALLY DEFERRED,  -- NULL: not stored
    fetched TEXT,                  -- the last attempt, UTC; NULL: none yet
    run TEXT,                      -- of the last attempt
    outcome TEXT CHECK (outcome IN ('stored', 'failed', 'refused', 'skipped')),  -- NULL: not tried; skipped: by a limit
    reason TEXT,                   -- why it is not stored
    detail TEXT,                   -- a sentence for a person
    status INTEGER,                -- HTTP
    failures INTEGER NOT NULL DEFAULT 0,  -- attempts in a row that did not store it
    next_visit TEXT,               -- due when this is past, UTC; NULL: stored, or never again
    warc TEXT,                     -- evidence of the attempt that stored it: file relative to the archive ...
    warc_offset INTEGER,           -- ... byte where the record begins ...
    warc_record TEXT,              -- ... WARC-Record-ID ...
    payload_digest TEXT            -- ... sha256 of the body as received
) STRICT, WITHOUT ROWID;
CREATE INDEX media_links_due ON media_links (site, next_visit) WHERE next_visit IS NOT NULL;
CREATE INDEX media_links_sha256 ON media_links (sha256);
CREATE INDEX media_links_document ON media_links (document);
CREATE INDEX media_url ON media (url);

-- Documents taken out of browse, search and export: tombstones. Their texts stand in withheld/<id>.json, outside the catalog.
CREATE TABLE withheld (
    document TEXT PRIMARY KEY REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    url TEXT NOT NULL,             -- canonical
    reason TEXT NOT NULL,          -- as the person who withheld it put it
    since TEXT NOT NULL            -- UTC
) STRICT, WITHOUT ROWID;

-- When `scrapy verify` last looked at each object, and what it found.
CREATE TABLE checks (
    object TEXT PRIMARY KEY,       -- path relative to the archive: of a document, a medium, a WARC file
    checked TEXT NOT NULL,         -- UTC
    fault TEXT                     -- code of the fault found; NULL: none
) STRICT, WITHOUT ROWID;
CREATE INDEX checks_checked ON checks (checked);

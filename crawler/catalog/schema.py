"""The tables of the catalog, as named migrations. A released migration is never edited; a change is a new one.

Derived tables (documents, versions, media, media_files, people, texts, document_search, tallies, boilerplate, signatures, signature_keys,
group_members, addresses) can be refilled from evidence and Markdown. Operational ones (sites, links, media_links, visits, runs, issues,
changes, absences, held, drifts, alarms, hosts, robots, withheld, withheld_urls, withheld_texts, checks) are history: no command drops them.
"""

from sqlite_utils import Database, Migrations

from crawler.catalog.queries import tallies
from crawler.catalog.tables import groups
from crawler.catalog.views import GROUP_VIEWS, VIEWS, WALL_VIEWS, WITHHELD_VIEWS

# A deferred foreign key looks for children whenever a parent is inserted, and uses no partial index for that:
# the columns with one are indexed whole (a partial index cost 0.3 ms a document, growing with the table).
MIGRATIONS = Migrations("catalog")

TABLES = """
-- One row for each publisher's definition file (seeds/*.yaml) a run used, as it was when last used.
CREATE TABLE sites (
    key TEXT PRIMARY KEY,          -- stem of the definition file; the host for a site known only by its URL
    name TEXT NOT NULL,            -- 四川农业大学
    host TEXT NOT NULL,            -- the site's own host, with its port if it has one
    hosts TEXT NOT NULL,           -- JSON array of every host that may be fetched
    family TEXT,                   -- CMS family the file names; NULL: recognised page by page
    timezone TEXT NOT NULL,        -- IANA name of the offset publication times are read in
    definition TEXT NOT NULL,      -- JSON of the whole definition
    added TEXT NOT NULL,           -- when a run first used it, UTC
    updated TEXT NOT NULL          -- when the definition last differed, UTC
) STRICT;

-- One row for each execution of the crawl. The outcome columns and counts are filled when it ends.
CREATE TABLE runs (
    run TEXT PRIMARY KEY,          -- begins with the UTC start time, so names sort by time
    started TEXT NOT NULL,
    finished TEXT,                 -- NULL while it runs
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'interrupted')),
    exit_code INTEGER,             -- NULL while it runs, and for an interrupted run
    arguments TEXT NOT NULL,       -- JSON of what the user asked for
    visits INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    not_modified INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 0,
    not_article INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    counts TEXT NOT NULL DEFAULT '{}'  -- JSON: site -> outcome -> number of visits
) STRICT;
CREATE INDEX runs_started ON runs (started);

-- The frontier: every URL ever found in scope, and when it is due.
CREATE TABLE links (
    seq INTEGER PRIMARY KEY,       -- order in which links were found
    url TEXT NOT NULL UNIQUE,      -- canonical
    site TEXT NOT NULL REFERENCES sites (key),
    fetch_url TEXT NOT NULL,       -- as the page spells it: what is requested
    role TEXT NOT NULL,            -- the best a page said of it: seed, section, article, next, list, other
    priority INTEGER NOT NULL,     -- position of the role in that order; smaller is visited first
    title TEXT,                    -- text of the anchor
    found TEXT NOT NULL,           -- UTC
    found_on TEXT,                 -- canonical URL of the page that holds it; NULL for a seed
    next_visit TEXT,               -- due when this is past, UTC; NULL: never again
    last_visit TEXT,               -- UTC
    last_run TEXT,
    last_outcome TEXT,
    failures INTEGER NOT NULL DEFAULT 0  -- failed visits since the last one that did not fail
) STRICT;
-- due(): only links that are ever due again are in it, in the order they are handed out.
CREATE INDEX links_due ON links (site, priority, next_visit, seq) WHERE next_visit IS NOT NULL;

-- Articles with identity and place. A duplicate keeps its row and has no file and no text of its own.
CREATE TABLE documents (
    id TEXT PRIMARY KEY,           -- MD5 of the canonical URL, 32 hex digits
    url TEXT NOT NULL UNIQUE,      -- canonical
    site TEXT NOT NULL REFERENCES sites (key),
    title TEXT NOT NULL,
    published TEXT,                -- ISO 8601 with the site's offset; NULL: the page states none
    date_precision TEXT,           -- day, minute, second: what the page really says
    date_raw TEXT,                 -- the text the date was read from
    section TEXT,                  -- breadcrumb, outermost first, joined by ' / '
    source TEXT,                   -- 来源, verbatim
    language TEXT,                 -- BCP 47
    family TEXT,                   -- CMS family whose rules read the page
    path TEXT UNIQUE,              -- Markdown file, relative to the archive; NULL for a duplicate
    version INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('live', 'duplicate', 'gone')),
    content_digest TEXT NOT NULL,  -- sha256 of the normalised title and body
    duplicate_of TEXT REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    archived TEXT NOT NULL,        -- capture time of version 1, UTC
    lastmod TEXT,                  -- capture time of this version, UTC; NULL for version 1
    extractor TEXT NOT NULL,       -- generation of the extraction rules
    confidence REAL NOT NULL,      -- 0 to 1; below 0.5 the rules disagreed where the body is
    provenance TEXT NOT NULL,      -- JSON: field -> the rule that gave it
    characters INTEGER NOT NULL,   -- length of the body's Markdown
    images INTEGER NOT NULL,
    attachments INTEGER NOT NULL,
    videos INTEGER NOT NULL,
    search_row INTEGER UNIQUE,     -- rowid in document_search; NULL: not searchable
    CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL)),
    CHECK (status <> 'duplicate' OR path IS NULL)
) STRICT;
CREATE INDEX documents_digest ON documents (content_digest) WHERE duplicate_of IS NULL;  -- firsts()
CREATE INDEX documents_duplicate_of ON documents (duplicate_of);  -- relink()
CREATE INDEX documents_site ON documents (site, published);
CREATE INDEX documents_published ON documents (published);

-- Every fetch of every URL, and how it ended.
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,             -- canonical
    site TEXT NOT NULL REFERENCES sites (key),
    run TEXT NOT NULL REFERENCES runs (run),
    role TEXT NOT NULL,            -- what was expected
    fetched TEXT NOT NULL,         -- UTC
    outcome TEXT NOT NULL,         -- one of the ten outcome columns of runs
    reason TEXT,                   -- why, where the outcome alone does not say it
    status INTEGER,                -- HTTP
    final_url TEXT,                -- canonical, where a redirect led elsewhere
    content_type TEXT,
    size INTEGER,                  -- bytes, content-decoded
    seconds REAL,                  -- from request to the last byte
    document TEXT REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    links_found INTEGER NOT NULL,
    warc TEXT,                     -- evidence: file relative to the archive …
    warc_offset INTEGER,           -- … byte where the record begins …
    warc_record TEXT,              -- … WARC-Record-ID …
    payload_digest TEXT,           -- … sha256 of the body as received
    detail TEXT                    -- a sentence for a person
) STRICT;
CREATE INDEX visits_url ON visits (url, fetched);
CREATE INDEX visits_run ON visits (run, site, outcome);
CREATE INDEX visits_document ON visits (document);
CREATE INDEX visits_fetched ON visits (fetched);

-- The states of a document whose content differed.
CREATE TABLE versions (
    document TEXT NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL,
    visit INTEGER REFERENCES visits (id),  -- the visit whose capture it was read from
    captured TEXT NOT NULL,        -- UTC
    title TEXT NOT NULL,
    published TEXT,
    path TEXT,                     -- relative to the archive; NULL for a duplicate
    content_digest TEXT NOT NULL,
    markdown_digest TEXT,          -- sha256 of the file's bytes; NULL for a duplicate
    extractor TEXT NOT NULL,
    PRIMARY KEY (document, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_visit ON versions (visit);

-- Pictures, attachments and videos of the current version, in document order.
CREATE TABLE media (
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,     -- from 1
    kind TEXT NOT NULL,            -- image, attachment, video
    url TEXT NOT NULL,             -- absolute, as published
    caption TEXT,
    name TEXT,                     -- an attachment's name as shown
    PRIMARY KEY (document, position)
) STRICT, WITHOUT ROWID;

-- Who wrote, photographed, edited the current version, in the order printed.
CREATE TABLE people (
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,     -- from 1
    role TEXT NOT NULL,            -- as printed: 记者, 摄影, 责任编辑
    name TEXT NOT NULL,
    PRIMARY KEY (document, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX people_name ON people (name, role);

-- Warnings and errors of a run.
CREATE TABLE issues (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,              -- UTC
    run TEXT REFERENCES runs (run),
    site TEXT REFERENCES sites (key),
    url TEXT,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    code TEXT NOT NULL,            -- closed list in the code that adds it
    message TEXT NOT NULL
) STRICT;
CREATE INDEX issues_run ON issues (run, level);

-- The plain text of searchable documents: what snippets are cut from, and what the index was made of.
CREATE TABLE texts (
    row INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: a stale index entry can never mean another document
    document TEXT NOT NULL UNIQUE REFERENCES documents (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    title TEXT NOT NULL,
    names TEXT NOT NULL,           -- source and people
    body TEXT NOT NULL
) STRICT;

-- Overlapping pairs of characters of `texts` (crawler/catalog/search.py), which find Chinese words of any length.
-- No text of its own (content=''). With positions: without them bm25() of a table without content is always 0.
-- Tokens come cut and folded from Python: the ascii tokenizer only splits them at the spaces.
CREATE VIRTUAL TABLE document_search USING fts5 (title, names, body, content='', tokenize='ascii');
"""


BOILERPLATE = """
-- Lines that stand on many pages of a site and are of none of its articles; learnt from its captures at the end of a run.
CREATE TABLE boilerplate (
    site TEXT NOT NULL REFERENCES sites (key),
    line TEXT NOT NULL,            -- as shown, white space folded
    seen INTEGER NOT NULL,         -- on so many …
    pages INTEGER NOT NULL,        -- … of so many captures
    learnt TEXT NOT NULL,          -- UTC
    PRIMARY KEY (site, line)
) STRICT, WITHOUT ROWID;
"""

HISTORY = """
-- What a new version, or a correction without one, changed in a document.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    document TEXT NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL,      -- the one it made, or corrected
    kind TEXT NOT NULL CHECK (kind IN ('version', 'correction')),
    field TEXT NOT NULL CHECK (field IN ('title', 'date', 'source', 'people', 'section', 'body', 'media')),
    before TEXT,                   -- as a person reads it; NULL: not stated
    after TEXT,
    diff TEXT,                     -- of a body: JSON [[sign, text], …], sign = kept, - taken out, + put in
    visit INTEGER REFERENCES visits (id),
    at TEXT NOT NULL               -- when it was seen, UTC
) STRICT;
CREATE INDEX changes_document ON changes (document, version);

-- Every time in which the page of a document was not there.
CREATE TABLE absences (
    document TEXT NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    missed TEXT NOT NULL,          -- the first visit that did not find it, UTC
    last_missed TEXT NOT NULL,     -- UTC
    run TEXT NOT NULL,             -- of the last miss
    misses INTEGER NOT NULL,       -- runs that did not find it
    reason TEXT,                   -- of the last miss
    confirmed TEXT,                -- when it was taken for removed, UTC; NULL: not (yet)
    returned TEXT,                 -- when it was found again, UTC
    PRIMARY KEY (document, missed)
) STRICT, WITHOUT ROWID;

-- Changes that wait until it is settled whether an article changed or its site's layout.
CREATE TABLE held (
    document TEXT PRIMARY KEY REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,
    site TEXT NOT NULL REFERENCES sites (key),
    visit INTEGER NOT NULL REFERENCES visits (id),  -- the last one that read the page otherwise: its evidence
    since TEXT NOT NULL,           -- the first one, UTC
    at TEXT NOT NULL,              -- the last one, UTC
    is_changed INTEGER NOT NULL,   -- 1: it says something else; 0: it only looks different
    signs TEXT NOT NULL            -- JSON array: what is strange in how the page is read now
) STRICT;
CREATE INDEX held_site ON held (site);

-- The times in which a site's pages were read otherwise than before. A row without `settled` is a site that is marked.
CREATE TABLE drifts (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites (key),
    since TEXT NOT NULL,           -- UTC
    last TEXT NOT NULL,            -- when a run last saw it, UTC
    run TEXT NOT NULL,             -- that run
    runs INTEGER NOT NULL,         -- how many saw it
    message TEXT NOT NULL,         -- what they saw
    signs TEXT NOT NULL,           -- JSON array
    settled TEXT,                  -- UTC
    how TEXT CHECK (how IN ('accepted', 'lasting', 'over'))  -- by a person, by time, or the old layout came back
) STRICT;
CREATE INDEX drifts_site ON drifts (site, settled);
"""


REVISIT = """
ALTER TABLE links ADD COLUMN interval REAL;  -- days between two visits, in force; NULL: none decided yet
ALTER TABLE links ADD COLUMN first_run TEXT;  -- the run that first got an answer for it: since then we have what is there
ALTER TABLE links ADD COLUMN listed_run TEXT;  -- the last run in which a list showed it before we had it
ALTER TABLE links ADD COLUMN whole_visit INTEGER REFERENCES visits (id);  -- the last visit whose evidence holds its whole page
ALTER TABLE links ADD COLUMN etag TEXT;  -- of that response, verbatim
ALTER TABLE links ADD COLUMN last_modified TEXT;  -- of that response, verbatim
ALTER TABLE links ADD COLUMN useless INTEGER NOT NULL DEFAULT 0;  -- times in a row they were new though the page was not
ALTER TABLE links ADD COLUMN trusted_until TEXT;  -- UTC, until when they are sent; NULL: not at all

-- Hosts that said of a changed page that it was the same: their pages are not asked for conditionally.
CREATE TABLE deceptive_hosts (
    host TEXT PRIMARY KEY,         -- with its port if it has one
    url TEXT NOT NULL,             -- canonical, of the page where it was noticed
    noticed TEXT NOT NULL          -- UTC
) STRICT, WITHOUT ROWID;

-- What earlier releases visited once joins the revisits, spread over three months.
UPDATE links SET first_run = last_run WHERE last_run IS NOT NULL AND last_outcome <> 'failed';
UPDATE links SET next_visit = strftime('%Y-%m-%dT%H:%M:%S+00:00', last_visit, '+' || (1 + seq % 90) || ' days')
WHERE next_visit IS NULL AND last_outcome IN ('new', 'changed', 'unchanged', 'duplicate', 'gone', 'listed');
"""


HOSTS = """
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
"""


GROUPS = """
-- What each text shares with its copies (crawler/dedup/signature.py). None of a duplicate, none of a text too short to be told.
CREATE TABLE signatures (
    row INTEGER PRIMARY KEY,
    document TEXT NOT NULL UNIQUE REFERENCES documents (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    letters INTEGER NOT NULL,      -- length of the normalised text
    algorithm TEXT NOT NULL,       -- only keys of one algorithm are compared
    keys BLOB NOT NULL             -- 32 bits a slot, the lowest byte first
) STRICT;

-- The same keys, to find documents by; of one key the earliest come first.
CREATE TABLE signature_keys (
    key INTEGER NOT NULL,          -- the slot above the 32 bits
    captured INTEGER NOT NULL,     -- documents.archived, in seconds since 1970
    signature INTEGER NOT NULL,    -- row of signatures
    PRIMARY KEY (key, captured, signature)
) STRICT, WITHOUT ROWID;

-- Where each document stands in the group of its copies. The first has no row, nor has a document without copies.
CREATE TABLE group_members (
    document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    first TEXT NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,    -- captured earliest, then by URL
    matched TEXT NOT NULL REFERENCES documents (id) DEFERRABLE INITIALLY DEFERRED,  -- the one it was found to be like
    kin TEXT NOT NULL,             -- to that one: same, script, edited, excerpt, expanded
    similarity REAL NOT NULL       -- 0 to 1
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_first ON group_members (first);
CREATE INDEX group_members_matched ON group_members (matched);

-- Other canonical URLs under which a document was found: the site moved it, or moved itself.
CREATE TABLE addresses (
    url TEXT PRIMARY KEY,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    found TEXT NOT NULL            -- UTC
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_document ON addresses (document);
"""


@MIGRATIONS(name="0001_first_release")
def first_release(db: Database) -> None:
    """Create every table, index and view of release 0.1."""
    db.executescript(TABLES)
    db.executescript(VIEWS)


@MIGRATIONS(name="0002_boilerplate")
def boilerplate(db: Database) -> None:
    """Add what is learnt from each site."""
    db.executescript(BOILERPLATE)


@MIGRATIONS(name="0003_revisit")
def revisit(db: Database) -> None:
    """Add when links are due again, and their validators."""
    db.executescript(REVISIT)


@MIGRATIONS(name="0004_history")
def history(db: Database) -> None:
    """Add what changed, what was missing and what waits."""
    db.executescript(HISTORY)


@MIGRATIONS(name="0007_hosts")
def hosts(db: Database) -> None:
    """Add what outlives a run of each host, and the reasons of links by which walls are counted."""
    db.executescript(HOSTS)
    db.executescript(WALL_VIEWS)


@MIGRATIONS(name="0005_groups")
def make_groups(db: Database) -> None:
    """Add signatures, groups and further addresses; the documents there are go into groups."""
    db.executescript(GROUPS)
    db.executescript(GROUP_VIEWS)
    groups.settle(db, [row[0] for row in db.execute("SELECT id FROM documents").fetchall()])


ALARMS = """
-- What is wrong now, and since when: a row a site and code, from the run that first saw it until one that sees it no more.
CREATE TABLE alarms (
    site TEXT NOT NULL,            -- key; '' for what concerns the whole archive
    code TEXT NOT NULL,            -- expectation, drift, no_usable_page, nothing_archived, storage_failed
    since TEXT NOT NULL,           -- UTC, of the run that first saw it
    last TEXT NOT NULL,            -- UTC, of the run that last saw it
    message TEXT NOT NULL,         -- as that run put it
    told TEXT,                     -- UTC, when people were last told; NULL: nobody was yet
    PRIMARY KEY (site, code)
) STRICT, WITHOUT ROWID;
"""


@MIGRATIONS(name="0006_monitoring")
def monitoring(db: Database) -> None:
    """Add what is wrong now, so that a standing trouble is told once and not by every run."""
    db.executescript(ALARMS)


HOLDINGS = """
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
"""


@MIGRATIONS(name="0008_holdings")
def holdings(db: Database) -> None:
    """Add what became of media, what is withheld, and when each object was last checked."""
    db.executescript(HOLDINGS)


WITHHELD = """
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
"""


@MIGRATIONS(name="0009_withheld")
def withheld(db: Database) -> None:
    """Add what keeps a withheld document from coming back; views leave it out."""
    db.executescript(WITHHELD)
    db.executescript(WITHHELD_VIEWS)


# Two indexes hold all that search and its facets ask of a document: by its row of the index of words, and by its date.
ROOM = """
CREATE INDEX documents_found ON documents (search_row, site, published, section, source, id);
CREATE INDEX documents_newest ON documents (published, search_row, site, section, source, id);
DROP INDEX documents_published;
CREATE INDEX documents_source ON documents (source, published);
CREATE INDEX documents_section ON documents (section, published);
"""


@MIGRATIONS(name="0010_room")
def room(db: Database) -> None:
    """Add what the reading room asks for: counts kept by triggers, and indexes that cover a search."""
    db.executescript(tallies.TABLE)
    tallies.refill(db)
    db.executescript(tallies.TRIGGERS)
    db.executescript(ROOM)


PAGES = """
-- What the pages on articles and sites ask for, without a scan.
CREATE INDEX documents_beside ON documents (site, section, published);
CREATE INDEX links_walled ON links (site, last_outcome, last_reason) WHERE last_outcome IN ('refused', 'failed') OR last_reason = 'soft_404';
CREATE INDEX media_links_missing ON media_links (site, fetched) WHERE sha256 IS NULL;
CREATE INDEX people_role ON people (role, name);
"""


@MIGRATIONS(name="0011_pages")
def pages(db: Database) -> None:
    """Add the indexes of the reading room's pages on articles, sites and people."""
    db.executescript(PAGES)


MEDIA_COLUMN = """
ALTER TABLE media ADD COLUMN sha256 TEXT;  -- of the content its Markdown links to; NULL: it links to the URL
"""
SIZE_LIMIT = """
ALTER TABLE media_links ADD COLUMN size_limit INTEGER;  -- bytes that a medium skipped as too_large is more than
"""
MEDIA = """
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
"""


@MIGRATIONS(name="0012_media")
def media(db: Database) -> None:
    """Add what a document's Markdown links to, and the media of articles archived before media were fetched, as due."""
    if not any(
        column.name == "sha256" for column in db["media"].columns
    ):  # there in catalogs made between two releases
        db.executescript(MEDIA_COLUMN)
    db.executescript(SIZE_LIMIT)
    db.executescript(MEDIA)

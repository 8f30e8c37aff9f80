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

-- Overlapping pairs of characters of `texts` (crawler/catalog/tokens.py), which find Chinese words of any length.
-- No text of its own (content=''). With positions: without them bm25() of a table without content is always 0.
-- Tokens come cut and folded from Python: the ascii tokenizer only splits them at the spaces.
CREATE VIRTUAL TABLE document_search USING fts5 (title, names, body, content='', tokenize='ascii');

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

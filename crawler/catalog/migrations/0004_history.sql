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

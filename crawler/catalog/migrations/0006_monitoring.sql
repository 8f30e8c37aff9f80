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

-- What each page of a list said when it was last read. The first page of a list stands for it.
CREATE TABLE list_pages (
    page INTEGER PRIMARY KEY REFERENCES links (seq),
    list INTEGER NOT NULL REFERENCES links (seq),  -- its first page: the page itself, or where its pager leads from
    site TEXT NOT NULL REFERENCES sites (key),
    outcome TEXT NOT NULL,         -- of the last visit …
    reason TEXT,                   -- … that was no 304
    articles_told INTEGER,         -- 共120条
    pages_told INTEGER,            -- 1/8
    obstacles TEXT NOT NULL,       -- JSON array: what keeps it from being read without a browser
    elsewhere TEXT NOT NULL,       -- JSON object: host outside of the site -> rows that lead there
    articles INTEGER NOT NULL,     -- links to articles that it showed last
    emptied TEXT                   -- since when it shows none, though it showed some; UTC
) STRICT;
CREATE INDEX list_pages_site ON list_pages (site, list);

-- What lists name: every link that a page of a list ever showed as an article, or as what may be one.
CREATE TABLE list_rows (
    page INTEGER NOT NULL REFERENCES list_pages (page),
    link INTEGER NOT NULL REFERENCES links (seq),
    shown TEXT,                    -- the day that the list shows beside it
    PRIMARY KEY (page, link)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_rows_link ON list_rows (link);

-- What a site says it has, beside what was found of it: a row a list, and what is wrong with it.
CREATE TABLE coverage (
    site TEXT NOT NULL REFERENCES sites (key),
    list TEXT NOT NULL,            -- canonical URL of its first page
    role TEXT NOT NULL,            -- what leads to it: seed, section, article, next, list, other
    articles_told INTEGER,         -- by the list itself
    pages_told INTEGER,
    pages_read INTEGER NOT NULL,
    articles_named INTEGER NOT NULL,
    articles_archived INTEGER NOT NULL,
    not_archived TEXT NOT NULL,    -- JSON object: reason -> articles that are named and not archived
    elsewhere TEXT NOT NULL,       -- JSON object: host outside of the site -> rows that lead there
    missing INTEGER,               -- articles that it has and that are not archived, as far as that can be known; 0: none
    cause TEXT,                    -- why; NULL where nothing is missing
    at TEXT NOT NULL,              -- when this was found, UTC
    run TEXT NOT NULL REFERENCES runs (run),
    PRIMARY KEY (site, list)
) STRICT;

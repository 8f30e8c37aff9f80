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

-- Every copy of an article with the one that was seen first: found to be alike, or equal to the letter (duplicates).
CREATE VIEW copies AS
WITH members (document, first, kin, similarity) AS (
    SELECT document, first, kin, similarity FROM group_members
    UNION ALL
    SELECT
        equal.id,
        coalesce(group_members.first, equal.duplicate_of),
        coalesce(group_members.kin, iif(equal.language <> documents.language, 'script', 'same')),
        coalesce(group_members.similarity, 1.0)
    FROM documents AS equal
    JOIN documents ON documents.id = equal.duplicate_of
    LEFT JOIN group_members ON group_members.document = equal.duplicate_of
)
SELECT
    firsts.title AS first_title,
    first_sites.name AS first_university,
    documents.title,
    sites.name AS university,
    members.kin,
    members.similarity,
    documents.site <> firsts.site AS elsewhere,
    documents.published,
    documents.status,
    documents.url,
    firsts.url AS first_url,
    documents.archived,
    members.document AS id,
    members.first
FROM members
JOIN documents ON documents.id = members.document
JOIN sites ON sites.key = documents.site
JOIN documents AS firsts ON firsts.id = members.first
JOIN sites AS first_sites ON first_sites.key = firsts.site;

-- Every article that has copies, once.
CREATE VIEW groups AS
SELECT
    first_title AS title,
    first_university AS university,
    count(*) AS copies,
    sum(elsewhere) AS reposts,
    sum(kin = 'same') AS same,
    sum(kin = 'script') AS script,
    sum(kin = 'edited') AS edited,
    sum(kin = 'excerpt') AS excerpts,
    sum(kin = 'expanded') AS expanded,
    first_url AS url,
    first AS id
FROM copies GROUP BY first;

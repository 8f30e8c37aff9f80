-- Lines that stand on many pages of a site and are of none of its articles; learnt from its captures at the end of a run.
CREATE TABLE boilerplate (
    site TEXT NOT NULL REFERENCES sites (key),
    line TEXT NOT NULL,            -- as shown, white space folded
    seen INTEGER NOT NULL,         -- on so many …
    pages INTEGER NOT NULL,        -- … of so many captures
    learnt TEXT NOT NULL,          -- UTC
    PRIMARY KEY (site, line)
) STRICT, WITHOUT ROWID;

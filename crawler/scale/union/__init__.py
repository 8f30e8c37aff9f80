"""What reads over all shards: their documents as tables, one search, their copies of each other. It changes nothing that is published.

    head -> the catalog of its manifest -> a table of its documents (Parquet)  -> segments of one index (tantivy)   search-index, search
                                                                               -> one join over all keys (DuckDB)   copies

All of it is derived, stands on the disk of the machine that asks, in SCALE_DIR/union/, and may be removed at any time. A table bears the name of
the manifest it was made of, so it is made once a head.
"""

"""Tables of documents over all shards as Parquet files, which DuckDB makes, joins and reads: the SQL of the union stands here alone."""

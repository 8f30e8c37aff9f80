"""Evidence: WARC/1.1 files, written and read here alone."""

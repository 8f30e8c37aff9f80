"""Runs: one life for every run, whether it crawls, imports or makes the archive again from its evidence."""

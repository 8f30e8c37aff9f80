"""Monitoring: what a run is, how it ends, and what it tells people."""

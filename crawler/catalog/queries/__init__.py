"""Queries of the catalog: what is read for people, reports and programs."""

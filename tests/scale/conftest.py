"""One PostgreSQL for all of these tests."""

from tests.scale_harness import database, postgres

__all__ = ["database", "postgres"]

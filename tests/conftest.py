"""What several test files look at."""

from tests.crawl_harness import crawled

__all__ = ["crawled"]

"""What several test files look at, and what holds for all of them."""

from hypothesis import settings

from tests.crawl_harness import crawled

__all__ = ["crawled"]

# A machine that others use too is slow at times: how long one example takes says nothing.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

"""The language of the search box: `grammar` reads it, `condition` makes of it what SQLite asks. What it cannot read it says, with the place."""

from crawler.catalog.search.condition import MATCHES, TRAITS, Asked, asked
from crawler.catalog.search.grammar import Misunderstanding, days_of, parse

__all__ = ["MATCHES", "TRAITS", "Asked", "Misunderstanding", "asked", "days_of", "parse"]

"""What a site answers for what is not there, though it says 200: one page, word for word, under addresses that have nothing in common.

Pure: one tally a site and run. A page is known by its signature, which leaves its own address out.
"""

from dataclasses import dataclass, field

SAME = 3  # addresses under which a page is the answer to anything
SAME_ARTICLE = 6  # of what reads like an article: some are published in several columns


@dataclass(slots=True)
class Answers:
    """The pages of one site, as far as a run saw them."""

    seen: dict[str, set[str]] = field(default_factory=dict)  # signature -> addresses, the first few
    nothing: set[str] = field(default_factory=set)  # signatures of what is answered where nothing is

    def is_nothing(self, signature: str, url: str, *, is_article: bool) -> bool:
        """Return whether a page is what the site answers for anything."""
        if signature in self.nothing:
            return True
        others = self.seen.get(signature, set()) - {url}
        return len(others) + 1 >= (SAME_ARTICLE if is_article else SAME)

    def add(self, signature: str, url: str, *, is_guess: bool) -> None:
        """Count a page; `is_guess`: of an address that nobody named, where only another kind of file would have been an answer."""
        if is_guess:
            self.nothing.add(signature)
        held = self.seen.setdefault(signature, set())
        if len(held) < SAME_ARTICLE:
            held.add(url)

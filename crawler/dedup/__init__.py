"""Dedup: is this article new, changed, unchanged, or the same as another? Pure: what is known comes in as values."""

from dataclasses import dataclass
from datetime import datetime

from crawler.dedup.digest import content_digest, digest_of, normalise, plain, simplify
from crawler.items import DocumentState, Outcome, Status

__all__ = ["Verdict", "content_digest", "digest_of", "judge", "normalise", "plain", "simplify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do with an article that was read."""

    outcome: Outcome  # NEW, CHANGED, UNCHANGED or DUPLICATE
    first: DocumentState | None = None  # the document it repeats, for DUPLICATE
    takes_over: DocumentState | None = None  # the document that turns out to repeat this one
    amends: bool = False  # UNCHANGED, yet better rules read the same page otherwise: the version is written anew


def judge(
    *, url: str, digest: str, captured: datetime, known: DocumentState | None, twin: DocumentState | None
) -> Verdict:
    """Decide on one article.

    `known` is the document of this URL, `twin` the first document (not itself a duplicate) with this digest, whatever its URL.
    One that is gone is none: a site that numbers its articles anew keeps them at their new addresses.
    Of two equal documents the first is the one captured earlier, then the smaller URL: so the order in which workers finish decides nothing.
    """
    if twin and (twin.status is Status.GONE or (known and twin.id == known.id)):
        twin = None  # what is gone gives its place to what is there
    if known and known.content_digest == digest:
        return Verdict(outcome=Outcome.UNCHANGED)
    if twin:
        born = known.captured if known else captured
        if (twin.captured, twin.url) < (born, url):
            return Verdict(outcome=Outcome.DUPLICATE, first=twin)
    return Verdict(outcome=Outcome.CHANGED if known else Outcome.NEW, takes_over=twin)

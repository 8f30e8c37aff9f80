"""Hits with the operator's corrections laid over: what is listed and taken along agrees with the page of the article."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from crawler.archive.corrections import Correction, corrected
from crawler.catalog.queries.hits import Hit, Whole
from crawler.catalog.tokens import Piece

Known = Mapping[str, Sequence[Correction]]  # id of a document -> its corrections
SHOWN = ("title", "published", "source", "university")


def amended(hits: Sequence[Hit], known: Known) -> Sequence[Hit]:
    """Return hits as they are shown; those nobody corrected are the same."""
    return [_hit(hit, known[hit.id]) if hit.id in known else hit for hit in hits] if known else hits


def amended_wholes(found: Sequence[Whole], known: Known) -> Sequence[Whole]:
    """Return hits with people and body as they are taken along."""
    return [_whole(one, known[one.hit.id]) if one.hit.id in known else one for one in found] if known else found


def _hit(hit: Hit, said: Sequence[Correction]) -> Hit:
    values, _, _ = corrected(_row(hit), {}, said)
    heading = hit.heading if values["title"] == hit.title else [Piece(text=values["title"], marked=False)]
    return replace(hit, **{name: values[name] for name in SHOWN}, precision=values["date_precision"], heading=heading)


def _whole(one: Whole, said: Sequence[Correction]) -> Whole:
    _, people, _ = corrected(_row(one.hit), one.people, said)
    return replace(one, hit=_hit(one.hit, said), people=people)


def _row(hit: Hit) -> dict[str, object]:
    return {**asdict(hit), "date_precision": hit.precision}

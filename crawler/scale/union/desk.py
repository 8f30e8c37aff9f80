"""What the pages of the reading room on all articles ask, answered over all shards by the index and the summaries beside it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any

from crawler.archive.corrections import Correction
from crawler.browse.holdings import SearchAnswer, ShownHead, place_in
from crawler.browse.parameters import SearchRequest
from crawler.catalog.queries.finding import Order, SearchResult
from crawler.catalog.queries.hits import Hit, Whole
from crawler.catalog.queries.overview import HEADLINES, Headline, Overview
from crawler.catalog.queries.selection import Selection
from crawler.catalog.queries.universities import University
from crawler.catalog.search import asked as said_of
from crawler.catalog.tokens import marked, snippet
from crawler.pages.families import canonical_url
from crawler.scale.database import heads, sites
from crawler.scale.union.amended import amended, amended_wholes
from crawler.scale.union.index import IndexQuestion
from crawler.scale.union.parquet.tables import tables_folder
from crawler.scale.union.searching import UnionSearch, newest
from crawler.scale.union.shelves import Shelves
from crawler.scale.union.summaries import ShardSummary, read_summary
from crawler.urls import host_of

PORTION = 2_000  # hits that are read at once, where all are wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionHoldings:
    """What the summaries of all indexed heads come to."""

    universities: Sequence[University]
    overview: Overview  # without the newest articles
    heads: Mapping[str, ShownHead]  # site -> head
    corrections: Mapping[str, Sequence[Correction]]


@dataclass(slots=True)
class UnionDesk:
    """The desk of a room over all shards."""

    search: UnionSearch
    shelves: Shelves
    _summaries: dict[str, ShardSummary] = field(default_factory=dict)  # by manifest
    _holding: UnionHoldings | None = None

    async def answer(self, asked: SearchRequest) -> SearchAnswer:
        return await asyncio.to_thread(self._answer, asked)

    async def wholes(self, asked: SearchRequest) -> AsyncIterator[Sequence[Whole]]:
        question, known = _question(asked), self.held().corrections
        if not asked.is_paged:
            question = replace(question, order=Order.NEWEST, limit=PORTION, offset=0)
        while True:
            answer, question = await asyncio.to_thread(self.search.find, question)
            if answer.rows:
                yield amended_wholes([_whole(row) for row in answer.rows], known)
            if asked.is_paged or len(answer.rows) < PORTION:
                return
            question = question.after()

    async def place_of(self, address: str) -> str | None:
        host = host_of(canonical_url(address) or address)
        for shard in await asyncio.to_thread(self.shards_with_host, host):
            shelf = await self.shelves.of(shard)
            if shelf and (found := await shelf.read(partial(place_in, address=address, within=shelf.within))):
                return found
        return None

    async def overview(self) -> Overview:
        held = await asyncio.to_thread(self.held)
        newest_first = IndexQuestion(selection=Selection(), order=Order.NEWEST, limit=HEADLINES)
        answer, _ = await asyncio.to_thread(self.search.find, newest_first)
        lines = [_headline(hit) for hit in self._hits(answer.rows, "") if hit.published]
        return replace(held.overview, newest=lines)

    async def universities(self) -> list[University]:
        return list((await asyncio.to_thread(self.held)).universities)

    async def heads(self) -> Mapping[str, ShownHead]:
        return (await asyncio.to_thread(self.held)).heads

    def held(self) -> UnionHoldings:
        """Return what all indexed heads come to, made anew when others are indexed."""
        if self.search.index.refresh() or self._holding is None:
            self._holding = _gathered(self._read_summaries())
        return self._holding

    def shards_with_host(self, host: str) -> list[str]:
        """Return the shards whose sites may ask a host."""
        with self.search.machine.database.transaction() as db:
            return sites.shards_with_host(db, host)

    def _answer(self, asked: SearchRequest) -> SearchAnswer:
        held = self.held()
        answer, question = self.search.find(_question(asked))
        indexed = self.search.index.heads
        with self.search.machine.database.transaction() as db:
            *_, behind = heads.standing(db, newest(indexed))
        found = SearchResult(
            total=answer.total,
            is_more=False,
            hits=self._hits(answer.rows, asked.selection.words),
            facets=self.search.index.facets(question),
        )
        return SearchAnswer(
            found=found,
            universities=sorted({one.name for one in held.universities}),
            hosts={site.key: site.host for one in held.universities for site in one.sites},
            heads={row["id"]: ShownHead.of(row["shard"], indexed[row["shard"]].published) for row in answer.rows},
            behind=behind,
        )

    def _hits(self, rows: Sequence[Mapping[str, Any]], words: str) -> Sequence[Hit]:
        looked_for = said_of(words).marked
        return amended([_hit(row, looked_for) for row in rows], self.held().corrections)

    def _read_summaries(self) -> Iterator[tuple[ShownHead, ShardSummary]]:
        """Yield what is known of each indexed head; one whose files are just being removed is left out until the index is there."""
        folder, indexed = tables_folder(self.search.machine), self.search.index.heads
        for manifest in set(self._summaries) - {head.manifest for head in indexed.values()}:
            del self._summaries[manifest]
        for shard, head in sorted(indexed.items()):
            if head.manifest not in self._summaries:
                path = folder / f"{head.manifest}.json"
                if not path.exists():
                    continue
                self._summaries[head.manifest] = read_summary(path)
            yield ShownHead.of(shard, head.published), self._summaries[head.manifest]


def _question(asked: SearchRequest) -> IndexQuestion:
    return IndexQuestion(selection=asked.selection, order=asked.order, limit=asked.size, offset=asked.offset)


def _hit(row: Mapping[str, Any], looked_for: Sequence[str]) -> Hit:
    values = {name: value for name, value in row.items() if name not in ("shard", "body", "people")}
    return Hit(**values, heading=marked(row["title"], looked_for), snippet=snippet(row["body"], looked_for))


def _whole(row: Mapping[str, Any]) -> Whole:
    people: dict[str, list[str]] = {}
    for role, name in row["people"]:
        people.setdefault(role, []).append(name)
    return Whole(hit=_hit(row, ()), people=people, body=row["body"])


def _headline(hit: Hit) -> Headline:
    return Headline(hit.id, hit.title, hit.university, hit.published or "", hit.precision, hit.language)


def _gathered(summaries: Iterator[tuple[ShownHead, ShardSummary]]) -> UnionHoldings:
    """Return what summaries come to. What only one archive has, its runs and alarms, is not here: `scrapy scale status` tells how tasks went."""
    shown = list(summaries)
    each = [summary.overview for _, summary in shown]
    together = Overview(
        sites=sorted(chain.from_iterable(one.sites for one in each), key=lambda site: -site.articles),
        articles=sum(one.articles for one in each),
        copies=sum(one.copies for one in each),
        gone=sum(one.gone for one in each),
        media=sum(one.media for one in each),
        stored=sum(one.stored for one in each),
        months={site: counts for one in each for site, counts in one.months.items()},
        newest=(),
        runs=(),
        first_run=min((one.first_run for one in each if one.first_run), default=None),
        alarms=(),
    )
    return UnionHoldings(
        universities=_joined(one for _, summary in shown for one in summary.universities),
        overview=together,
        heads={site.key: head for head, summary in shown for site in summary.overview.sites},
        corrections={name: said for _, summary in shown for name, said in summary.corrections.items()},
    )


def _joined(found: Iterator[University]) -> list[University]:
    """Return universities, those of which several shards have sites as one."""
    held: dict[str, University] = {}
    for one in found:
        key = one.domain or f" {one.name}"
        before = held.get(key)
        if before is None:
            held[key] = one
        else:
            together = sorted((*before.sites, *one.sites), key=lambda site: -site.articles)
            held[key] = replace(before, sites=tuple(together), gone=before.gone + one.gone)
    return sorted(held.values(), key=lambda one: (-one.articles, one.name))

"""Whom articles name as their source, all spellings of one together: also those that print the day, the page and the number of a paper beside it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from crawler.catalog.queries.overview import TallyKind, of_archive
from crawler.catalog.tokens import fold

POINTS = ":：;；,，.。·、 "  # around a source, not of it …
BRACKETS = '()（）[]【】<>《》"“”'  # … as are these, unless they set off a part of it: 《中国青年报》客户端
FEW = 20  # spellings that an address names
# 2024年12月6日 08:30, 2024-12-06, 20241206, 2024/12, 12月6日; A08版, 第05版, 20、21版, 1版转2版; 第1476期, 2024年第3期; what these leave behind
PRINTED = re.compile(
    r"""
    (?:19|20)\d\d\s{0,3}[-年./]\s{0,3}\d{1,2}(?:\s{0,3}[-月./]\s{0,3}\d{1,2})?\s{0,3}[日号月]?(?:\s{0,3}\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?
    | (?<!\d)(?:19|20)\d{4}(?:\d\d)?(?!\d)
    | (?<!\d)\d{1,2}月\d{1,2}[日号]
    | 第?\s{0,3}[A-Z]?\d{1,4}(?:\s{0,3}[、,，&和至-]\s{0,3}[A-Z]?\d{1,3})*\s{0,3}版(?:\s{0,3}[转&、]\s{0,3}\d{1,3}\s{0,3}版)*
    | 第[一二三四五六七八九十]{1,9}版
    | (?:(?:19|20)\d\d年)?\s{0,3}(?:总?第)?\s{0,3}\d{1,5}\s{0,3}期
    | [（(]\s{0,3}[)）]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whom articles name as their source, however it is spelled."""

    name: str  # as most articles spell it, without day and page
    folded: str
    spellings: Sequence[str]
    articles: int

    @property
    def is_held(self) -> bool:
        """Too many spellings for an address: articles are asked for whose source holds the name, and these are counted."""
        return len(self.spellings) > FEW


def sources(db: Database) -> list[Source]:
    """Return the sources of the whole archive, the largest first: those that differ in script, width, case, spaces, day or page alone are one."""
    counts = {value: number for value, number in of_archive(db, TallyKind.SOURCE).items() if value}
    found: dict[str, list[str]] = defaultdict(list)
    for value in sorted(counts, key=lambda value: (-counts[value], value)):
        found[_key(value)].append(value)
    gathered = []
    for folded, spellings in found.items():
        name, there = publisher(spellings[0]), spellings
        if len(spellings) > FEW:
            there = [value for value in counts if name in value]
        gathered.append(
            Source(name=name, folded=folded, spellings=tuple(spellings), articles=sum(counts[value] for value in there))
        )
    return sorted(gathered, key=lambda one: (-one.articles, one.name))


def publisher(source: str) -> str:
    """Return a source without day, page and number of its issue, and without marks around it; as it stands where nothing else is in it."""
    bare = source
    for _ in range(2):  # parentheses are empty once the day in them is gone
        bare = PRINTED.sub(" ", bare)
    bare = " ".join(bare.split()).strip(POINTS)
    inner = bare.strip(BRACKETS + POINTS)
    return (bare if set(inner) & set(BRACKETS) else inner) or source


def _key(source: str) -> str:
    """Return what the spellings of one source share."""
    return "".join(letter for letter in fold(publisher(source)) if not letter.isspace() and letter not in BRACKETS)

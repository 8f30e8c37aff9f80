"""The register of universities: whose a host is, what their news sites are, and what was meant by a name. Asks nobody.

Facts read from public lists, with how many of them agree; nothing was verified live. `data/README.md` tells what stands in the files, and
where each fact is from. A host belongs to the institution whose domain it is or stands under, today's or an old one; to none where two claim
it. What is not in the files is not guessed.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from unicodedata import normalize

from crawler.dedup.digest import simplify
from crawler.urls import host_of, normalise_url

DATA = Path(__file__).with_name("data")
OWN = "other_domain"  # relation of a domain that an institution has, or had, beside that of its row; the others are no claims
UNCONFIRMED = 1  # kinds of sources
SIMILAR = 0.7  # ratio of two names from which one may be a misspelling of the other …
SHORTEST = 4  # … if it has so many characters
BEGINNING, PART = 0.9, 0.8  # exactness of what stands at the beginning of a name, and elsewhere in it
NEWS_HOSTS = (
    "news.",
    "xww.",
    "xw.",
    "xwzx.",
    "xinwen.",
    "newsweb.",
    "today.",
)  # how hosts begin that have nothing but news
KINDS = ("news", "home", "media", "notice", "article")  # of what is known, what archives most comes first


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """One row of the register: not verified live."""

    domain: str  # pku.edu.cn, its key; a host where a parent university owns the domain
    name: str  # 北京大学, Traditional characters where it uses them
    name_en: str | None
    aliases: tuple[str, ...]  # former names, short names, other spellings
    province: str | None  # 北京
    code: str | None  # of the ministry of education
    level: str | None  # 本科, 专科, 其他 (adult and open colleges)
    sources: int  # kinds of sources that tie this domain to this name; 1: unconfirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """A page of a news site that somebody has seen."""

    url: str
    kind: str  # news, notice, media: a list; home: the front page of a news site; article: a sample
    section: str | None
    cms: str | None  # guessed from its address
    seen_at: str  # `data/README.md` tells what the letters mean
    year: str  # when that was

    @property
    def host(self) -> str:
        return host_of(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a query may have meant."""

    institution: Institution | None  # None: a host that belongs to none, but has known pages
    pages: tuple[KnownPage, ...]  # of all its hosts, lists of news first, the latest seen first
    exactness: float  # 1: the very name, alias, domain or host; less: part of it, or like it

    @property
    def hosts(self) -> tuple[str, ...]:
        """Its hosts that have known pages, the best of them first."""
        return tuple(dict.fromkeys(page.host for page in self.pages))


def institution_of(host: str) -> Institution | None:
    """Return the institution that a host, with or without its port, belongs to; None for one of nobody we know."""
    domains = _domains()
    labels = host.partition(":")[0].rstrip(".").lower().split(".")
    above = (".".join(labels[n:]) for n in range(len(labels) - 1))
    return next((domains[name] for name in above if name in domains), None)


@cache
def institutions() -> Mapping[str, Institution]:
    """Return every institution by its domain. Of some only the name is known, from an old domain of theirs."""
    named = {row["belongs_to"]: _institution(row) for row in _other_domains()}
    return named | {row["domain"]: _institution(row) for row in _rows("institutions.tsv")}


def known_pages(institution: Institution) -> tuple[KnownPage, ...]:
    """Return the known pages of all hosts of an institution, the best to begin with first."""
    return _pages().get(institution.domain, ())


def suggest(query: str, *, limit: int = 5) -> list[Suggestion]:
    """Return what is known by a name, a part or an abbreviation of it, a domain, a host or a URL, the likeliest first; misspelt ones too."""
    text = query.strip()
    host = host_of(normalise_url(text if "://" in text else f"http://{text}") or "")
    if "." in host:
        return _of_host(host)
    ranked = sorted(_likeness(_folded(text)), key=lambda found: (-found[0], len(found[1].name)))
    is_certain = bool(ranked) and ranked[0][0] == 1.0
    return [
        Suggestion(institution=found, pages=known_pages(found), exactness=exactness)
        for exactness, found in ranked[:limit]
        if exactness >= PART or not is_certain
    ]


def _of_host(host: str) -> list[Suggestion]:
    found = institution_of(host)
    pages = known_pages(found) if found else _pages().get(host, ())
    if not found and not pages:
        return []
    own_first = sorted(pages, key=lambda page: page.host != host)
    return [Suggestion(institution=found, pages=tuple(own_first), exactness=1.0)]


def _likeness(text: str) -> Iterator[tuple[float, Institution]]:
    """Yield each institution that may be meant, with how exactly: its name, the beginning of it, a part, its letters in order, one like it."""
    if not text:
        return
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(text)
    for found in institutions().values():
        exactness = max(_exactness(text, name, matcher) for name in _names(found))
        if exactness:
            yield exactness, found


def _exactness(text: str, name: str, matcher: SequenceMatcher[str]) -> float:
    """Return 1 for the name itself, down to 0 for one that has nothing to do with it."""
    if text == name:
        return 1.0
    if text in name or (len(text) > 1 and not text.isascii() and _in_order(text, name)):
        return BEGINNING if name.startswith(text[0]) else PART
    if len(text) < SHORTEST:  # one letter more or less makes another school of it
        return 0.0
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < SIMILAR or matcher.quick_ratio() < SIMILAR:
        return 0.0
    ratio = matcher.ratio()
    return ratio * PART if ratio >= SIMILAR else 0.0


def _in_order(text: str, name: str) -> bool:
    """Return whether the characters of an abbreviation stand in a name in this order: 川农大 in 四川农业大学."""
    rest = iter(name)
    return all(character in rest for character in text)


@cache
def _names(institution: Institution) -> tuple[str, ...]:
    label = institution.domain.partition(".")[0]  # "pku", by which people know it
    return tuple(
        {_folded(name) for name in (institution.name, institution.name_en or "", *institution.aliases, label)} - {""}
    )


def _folded(text: str) -> str:
    return "".join(simplify(normalize("NFKC", text)).casefold().split())


@cache
def _domains() -> dict[str, Institution]:
    """Return whose each domain is: that of its row first, then the others that one institution alone claims."""
    own = institutions()
    claims: dict[str, list[Institution]] = defaultdict(list)
    for row in _other_domains():
        claims[row["domain"]].append(own[row["belongs_to"]])
    owners = {domain: owner for domain, claimants in claims.items() if (owner := _owner(claimants))}
    return owners | dict(own)


def _other_domains() -> Iterator[dict[str, str]]:
    return (row for row in _rows("other_domains.tsv") if row["relation"] == OWN)


def _owner(claimants: Sequence[Institution]) -> Institution | None:
    """Return the one of several institutions that the others are parts of, as their names tell (浙江工商大学, its 杭州商学院); else None."""
    shortest = min(claimants, key=lambda found: len(found.name))
    return shortest if all(found.name.startswith(shortest.name) for found in claimants) else None


@cache
def _pages() -> dict[str, tuple[KnownPage, ...]]:
    """Return the known pages by the domain of their institution; by their host where they have none."""
    found: dict[str, list[KnownPage]] = defaultdict(list)
    for row in _rows("news_lists.tsv"):
        page = KnownPage(
            url=row["url"],
            kind=row["kind"],
            section=row["section"] or None,
            cms=row["cms"] or None,
            seen_at=row["seen_at"],
            year=row["year"],
        )
        institution = institution_of(page.host)
        found[institution.domain if institution else page.host].append(page)
    return {key: tuple(_best_first(pages)) for key, pages in found.items()}


def _best_first(pages: Iterable[KnownPage]) -> list[KnownPage]:
    """Return pages with those of a news site's own host first, then lists of news, then the latest seen."""
    newest = sorted(pages, key=lambda page: page.year, reverse=True)
    return sorted(newest, key=lambda page: (not page.host.startswith(NEWS_HOSTS), KINDS.index(page.kind)))


def _institution(row: Mapping[str, str]) -> Institution:
    """Return the institution of a row of either file."""
    return Institution(
        domain=row.get("belongs_to") or row["domain"],
        name=row["name"],
        name_en=row.get("name_en") or None,
        aliases=tuple(filter(None, row.get("aliases", "").split(";"))),
        province=row.get("province") or None,
        code=row.get("code") or None,
        level=row.get("level") or None,
        sources=UNCONFIRMED if "belongs_to" in row else int(row["sources"]),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)

"""An article as it is cited: two styles for people, three formats for programs, and what Zotero finds in a page.

The styles are written here for the one type of thing that there is, an item on a web page, with the state that was read: its time, its place in
the archive, its digest. The styles of the Citation Style Language would bring GB/T 7714 too: thousands of files under a share-alike licence, and
a processor that knows no item in two languages.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from crawler.controls import UNFIT

ARCHIVE = "Campus archive 校园新闻档案"
# Of the roles that stand in bylines, those who wrote the text; not who photographed, edited or checked it.
WRITERS = re.compile(r"(?:记者|記者|作者|通讯员|通訊員|撰稿|撰稿人|撰文|文|文字|评论员|評論員|执笔|執筆)$")
NAMED = 3  # authors that GB/T 7714 names before 等
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
TEX = str.maketrans(
    {
        **{mark: f"\\{mark}" for mark in "{}$&#_%"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
URL_BRACES = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})  # in a BibTeX value braces have to be in pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a citation says; texts without line breaks."""

    id: str
    title: str
    authors: tuple[str, ...]  # as printed; empty where no writer is named
    university: str
    source: str | None
    published: date | None  # in the offset of the site
    url: str
    captured: datetime  # UTC: when the state that is cited was seen
    digest: str  # of title and text
    place: str | None  # where the archive shows that state, for good; None where nobody knows how it is reached
    language: str  # BCP 47

    @property
    def responsible(self) -> tuple[str, ...]:
        """Who stands in front: the writers, else the university."""
        return self.authors or (self.university,)

    @property
    def kept(self) -> str:
        """What stands in a note: where and when the archive keeps it, and by what it is told apart."""
        at = self.captured.isoformat(timespec="seconds")
        return "; ".join(filter(None, [f"archived {at}", self.place, self.digest]))


def citation(row: Mapping[str, Any], people: Mapping[str, Sequence[str]], base: str | None = None) -> Citation:
    """Return what is cited of a row of `documents` with its `university`: the current version, below the address of a reading room.

    People are names by role, in the order printed.
    """
    names = [_line(name) for role, said in people.items() if WRITERS.search(role) for name in said]
    return Citation(
        id=row["id"],
        title=_line(row["title"]),
        authors=tuple(dict.fromkeys(names)),
        university=_line(row["university"]),
        source=_line(row["source"]) if row["source"] else None,
        published=datetime.fromisoformat(row["published"]).date() if row["published"] else None,
        url=row["url"],
        captured=datetime.fromisoformat(row["lastmod"] or row["archived"]),
        digest=row["content_digest"],
        place=f"{base}/article/{row['id']}/versions/{row['version']}" if base is not None else None,
        language=row["language"] or "zh-CN",
    )


def gbt7714(one: Citation) -> str:
    """Return the reference as GB/T 7714-2015, 4.6 writes an electronic resource: [EB/OL], (date of publication), [date it was read]."""
    is_chinese = one.language.startswith("zh")
    more = ("等" if is_chinese else "et al",) if len(one.responsible) > NAMED else ()
    who = (", " if not is_chinese else ",").join([*one.responsible[:NAMED], *more])
    day = f"({one.published.isoformat()})" if one.published else ""
    kept = f" {one.place}." if one.place else ""
    return f"{who}. {one.title}[EB/OL]. {day}[{one.captured.date().isoformat()}]. {one.url}.{kept} {one.digest}."


def apa(one: Citation) -> str:
    """Return the reference as APA 7, 10.16 writes a page of a news site. Chinese names are not turned round, nor cut to initials."""
    *others, last = one.responsible
    who = f"{', '.join(others)}, & {last}" if others else last
    day = f"{one.published.year}, {MONTHS[one.published.month - 1]} {one.published.day}" if one.published else "n.d."
    site = f" {one.university}." if one.authors else ""
    read = f"{MONTHS[one.captured.month - 1]} {one.captured.day}, {one.captured.year}"
    kept = f" Archived at {one.place}" if one.place else ""
    return f"{who}. ({day}). {one.title}.{site} Retrieved {read}, from {one.url}{kept} ({one.digest})"


def bibtex(citations: Iterable[Citation]) -> str:
    """Return entries as BibTeX and biblatex read them."""
    return "".join(map(_entry, citations))


def ris(citations: Iterable[Citation]) -> str:
    """Return records as the RIS format has them: a tag, two spaces, a hyphen; lines end with CR LF."""
    lines = []
    for one in citations:
        lines += [
            ("TY", "ELEC"),
            ("ID", one.id),
            ("TI", one.title),
            *(("AU", name) for name in one.responsible),
            ("T2", one.university),
            ("PB", one.source or one.university),
            *([("PY", str(one.published.year)), ("DA", f"{one.published:%Y/%m/%d}/")] if one.published else []),
            ("Y2", f"{one.captured:%Y/%m/%d}/"),
            ("LA", one.language),
            ("UR", one.url),
            *([("L2", one.place)] if one.place else []),
            ("DB", ARCHIVE),
            ("N1", one.kept),
            ("ER", ""),
        ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def csl_json(citations: Iterable[Citation]) -> str:
    """Return items as the Citation Style Language has them, for Zotero, pandoc and others."""
    return json.dumps([_item(one) for one in citations], ensure_ascii=False, indent=2) + "\n"


def json_ld(one: Citation) -> dict[str, object]:
    """Return the article in the words of schema.org."""
    person = [{"@type": "Person", "name": name} for name in one.authors]
    university = {"@type": "CollegeOrUniversity", "name": one.university}
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "author": person or [university],
        "publisher": university,
        **({"datePublished": one.published.isoformat()} if one.published else {}),
        "inLanguage": one.language,
        "url": one.url,
        "identifier": one.digest,
        "archivedAt": one.place,
    }


def meta(one: Citation) -> Sequence[tuple[str, str]]:
    """Return (name, content) of the elements by which Google Scholar and Zotero read a page: Highwire's, then Dublin Core's."""
    day = [("citation_publication_date", f"{one.published:%Y/%m/%d}")] if one.published else []
    return [
        ("citation_title", one.title),
        *(("citation_author", name) for name in one.responsible),
        *day,
        ("citation_online_date", f"{one.captured:%Y/%m/%d}"),
        ("citation_publisher", one.university),
        ("citation_language", one.language),
        ("citation_public_url", one.url),
        ("DC.type", "webpage"),
        ("DC.title", one.title),
        *(("DC.creator", name) for name in one.responsible),
        *((("DC.date", one.published.isoformat()),) if one.published else ()),
        ("DC.publisher", one.university),
        ("DC.source", one.source or one.university),
        ("DC.identifier", one.url),
        ("DC.language", one.language),
        ("DC.rights", one.kept),
    ]


def coins(one: Citation) -> str:
    """Return the title of a COinS span (ANSI/NISO Z39.88-2004, Dublin Core)."""
    pairs = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "webpage"),
        ("rft.title", one.title),
        *(("rft.creator", name) for name in one.responsible),
        *((("rft.date", one.published.isoformat()),) if one.published else ()),
        ("rft.publisher", one.university),
        ("rft.source", one.source or one.university),
        ("rft.identifier", one.url),
        ("rft.language", one.language),
    ]
    return urlencode(pairs)


def _entry(one: Citation) -> str:
    values: Mapping[str, str | None] = {
        "title": f"{{{_tex(one.title)}}}",
        "author": " and ".join(f"{{{_tex(name)}}}" for name in one.responsible),
        "date": one.published.isoformat() if one.published else None,
        "year": str(one.published.year) if one.published else None,
        "organization": _tex(one.university),
        "url": one.url.translate(URL_BRACES),
        "urldate": one.captured.date().isoformat(),
        "langid": "chinese" if one.language.startswith("zh") else None,
        "note": _tex(one.kept),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in values.items() if value)
    return f"@online{{campus-{one.id[:12]},\n{lines}}}\n"


def _item(one: Citation) -> dict[str, object]:
    item = {
        "id": one.id,
        "type": "webpage",
        "title": one.title,
        "author": [{"literal": name} for name in one.responsible],
        "container-title": one.university,
        "publisher": one.source or one.university,
        "issued": _parts(one.published) if one.published else None,
        "accessed": _parts(one.captured.date()),
        "language": one.language,
        "URL": one.url,
        "archive": ARCHIVE,
        "archive_location": one.place,
        "note": one.kept,
    }
    return {name: value for name, value in item.items() if value is not None}


def _parts(day: date) -> dict[str, object]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _tex(text: str) -> str:
    return text.translate(TEX)


def _line(text: str) -> str:
    """Return a text as one line, without characters that nobody reads."""
    return UNFIT.sub("", " ".join(text.split()))

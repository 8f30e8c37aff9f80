"""Golden pages: what the crawler must make of a page, one folder a case of `tests/pages/`.

`python -m tests.golden [FAMILY/CASE ...]` writes `expected.yaml` from what the crawler makes of the page, to be read by a person; without
arguments: of every case that has none yet.

`<family>/<case>/` holds `page.html` (the bytes as served), `capture.yaml` (address, headers, time) and `expected.yaml`. How to add one:
`tests/README.md`.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from crawler.items import Article, Capture, Kind, Link, MediaKind, Precision, Reading, Role, Site
from crawler.pages.reading import read
from crawler.urls import host_of

HERE = Path(__file__).parent / "pages"
SHOWN = {Precision.DAY: "%Y-%m-%d", Precision.MINUTE: "%Y-%m-%dT%H:%M%z", Precision.SECOND: "%Y-%m-%dT%H:%M:%S%z"}
TELLING = {
    Kind.ARTICLE: (Role.SECTION,),
    Kind.WALL: (),
    Kind.OTHER: (Role.ARTICLE,),
}  # whose links are written down; of lists, homes and feeds: all but the rest
LISTED = (Role.SECTION, Role.ARTICLE, Role.NEXT, Role.LIST)


@dataclass(frozen=True, slots=True)
class Case:
    """One golden page."""

    folder: Path

    @property
    def name(self) -> str:
        return str(self.folder.relative_to(HERE))

    @property
    def about(self) -> Mapping[str, Any]:
        """Return `capture.yaml`: url, headers, fetched; `site`, keys of Site; `wrong`, why the crawler fails the case today."""
        about: dict[str, Any] = yaml.safe_load(self.folder.joinpath("capture.yaml").read_text(encoding="utf-8"))
        return about

    @property
    def expected(self) -> Mapping[str, Any]:
        expected: dict[str, Any] = yaml.safe_load(self.folder.joinpath("expected.yaml").read_text(encoding="utf-8"))
        return expected

    def read(self) -> Reading:
        return read(self.capture(), self.site())

    def capture(self) -> Capture:
        about = self.about
        return Capture(
            url=about["url"],
            final_url=about["url"],
            fetched=datetime.fromisoformat(about["fetched"]),
            status=200,
            headers=tuple(about.get("headers", {}).items()),
            body=self.folder.joinpath("page.html").read_bytes(),
        )

    def site(self) -> Site:
        url = self.about["url"]
        host = host_of(url)
        return Site(key=host, name=host, hosts=(host,), scheme=url.partition(":")[0], **self.about.get("site", {}))


def cases() -> Iterator[Case]:
    """Yield every case, in the order of their names."""
    yield from (Case(file.parent) for file in sorted(HERE.glob("*/*/capture.yaml")))


def shown(reading: Reading) -> dict[str, Any]:
    """Return a reading as `expected.yaml` writes it: what is absent is left out."""
    article = reading.article
    said = {
        "kind": reading.kind.value,
        "family": reading.family,
        "reason": reading.reason and reading.reason.value,
        "is_news": reading.is_news if article else None,
        **(_article(article) if article else {}),
        "further": list(reading.further),
        "links": _links(reading.kind, reading.links),
    }
    return {key: value for key, value in said.items() if value is not None and value not in ([], {}, "")}


def _article(article: Article) -> dict[str, Any]:
    media = {kind: [medium for medium in article.media if medium.kind is kind] for kind in MediaKind}
    return {
        "title": article.title,
        "published": article.published.strftime(SHOWN[article.precision])
        if article.published and article.precision
        else None,
        "date_raw": article.date_raw,
        "source": article.source,
        "people": {role: list(names) for role, names in article.people.items()},
        "section": list(article.section),
        "language": article.language,
        "images": [_named(medium.url, medium.caption) for medium in media[MediaKind.IMAGE]],
        "attachments": [_named(medium.url, medium.name) for medium in media[MediaKind.ATTACHMENT]],
        "videos": [medium.url for medium in media[MediaKind.VIDEO]],
        "provenance": dict(article.provenance),
        "body": article.body + "\n" if article.body else None,
    }


def _named(url: str, name: str | None) -> str:
    return f"{url} {name}" if name else url


def _links(kind: Kind, links: tuple[Link, ...]) -> dict[str, list[str]]:
    found = {role: [link.url for link in links if link.role is role] for role in TELLING.get(kind, LISTED)}
    return {role.value: urls for role, urls in found.items() if urls}


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that a body can be read."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def update(case: Case) -> None:
    text = yaml.dump(shown(case.read()), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)
    case.folder.joinpath("expected.yaml").write_text(text, encoding="utf-8")
    print(f"{case.name}: read it before you commit it\n{text}")


if __name__ == "__main__":
    named = [Case(HERE / name) for name in sys.argv[1:]]
    for case in named or [case for case in cases() if not case.folder.joinpath("expected.yaml").exists()]:
        update(case)

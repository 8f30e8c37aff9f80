"""Saved searches: what an operator wants to be told of when something new matches, in a file beside the sites' folder.

    就业: 就业 OR 招聘                       # the name, and words as in the search box
    two universities:
      q: title:毕业
      university: [南开大学, 四川农业大学]     # any of them

A wrong entry is left out and told; it never fails a run.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog.queries import hits
from crawler.catalog.queries.hits import Hit
from crawler.catalog.queries.selection import Selection
from crawler.catalog.search import asked
from crawler.errors import SiteError
from crawler.monitoring.notice import shown, tell
from crawler.sites.yaml_file import read

logger = logging.getLogger(__name__)

FIELDS = {"university": "universities", "site": "sites", "section": "sections", "source": "sources", "person": "people",
          "province": "provinces", "level": "levels"}  # fmt: skip
MOST = 20  # hits of one search in a message


def searches(file: Path) -> dict[str, Selection]:
    """Return the searches of a file by name; none where there is no file. What cannot be used is left out, and logged."""
    if not file.is_file():
        return {}
    try:
        content = read(file)
    except SiteError as error:
        logger.error("%s", error)
        return {}
    found = {}
    for name, said in content.items():
        try:
            found[name] = _selection(said)
        except ValueError as error:
            logger.error("%s: %s: %s; this search is left out", file, name, error)
    return found


def matches(db: Database, saved: Mapping[str, Selection], run: str) -> Iterator[tuple[str, list[Hit]]]:
    """Yield each search that articles match which a run brought, with them, the newest first."""
    for name, selection in saved.items():
        rows = hits.rows_of_run(db, selection, run)
        if rows:
            yield name, hits.shown(db, rows, ())


def tell_matches(db: Database, file: Path, run: str, urls: Sequence[str]) -> None:
    """Tell `urls` of what a run brought for the searches of a file."""
    lines: list[str] = []
    for name, found in matches(db, searches(file), run):
        lines.append(shown(f"{name}: {len(found)} new"))
        lines += [shown(f"- {hit.title} ({hit.university}) {hit.url}") for hit in found[:MOST]]
    if urls and lines:
        tell(urls, "campus-archive: new for saved searches", "\n".join([f"run {run}", *lines]))


def _selection(said: object) -> Selection:
    keys = {"q": said} if isinstance(said, str) else said
    if not isinstance(keys, Mapping):
        raise ValueError("expected words, or q: and parameters of the search")
    if unknown := sorted(set(map(str, keys)) - {"q", *FIELDS}):
        raise ValueError(f"unknown {unknown[0]!r}; expected one of: q, {', '.join(FIELDS)}")
    words = str(keys.get("q") or "")
    if problems := asked(words).problems:
        raise ValueError(f"{problems[0].text!r} is not understood: {json.dumps(words, ensure_ascii=False)}")
    fields = {FIELDS[name]: _texts(keys[name]) for name in FIELDS if name in keys}
    if not words.strip() and not fields:
        raise ValueError("asks for nothing")
    return Selection(words=words, **fields)  # type: ignore[arg-type]  # their values are sequences


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)

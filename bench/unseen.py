"""Ours on every gold page as if nobody had ever looked at its site: no site files, nothing learnt; host by host, the worst ten."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.bars import FIELDS, Field, misses, shown
from bench.gold import Figures, Gold, find_gold
from bench.report import note, table
from crawler.commands.extract import site_of_page, to_json
from crawler.errors import ExtractionError
from crawler.items import Capture, Kind, Reading
from crawler.pages.reading import read
from crawler.spiders.pages import NOWHERE, PageResult, PageSource

WORST = 10  # hosts shown
OF_HOST = ("body_f1", "perfect", "leaks", "title", "day", "minute", "source", "names_f1", "images_f1", "kind_acc")
FAMILIES_OFF = (Field("body_f1", 0.975),)


def unseen(shared: Path, *, keep: Path | None) -> bool:
    """Print ours with and without the rules of the families, then the hosts it reads worst; return whether every bar is met."""
    gold = find_gold(shared)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        files = {
            family: _predicted(gold, folder / f"unseen-{family or 'any'}.jsonl", family) for family in (None, "none")
        }
        ours, general = (gold.score(file) for file in files.values())
        hosts = gold.score_by(files[None], "site")
    rows = [[one.name, one.asked, shown(ours.get(one.name)), shown(general.get(one.name))] for one in FIELDS]
    table(f"Quality on {len(gold.rows)} gold pages, unseen", ["", "bar", "ours", "families off"], rows)
    table(f"The worst of {len(hosts)} hosts", ["host", "pages", *OF_HOST], worst(hosts))
    faults = [*misses(ours, {}), *(f"families off: {fault}" for fault in misses(general, {}, FAMILIES_OFF))]
    print("\n".join(faults or ["every bar is met"]))
    return not faults


def worst(hosts: Mapping[str, Figures], number: int = WORST) -> Iterator[list[str]]:
    """Yield a row for each of the hosts whose bodies are read worst; those without an article come last."""
    by_body = sorted(
        hosts.items(), key=lambda one: (value if (value := one[1].get("body_f1")) is not None else 1.0, one[0])
    )
    for host, figures in by_body[:number]:
        yield [host, f"{figures.get('pages') or 0:g}", *(shown(figures.get(name)) for name in OF_HOST)]


def _predicted(gold: Gold, output: Path, family: str | None) -> Path:
    """Write what is read of every page, each for itself."""
    note(f"{output.name} …")
    with output.open("w", encoding="utf-8") as file:
        for row in gold.rows:
            url = row["url"] or NOWHERE
            asked = PageSource(name=row["file"], url=row["url"])
            reading = _read(url, gold.body(row), family)
            printed = to_json(PageResult(asked=asked, url=row["url"], reading=reading))
            file.write(json.dumps(printed, ensure_ascii=False) + "\n")
    return output


def _read(url: str, body: bytes, family: str | None) -> Reading:
    now = datetime.now(UTC)
    capture = Capture(url=url, final_url=url, fetched=now, status=200, headers=(), body=body)
    try:
        return read(capture, site_of_page(url, (), family))
    except ExtractionError:
        return Reading(kind=Kind.OTHER)

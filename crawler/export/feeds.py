"""Feeds of each site, the newest articles first: Atom (RFC 4287) and JSON Feed 1.1, one file a site."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest
from pathlib import Path

from feedgen.feed import FeedGenerator
from markdown_it import MarkdownIt

from crawler.export.record import Job, Record

VERSION = "https://jsonfeed.org/version/1.1"
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def write_atom(job: Job, target: Path) -> int:
    """Write `<site>.atom` for every site; return how many articles they hold."""
    target.mkdir()
    number = 0
    for site, records in _newest(job):
        (target / f"{site}.atom").write_bytes(atom(job, site, records))
        number += len(records)
    return number


def write_json(job: Job, target: Path) -> int:
    """Write `<site>.json` for every site; return how many articles they hold."""
    target.mkdir()
    number = 0
    for site, records in _newest(job):
        feed = {
            "version": VERSION,
            "title": records[0].university,
            "home_page_url": f"{'/'.join(records[0].url.split('/')[:3])}/",
            "language": "zh-CN",
            "items": [_item(record) for record in records],
        }
        (target / f"{site}.json").write_text(json.dumps(feed, ensure_ascii=False, indent=1) + "\n", "utf-8")
        number += len(records)
    return number


def atom(job: Job, site: str, records: list[Record]) -> bytes:
    """Return the Atom feed of one site. Ids are `urn:md5:<id>`, and stay when a page moves."""
    feed = FeedGenerator()
    feed.id(f"urn:campus-archive:{site}")
    feed.title(records[0].university)
    feed.link(href=f"{'/'.join(records[0].url.split('/')[:3])}/", rel="alternate")
    feed.updated(max(map(changed, records)))
    feed.language("zh-CN")
    for record in records:
        entry = feed.add_entry(order="append")
        entry.id(f"urn:md5:{record.id}")
        entry.title(record.title)
        entry.link(href=record.url, rel="alternate")
        entry.updated(changed(record))
        if record.published:
            entry.published(record.published)
        for person in record.people:
            entry.author(name=person["name"])
        entry.content(MARKDOWN.render(record.body), type="html")
    return bytes(feed.atom_str(pretty=True))


def changed(record: Record) -> datetime:
    """Return when a document last became another."""
    return record.lastmod or record.archived


def _item(record: Record) -> dict[str, object]:
    item = {
        "id": f"urn:md5:{record.id}",
        "url": record.url,
        "title": record.title,
        "content_html": MARKDOWN.render(record.body),
        "date_published": record.published.isoformat() if record.published else None,
        "date_modified": changed(record).isoformat(),
        "authors": [{"name": person["name"]} for person in record.people] or None,
        "tags": list(record.section) or None,
    }
    return {key: value for key, value in item.items() if value is not None}


def _newest(job: Job) -> Iterator[tuple[str, list[Record]]]:
    """Yield each site with its newest articles: by publication time, and when they were archived where there is none."""
    newest: dict[str, list[Record]] = defaultdict(list)
    for record in job.records():
        if record.path:
            kept = newest[record.site]
            kept.append(record)
            if len(kept) > 2 * job.newest:
                newest[record.site] = nlargest(job.newest, kept, key=_time)
    for site, records in newest.items():
        yield site, nlargest(job.newest, records, key=_time)


def _time(record: Record) -> datetime:
    return record.published or record.archived

"""Feeds of each site, the newest articles first: Atom (RFC 4287) and JSON Feed 1.1, one file a site."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from heapq import nlargest
from pathlib import Path

from feedgen.feed import FeedGenerator
from markdown_it import MarkdownIt

from crawler.controls import for_xml, visible
from crawler.export.document import ExportedDocument, Job

VERSION = "https://jsonfeed.org/version/1.1"
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def write_atom(job: Job, target: Path) -> int:
    """Write `<site>.atom` for every site; return how many articles they hold."""
    target.mkdir()
    number = 0
    for site, documents in _newest(job):
        (target / f"{site}.atom").write_bytes(atom(job, site, documents))
        number += len(documents)
    return number


def write_json(job: Job, target: Path) -> int:
    """Write `<site>.json` for every site; return how many articles they hold."""
    target.mkdir()
    number = 0
    for site, documents in _newest(job):
        feed = {
            "version": VERSION,
            "title": documents[0].university,
            "home_page_url": f"{'/'.join(documents[0].url.split('/')[:3])}/",
            "language": "zh-CN",
            "items": [_item(document) for document in documents],
        }
        (target / f"{site}.json").write_text(visible(json.dumps(feed, ensure_ascii=False, indent=1)) + "\n", "utf-8")
        number += len(documents)
    return number


def atom(job: Job, site: str, documents: list[ExportedDocument]) -> bytes:
    """Return the Atom feed of one site. Ids are `urn:md5:<id>`, and stay when a page moves."""
    feed = FeedGenerator()
    feed.id(f"urn:campus-archive:{site}")
    feed.title(for_xml(documents[0].university) or site)
    feed.link(href=f"{'/'.join(documents[0].url.split('/')[:3])}/", rel="alternate")
    feed.updated(max(map(changed, documents)))
    feed.language("zh-CN")
    for document in documents:
        entry = feed.add_entry(order="append")
        entry.id(f"urn:md5:{document.id}")
        entry.title(for_xml(document.title) or document.url)
        entry.link(href=document.url, rel="alternate")
        entry.updated(changed(document))
        if document.published:
            entry.published(document.published)
        for person in document.people:
            if name := for_xml(person["name"]):
                entry.author(name=name)
        entry.content(for_xml(MARKDOWN.render(document.body)), type="html")
    return bytes(feed.atom_str(pretty=True))


def changed(document: ExportedDocument) -> datetime:
    """Return when a document last became another."""
    return document.lastmod or document.archived


def _item(document: ExportedDocument) -> dict[str, object]:
    item = {
        "id": f"urn:md5:{document.id}",
        "url": document.url,
        "title": document.title,
        "content_html": MARKDOWN.render(document.body),
        "date_published": document.published.isoformat() if document.published else None,
        "date_modified": changed(document).isoformat(),
        "authors": [{"name": person["name"]} for person in document.people] or None,
        "tags": list(document.section) or None,
    }
    return {key: value for key, value in item.items() if value is not None}


def _newest(job: Job) -> Iterator[tuple[str, list[ExportedDocument]]]:
    """Yield each site with its newest articles: by publication time, and when they were archived where there is none."""
    newest: dict[str, list[ExportedDocument]] = defaultdict(list)
    for document in job.documents():
        if document.path:
            kept = newest[document.site]
            kept.append(document)
            if len(kept) > 2 * job.newest:
                newest[document.site] = nlargest(job.newest, kept, key=_time)
    for site, documents in newest.items():
        yield site, nlargest(job.newest, documents, key=_time)


def _time(document: ExportedDocument) -> datetime:
    return document.published or document.archived

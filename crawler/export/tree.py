"""Content trees of static-site generators: the Markdown files with the front matter they have, media beside them.

Hugo: `content/<site>/<id>/index.md`, a leaf bundle with its media in the same folder (gohugo.io, page bundles).
Hexo: `source/_posts/<id>.md`, media below `source/media/` with absolute paths (hexo.io, asset folders).
"""

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from crawler.archive import load
from crawler.archive.frontmatter import render
from crawler.archive.media_links import relink
from crawler.export.document import ExportedDocument, Job
from crawler.urls import host_of


def write_hugo(job: Job, target: Path) -> int:
    """Write a content tree for Hugo; return how many documents it holds. Duplicates have no file, and are left out."""
    number = 0
    for document in job.documents():
        if document.path:
            folder = target / "content" / document.site / document.id
            places = {
                medium["path"]: PurePosixPath(medium["path"]).name for medium in document.media if "path" in medium
            }
            _write_page(job, document, folder / "index.md", places)
            for path, name in places.items():
                _copy(job.root / path, folder / name)
            number += 1
    return number


def write_hexo(job: Job, target: Path) -> int:
    """Write a content tree for Hexo; return how many documents it holds. Duplicates have no file, and are left out."""
    number = 0
    for document in job.documents():
        if document.path:
            places = {medium["path"]: f"/{medium['path']}" for medium in document.media if "path" in medium}
            _write_page(job, document, target / "source" / "_posts" / f"{document.id}.md", places)
            for path in places:
                _copy(job.root / path, target / "source" / path)
            number += 1
    return number


def older_title(document: ExportedDocument) -> str:
    """Return the title as the mirrors before this archive wrote it: `大学->标题 | host`."""
    return f"{document.university}->{document.title} | {host_of(document.url)}"


def _write_page(job: Job, document: ExportedDocument, target: Path, places: Mapping[str, str]) -> None:
    """Write the Markdown of a document with its links to media led to their places in the tree."""
    assert document.path is not None, "a document without a file is left out"
    values, content = load((job.root / document.path).read_bytes())
    if job.older_titles:
        values = {**values, "title": older_title(document)}
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(render(_dated(values), relink(content, places)))


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    """Return front matter with a date: generators sort by it, and take the time of their own build where there is none."""
    if "date" in values:
        return values
    dated = {"title": values["title"], "date": values["params"]["archived"]}
    return dated | {key: value for key, value in values.items() if key not in dated}


def _copy(source: Path, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

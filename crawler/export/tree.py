"""Content trees of static-site generators: the Markdown files with the front matter they have, media beside them.

Hugo: `content/<site>/<id>/index.md`, a leaf bundle with its media in the same folder (gohugo.io, page bundles).
Hexo: `source/_posts/<id>.md`, media below `source/media/` with absolute paths (hexo.io, asset folders).

No text of a page is a template of theirs: what `inert` leaves is code, in which Hugo is given its braces as a parameter of the page, and Hexo
(and Jekyll, to which the same files can be given) is told of a page with braces that it has none.
"""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from crawler.archive import load
from crawler.archive.frontmatter import render
from crawler.archive.media_links import relink
from crawler.export.document import ExportedDocument, Job
from crawler.export.inert import inert
from crawler.urls import host_of

SHORTCODE = re.compile(r"\{\{(?=[<%])")  # what begins one, in code too
BRACES = "braces"  # parameter of a page that has code with it: gohugo.io, shortcodes, param
TEMPLATE = re.compile(r"\{[{%#]")
NO_TEMPLATE = {"disableNunjucks": True, "render_with_liquid": False}


def write_hugo(job: Job, target: Path) -> int:
    """Write a content tree for Hugo; return how many documents it holds. Duplicates have no file, and are left out."""
    number = 0
    for document in job.documents():
        if document.path:
            folder = target / "content" / document.site / document.id
            places = {
                medium["path"]: PurePosixPath(medium["path"]).name for medium in document.media if "path" in medium
            }
            _write_page(folder / "index.md", *_for_hugo(*_page(job, document, places)))
            for path, name in places.items():
                job.copy(path, folder / name)
            number += 1
    return number


def write_hexo(job: Job, target: Path) -> int:
    """Write a content tree for Hexo; return how many documents it holds. Duplicates have no file, and are left out."""
    number = 0
    for document in job.documents():
        if document.path:
            places = {medium["path"]: f"/{medium['path']}" for medium in document.media if "path" in medium}
            values, content = _page(job, document, places)
            _write_page(
                target / "source" / "_posts" / f"{document.id}.md",
                values | (NO_TEMPLATE if TEMPLATE.search(content) else {}),
                content,
            )
            for path in places:
                job.copy(path, target / "source" / path)
            number += 1
    return number


def older_title(document: ExportedDocument) -> str:
    """Return the title as the mirrors before this archive wrote it: `大学->标题 | host`."""
    return f"{document.university}->{document.title} | {host_of(document.url)}"


def _page(job: Job, document: ExportedDocument, places: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """Return front matter and Markdown of a document, in which nothing runs, with its links to media led to their places in the tree."""
    assert document.path is not None, "a document without a file is left out"
    values, content = load((job.root / document.path).read_bytes())
    if job.older_titles:
        values = {**values, "title": older_title(document)}
    return _dated(values), inert(relink(content, places))


def _for_hugo(values: dict[str, Any], content: str) -> tuple[dict[str, Any], str]:
    """Return a page without shortcodes but one of Hugo's own, which says what begins one."""
    told, number = SHORTCODE.subn(f"{{{{< param {BRACES} >}}}}", content)
    return (values | {BRACES: "{{"} if number else values), told


def _write_page(target: Path, values: Mapping[str, Any], content: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(render(values, content))


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    """Return front matter with a date: generators sort by it, and take the time of their own build where there is none."""
    if "date" in values:
        return values
    dated = {"title": values["title"], "date": values["params"]["archived"]}
    return dated | {key: value for key, value in values.items() if key not in dated}

"""The links of a Markdown body to its media: to the file in the archive where it is there, to the address the page has where not.

Every document stands three folders deep, superseded versions too, so that a link is the same wherever its file is moved.
"""

import re
from collections.abc import Mapping

from crawler.items import MediaFile

TO_ROOT = "../../../"  # from articles/<host>/<year>/ and from versions/<host>/<id>/
TARGET = re.compile(r"\]\((<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)(?=[\s)])")  # of a link or picture (CommonMark, 6.3)


def localise(body: str, files: Mapping[str, MediaFile]) -> str:
    """Return the body with the links to these media (URL -> content) led to their files."""
    if not files:
        return body
    return TARGET.sub(lambda link: _to_file(link, files), body)


def restore(body: str, urls: Mapping[str, str]) -> str:
    """Return the body with the links to these files (path -> URL) led back to the addresses they came from."""
    if not urls:
        return body
    return TARGET.sub(lambda link: _to_url(link, urls), body)


def _to_file(link: re.Match[str], files: Mapping[str, MediaFile]) -> str:
    file = files.get(link[1].strip("<>"))
    return f"]({TO_ROOT}{file.path}" if file else link[0]


def _to_url(link: re.Match[str], urls: Mapping[str, str]) -> str:
    url = urls.get(link[1].removeprefix(TO_ROOT)) if link[1].startswith(TO_ROOT) else None
    if url is None:
        return link[0]
    return f"](<{url}>" if "(" in url or ")" in url else f"]({url}"


def relink(body: str, places: Mapping[str, str]) -> str:
    """Return the body with the links to these files (path in the archive -> place in a tree of somebody else's) led there."""
    there = {TO_ROOT + path: place for path, place in places.items()}
    return TARGET.sub(lambda link: f"]({there[link[1]]}" if link[1] in there else link[0], body)

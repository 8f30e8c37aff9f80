"""The links of a Markdown body to its media: to the file in the archive where it is there, to the address the page has where not.

Every document stands three folders deep, superseded versions too, so that a link is the same wherever its file is moved.
A second address of the same content in a document has a fragment, `….jpg#2`, so that each can be led back to where it came from; what was
an autolink, `<https://…>`, has its target in angle brackets.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

TO_ROOT = "../../../"  # from articles/<host>/<year>/ and from versions/<host>/<id>/
PLAIN = r"\\[()]|\\(?![()])|[^\s()\\]"
BARE = rf"(?:{PLAIN}|\((?:{PLAIN}|\((?:{PLAIN})*\))*\))*"  # parentheses in pairs, or each with a backslash (CommonMark, 6.3)
# The target of a link or picture; an autolink.
TARGET = re.compile(rf"\]\((<[^<>\n]*>|(?!<){BARE})(?=[\s)])|(?<!\]\()<(https?://[^<>\s]+)>")
OURS = re.compile(rf"(?:\[[^\[\]\n]*)?\]\((<?){re.escape(TO_ROOT)}([^\s()<>]+)>?(?=[\s)])\)?")
NON_ASCII = re.compile(r"[^\x00-\x7f]+")
PARENTHESIS = re.compile(r"[()]")
BRACKETS = re.compile(r"[\[\]\\]")


def places(files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return URL -> place of media (URL, path) in the order of their document: the path, from its second URL on with a fragment."""
    found: dict[str, str] = {}
    times: dict[str, int] = {}
    for url, path in files:
        if url not in found:
            times[path] = times.get(path, 0) + 1
            found[url] = path if times[path] == 1 else f"{path}#{times[path]}"
    return found


def localise(body: str, places: Mapping[str, str]) -> str:
    """Return the body with the links to these media (URL -> place) led to their files."""
    if not places:
        return body
    there = {f"<{url}>": place for url, place in places.items()} | dict(places)
    there |= {spelled(url): place for url, place in places.items()}
    return TARGET.sub(lambda link: _to_file(link, there), body)


def restore(body: str, urls: Mapping[str, str]) -> str:
    """Return the body with the links to these places (place -> URL) led back to the addresses they came from."""
    if not urls:
        return body
    return OURS.sub(lambda link: _to_url(link, urls), body)


def relink(body: str, places: Mapping[str, str]) -> str:
    """Return the body with the links to these files (path in the archive -> place in a tree of somebody else's) led there."""
    return OURS.sub(lambda link: _to_place(link, places), body)


def spelled(url: str) -> str:
    """Return a URL as html-to-markdown writes it into a link: the spelling that stands in a body."""
    ascii_only = NON_ASCII.sub(lambda text: quote(text[0], errors="replace"), url)
    if " " in ascii_only:
        return f"<{ascii_only}>"
    return ascii_only if _is_balanced(ascii_only) else PARENTHESIS.sub(r"\\\g<0>", ascii_only)


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in PARENTHESIS.findall(text):
        depth += 1 if sign == "(" else -1
        if depth < 0:
            return False
    return depth == 0


def _to_file(link: re.Match[str], there: Mapping[str, str]) -> str:
    target, autolink = link[1], link[2]
    place = there.get(f"<{autolink}>" if autolink else target)
    if place is None:
        return link[0]
    return f"[{_name(autolink)}](<{TO_ROOT}{place}>)" if autolink else f"]({TO_ROOT}{place}"


def _name(url: str) -> str:
    """Return what a file without a name is shown as: the last part of its address."""
    last = unquote(urlsplit(url).path.rpartition("/")[2])
    return BRACKETS.sub("", " ".join(last.split())) or "file"


def _to_url(link: re.Match[str], urls: Mapping[str, str]) -> str:
    url = urls.get(link[2])
    if url is None:
        return link[0]
    text = link[0].partition("](")[0]
    return f"<{url}>" if link[1] else f"{text}]({spelled(url)}{_end(link)}"


def _to_place(link: re.Match[str], places: Mapping[str, str]) -> str:
    place = places.get(link[2].partition("#")[0])
    return link[0] if place is None else f"{link[0].partition('](')[0]}]({place}{_end(link)}"


def _end(link: re.Match[str]) -> str:
    return ")" if link[0].endswith(")") else ""

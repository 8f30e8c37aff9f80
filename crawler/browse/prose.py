"""The Markdown of a document as HTML that can do nothing: rendered without HTML of its own, then cut down to what prose needs.

An archived page is hostile input. Pictures come from the archive or not at all; a link leads to a file of the archive or to an http(s) address.
"""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from functools import partial
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from crawler.archive.frontmatter import CLOSING
from crawler.archive.media_links import TO_ROOT
from crawler.archive.summary_divider import DIVIDER

MEDIUM = re.compile(r"media/[0-9a-f]{2}/[0-9a-f]{64}\.[a-z0-9]{1,8}(?=$|#)")
TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "sub", "sup", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h2", "h3", "h4", "h5", "h6", "a", "img", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "class"}, "img": {"src", "alt", "loading"}, "ol": {"start"}}
LOWEST = 6  # of headings
BODY_FROM = 2  # the title of the document is the heading above all of its body


def prose(content: str, *, missing: str, within: str = "") -> str:
    """Return the HTML of what stands below the front matter of a document; `missing` is said where a picture is not in the archive.

    Before the address of its media stands `within`.
    """
    body = content.rpartition(CLOSING)[0] or content
    return to_html(body.replace(DIVIDER, ""), missing=missing, within=within)


def to_html(markdown: str, *, missing: str, within: str = "") -> str:
    """Return safe HTML."""
    environment: MutableMapping[str, Any] = {"missing": missing, "within": within}
    tokens = MARKDOWN.parse(markdown, environment)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + BODY_FROM - 1, LOWEST)}"
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, environment)
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=partial(_attribute, within),
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
    )


def local(target: str, within: str) -> str | None:
    """Return where the reading room serves a medium that a document links to, None for any other target."""
    path = target.removeprefix(TO_ROOT)
    return f"{within}/{path}" if path != target and MEDIUM.match(path) else None


def _attribute(within: str, tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute, None to drop it."""
    if name == "href":
        return local(value, within) or (value if value.startswith(("http://", "https://")) else None)
    if name == "src":
        return value if value.startswith(f"{within}/media/") else None
    if name == "class":
        return value if (tag, value) == ("a", "unkept") else None
    return value


def _image(_self: Any, tokens: Sequence[Token], index: int, _options: Any, environment: Mapping[str, Any]) -> str:
    """Return a picture of the archive, or a link to where it stood: no page of ours asks anybody for a picture."""
    token = tokens[index]
    source = str(token.attrs.get("src", ""))
    caption = escape("".join(child.content for child in token.children or ()).strip())
    if (path := local(source, environment["within"])) is not None:
        return f'<img src="{escape(path)}" alt="{caption}" loading="lazy">'
    return f'<a class="unkept" href="{escape(source)}">{caption or escape(environment["missing"])}</a>'


def escape(text: str) -> str:
    """Return text as it stands in HTML."""
    return nh3.clean_text(text)


MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
MARKDOWN.add_render_rule("image", _image)

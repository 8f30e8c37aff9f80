"""The generic voice: trafilatura, for pages on which neither a family nor the weight of text finds a container.

It is slow (20 ms a page) and asked last. Its caches are cleared every CLEAR_EVERY pages, its date search is not used at all.
"""

from itertools import count

from lxml import html
from lxml.html import HtmlElement

from crawler.pages.extraction.page import Page

CLEAR_EVERY = 500  # pages; the caches of trafilatura and htmldate grow with every page (htmldate #56)
_asked = count(1)


def generic_container(page: Page) -> HtmlElement | None:
    """Return the main content as trafilatura sees it: an element of its own, with paragraphs, lists and tables; None if it sees none."""
    from trafilatura import extract  # 60 MB and a second: only a process that needs it loads it
    from trafilatura.meta import reset_caches

    found = extract(
        page.source,
        url=page.url,
        output_format="html",
        include_comments=False,
        include_tables=True,
        include_images=True,
        include_links=True,
        include_formatting=True,
        with_metadata=False,
        deduplicate=False,
    )
    if next(_asked) % CLEAR_EVERY == 0:
        reset_caches()
    if not found:
        return None
    body = html.document_fromstring(found).find("body")
    return body if body is not None and len(body) else None

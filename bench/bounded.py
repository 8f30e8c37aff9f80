"""Patterns of the package that run on a text of bounded length, with the reason: `python -m bench hostile` measures all others."""

from collections.abc import Mapping

BOUNDED: Mapping[str, str] = {
    "crawler.pages.extraction.boilerplate.CONTROL": "lines of at most MAX_CONTROL characters, or parts of a row of MAX_ROW",
    "crawler.pages.extraction.metadata.BORDER": "titles whose white space is single",
    "crawler.pages.extraction.sections.HERE": "lines shorter than MAX_LINE, or than 90 characters",
    "crawler.pages.families.jcms.PROXY": "addresses of at most MAX_URL characters",
}

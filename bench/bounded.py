"""Patterns of the package that are not linear by their form (`bench.forms`), or whose text is bounded, each with what makes up for it.

`python -m bench hostile` measures all but those of `BOUNDED`, so what `PROVEN` says of a pattern is tried out too.
"""

from collections.abc import Mapping

BOUNDED: Mapping[str, str] = {
    "crawler.arguments.COLON": "one word that the operator types",
    "crawler.arguments.PAIR": "one word that the operator types",
    "crawler.commands.init.CONTACT": "one line that the operator types",
    "crawler.typed.BEGINNING": "one word that the operator types",
    "crawler.pages.extraction.boilerplate.CONTROL": "lines of at most MAX_CONTROL characters, or parts of a row of MAX_ROW",
    "crawler.pages.extraction.metadata.BORDER": "titles whose white space is single",
    "crawler.pages.extraction.sections.HERE": "lines shorter than MAX_LINE, or than 90 characters",
    "crawler.pages.families.ARTICLES[16]": "addresses of at most MAX_URL characters",
    "crawler.pages.families.jcms.PROXY": "addresses of at most MAX_URL characters",
}

LINE = "matched at the beginning of one line of a page, once; measured"
MARKED = "each turn of the inner repeat begins with a mark that the one before cannot take; measured"
PARTED = "what stands between the repeats must be there, or neither takes it; measured"
PROVEN: Mapping[str, str] = {
    "crawler.archive.media_links.TARGET": MARKED,
    "crawler.archive.summary_divider.BLANK": MARKED,
    "crawler.archive.summary_divider.STRUCTURE": MARKED,
    "crawler.audit.documents.MEDIA_LINK": PARTED,
    "crawler.dedup.changes.TOKEN": MARKED,
    "crawler.dedup.digest.MARKUP[5][1]": "what follows the dashes takes the rest of the line, whatever it is; measured",
    "crawler.fetching.robots.GROUP": PARTED,
    "crawler.pages.discovery.CIRCLE": "addresses of at most MAX_URL characters",
    "crawler.pages.discovery.pagination.ITEMS": PARTED,
    "crawler.pages.discovery.pagination.NEXT": LINE,
    "crawler.pages.discovery.pagination.NUMBERED": "addresses of at most MAX_URL characters",
    "crawler.pages.extraction.boilerplate.DATED": LINE,
    "crawler.pages.extraction.endings.AFTER": LINE,
    "crawler.pages.extraction.endings.CONTACT": LINE,
    "crawler.pages.extraction.endings.RELATED": LINE,
    "crawler.pages.extraction.entries.ALONE": LINE,
    "crawler.pages.extraction.entries.BUTTON": LINE,
    "crawler.pages.extraction.entries.FIRST": LINE,
    "crawler.pages.extraction.entries.LAST": PARTED,
    "crawler.pages.extraction.feet.ACCOUNT": PARTED,
    "crawler.pages.extraction.inline.EDGE": "each part takes all that is left but for the marks at the end; measured",
    "crawler.pages.extraction.mending.BLOCK": PARTED,
    "crawler.pages.extraction.mirror.END": LINE,
    "crawler.pages.extraction.mirror.OLDER_TITLE": PARTED,
    "crawler.pages.extraction.page.LONG_TAG": "the second repeat takes the same up to the same end, once for each tag; measured",
    "crawler.pages.extraction.sections.HOME": LINE,
    "crawler.pages.families.jeecms.LIST": "addresses of at most MAX_URL characters",
    "crawler.pages.families.trs.CURRENT": PARTED,
    "crawler.sites.checks.HOST": "hosts of a definition file, which its owner writes",
    "crawler.urls.PLAIN": PARTED,
}

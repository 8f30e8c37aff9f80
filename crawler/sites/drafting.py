"""A site file drafted from what the register knows of a university: to be looked at by whoever adds it, for nothing in it was visited."""

from collections.abc import Sequence

import yaml

from crawler.errors import SiteError
from crawler.sites.register import KnownPage, Suggestion

MOST_LISTS = 8  # the crawl finds the others behind them
HEAD = """# Drafted from the register of universities; nobody has visited these pages yet. `scrapy sites --probe {key}` does: what does not answer
# is taken out by hand. One article of the site under `articles:` is enough where no list is right.
"""


def key_of(suggestion: Suggestion) -> str:
    """Return the key of a site: nankai of nankai.edu.cn."""
    domain = suggestion.institution.domain if suggestion.institution else suggestion.hosts[0]
    return domain.removeprefix("www.").partition(".")[0]


def draft(suggestion: Suggestion) -> str:
    """Return the text of a site file. Raises SiteError where no page of it is known."""
    pages = news_pages(suggestion)
    if not pages:
        raise SiteError(
            key_of(suggestion), "", "no news page of it is known; open one of its articles and name that: -a url=…"
        )
    name = suggestion.institution.name if suggestion.institution else suggestion.hosts[0]
    site: dict[str, object] = {"name": name, "hosts": [pages[0].host]}
    for field, kinds in (("lists", ("news", "notice", "media", "home")), ("articles", ("article",))):
        if urls := [page.url for page in pages if page.kind in kinds][:MOST_LISTS]:
            site[field] = urls
    return HEAD.format(key=key_of(suggestion)) + yaml.safe_dump(site, allow_unicode=True, sort_keys=False)


def news_pages(suggestion: Suggestion) -> Sequence[KnownPage]:
    """Return the known pages of the best host; none of the others, which are mostly single schools."""
    return [page for page in suggestion.pages if page.host == suggestion.hosts[0]]

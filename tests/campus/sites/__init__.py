"""The three hosts of the campus, each in the markup of one CMS."""

from tests.campus.response import Response
from tests.campus.sites import enorth, vsb, webplus


def pages() -> dict[tuple[str, str], Response]:
    """Return every page, picture and attachment of the campus by (host, path with query)."""
    sites = {"vsb": vsb.pages(), "webplus": webplus.pages(), "enorth": enorth.pages()}
    return {(host, path): response for host, site in sites.items() for path, response in site.items()}

"""Text of others, made fit to be shown: titles and addresses are whatever a publisher, or who broke into their site, wrote."""

import re
import unicodedata

# Controls (escape sequences of terminals, characters XML forbids), and the marks that turn the direction of what follows them.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def shown(text: str) -> str:
    """Return a text on one line, without what only a machine would act upon. Does not escape HTML."""
    return " ".join(unicodedata.normalize("NFC", UNFIT.sub("", text.replace("\r", " "))).split())


def web_address(url: str) -> str | None:
    """Return a URL if a browser may be led there."""
    return url if url.lower().startswith(("https://", "http://")) else None

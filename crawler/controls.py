"""Characters that nobody reads and machines act upon: escape sequences of terminals, ends of lines that are none, turns of direction.

What others wrote, a title or the name of a file, may hold any of them.
"""

import re

# Controls but for tab and newline, marks that turn the direction of what follows them, Unicode's ends of lines, halves of characters, no characters.
UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2


def visible(text: str) -> str:
    """Return a text with each of these characters spelt as JSON does, `\\u001b`: what was JSON stays the same JSON."""
    return UNFIT.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def on_one_line(text: str) -> str:
    """Return the same without the end of a line, spelt `\\n`."""
    return visible(text).replace("\n", "\\n")


def for_xml(text: str) -> str:
    """Return a text without what no XML may hold, not even as an entity."""
    return NOT_XML.sub("", text)

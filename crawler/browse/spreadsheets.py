"""CSV that a spreadsheet shows and does not run: a cell that begins as a formula gets an apostrophe in front.

That goes for every CSV that leaves the reading room, Datasette's own of our tables too: titles are what others wrote.
"""

import codecs
import re

TOKEN = re.compile(r'"|,|[\r\n]|[^",\r\n]+')
FORMULA = re.compile(r"[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]")  # also behind blanks, and full-width
NUMBER = re.compile(r"[+-]?\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+")


class Disarming:
    """A CSV that passes by in pieces, each of whole rows (RFC 4180)."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._is_quoted = False
        self._is_start = True  # of a cell

    def piece(self, data: bytes) -> bytes:
        """Return a piece with its cells disarmed."""
        return "".join(map(self._token, TOKEN.findall(self._decode(data)))).encode()

    def _token(self, token: str) -> str:
        if token == '"':
            self._is_quoted = not self._is_quoted
        elif not self._is_quoted and token in ",\r\n":
            self._is_start = True
        elif self._is_start:
            self._is_start = False
            is_number = not self._is_quoted and NUMBER.fullmatch(token)
            return f"'{token}" if FORMULA.match(token) and not is_number else token
        return token

"""What an audit works on, and what it says of its progress."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from crawler.audit.finding import Finding
from crawler.audit.scope import Scope, last

Look = Callable[[str, int], None]


def _nobody(_path: str, _size: int) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit of one archive."""

    root: Path
    db: Database  # read only
    now: datetime
    scope: Scope = field(default_factory=Scope)
    is_live: bool = False  # somebody else writes to the archive meanwhile
    with_texts: bool = True  # whether every text is compared with the search index
    looked: Look = _nobody  # told of every file looked at, and how many bytes it has

    def takes(self, path: str) -> bool:
        """Return whether a file is in the scope."""
        return self.scope.is_whole or self.scope.takes(path, last(self.db, path))


Seen = tuple[str, Finding | None]  # an object that was looked at, and what is wrong with it

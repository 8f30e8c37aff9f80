"""Which objects are looked at: all, or a sample, or those whose last check is old."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog.moment import to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What `scrapy verify` was asked to look at."""

    sample: int | None = None  # so many files of each kind, those first that were never or longest not looked at
    checked_before: datetime | None = None  # only those whose last check is older
    site: str | None = None  # only its documents and media; of the evidence the records of its rows
    advance: Callable[[str, int], None] = field(
        default=lambda _stage, _number: None
    )  # told of progress: stage, objects or bytes
    checked: Callable[[str, str | None], None] = field(
        default=lambda _object, _fault: None
    )  # told of each object looked at

    @property
    def is_whole(self) -> bool:
        """Return whether everything is looked at: only then what is in no row can be told."""
        return self.sample is None and self.checked_before is None and self.site is None

    def limited(self, query: str, path: str) -> tuple[str, dict[str, object]]:
        """Return a query narrowed to the objects in scope; `path` is the column with their name. It ends in a WHERE with a condition."""
        values: dict[str, object] = {}
        if self.checked_before is not None:
            query += f" AND NOT EXISTS (SELECT 1 FROM checks WHERE object = {path} AND checked >= :before)"
            values["before"] = to_text(self.checked_before)
        if self.sample is not None:
            query += f" ORDER BY (SELECT checked FROM checks WHERE object = {path}), {path} LIMIT :sample"
            values["sample"] = self.sample
        return query, values


def total(db: Database, scope: Scope, query: str, path: str) -> int:
    """Return how many objects a query finds in scope."""
    narrowed, values = scope.limited(query, path)
    (number,) = db.execute(f"SELECT count(*) FROM ({narrowed})", values).fetchone()
    return int(number)

"""Times as the catalog holds them: ISO 8601 text in UTC, so that text order is time order."""

from datetime import UTC, datetime


def to_text(at: datetime) -> str:
    """Return `2023-02-08T06:40:00+00:00`, with microseconds where there are any ("+" sorts before ".")."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()}: a time without offset cannot be compared")
    return at.astimezone(UTC).isoformat()


def from_text(text: str) -> datetime:
    """Return the time `to_text` wrote."""
    return datetime.fromisoformat(text)

"""Validators: what a server says by which it can tell later that a page is the same, and how far it can be believed. Pure.

useless    new ones with the same page, visit after visit (Last-Modified always now, an ETag a request): not sent any more
deceptive  the same ones with another page: the host's 304 means nothing, none of its pages is asked for conditionally
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawler.items import Validators

MOST_USELESS = 2  # times in a row
JUST_NOW = timedelta(
    seconds=60
)  # a page "modified" so shortly before it was sent was made for the request, or may still be written to


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What is kept of a link's validators after its page was received whole."""

    validators: Validators
    useless: int  # how often in a row they were new though the page was not

    @property
    def is_given(self) -> bool:
        """Return whether they are worth sending."""
        return bool(self.validators) and self.useless < MOST_USELESS


def validators_of(headers: Sequence[tuple[str, str]], received: datetime) -> Validators:
    """Return the validators of a response; a Last-Modified that is only the time of the answer is none."""
    values = {name.lower(): value.strip() for name, value in headers}
    modified = values.get("last-modified")
    if modified and not _is_before(modified, min(received, _time(values.get("date")) or received) - JUST_NOW):
        modified = None
    return Validators(etag=values.get("etag") or None, last_modified=modified or None)


def weigh(before: Validators, after: Validators, *, useless: int, is_same: bool) -> Trust:
    """Return what to keep: of validators that came twice with the same page, those that were the same too."""
    if not is_same or not before:
        return Trust(validators=after, useless=useless)
    held = Validators(
        etag=after.etag if after.etag == before.etag else None,
        last_modified=after.last_modified if after.last_modified == before.last_modified else None,
    )
    return Trust(validators=held, useless=0) if held else Trust(validators=after, useless=useless + 1)


def are_deceptive(before: Validators, after: Validators) -> bool:
    """Return whether validators promise that two pages are one. Asked of two that are not."""
    if before.etag and after.etag:
        return before.etag == after.etag  # RFC 9110, 13.1.3: where there is an ETag, the date is not looked at
    return bool(before.last_modified) and before.last_modified == after.last_modified


def _is_before(text: str, moment: datetime) -> bool:
    at = _time(text)
    return at is not None and at < moment


def _time(text: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)

"""What an alarm says, in the language of the page: alarms are kept as the run put them, in English, sentence after sentence.

A sentence that is not among these stays as it is.
"""

import re
from collections.abc import Callable, Mapping

from crawler.browse.reasons import reasons

MARK = "; "  # between the sentences of an alarm
ADDRESS = re.compile(r"(https?://\S+): (.*)", re.DOTALL)
CAUSE = re.compile(r"([a-z_]+): .*", re.DOTALL)  # a word for why, then the same as a sentence
COUNTED = re.compile(r"(\d+) ([a-z_\d]+)")


def said(message: str, _: Callable[[str], str]) -> str:
    """Return an alarm's message in the language of the messages."""
    patterns, named = _patterns(_), reasons(_)
    return _("; ").join(_one(part, patterns, named) for part in message.split(MARK))


def _one(text: str, patterns: Mapping[str, str], named: Mapping[str, str]) -> str:
    if address := ADDRESS.fullmatch(text):
        return f"{address[1]} {_one(address[2], patterns, named)}"
    for pattern, sentence in patterns.items():
        if found := re.fullmatch(pattern, text):
            return sentence % {name: _with_names(value, named) for name, value in found.groupdict().items()}
    cause = CAUSE.fullmatch(text)
    if cause is None or cause[1] not in named:
        return text
    last = text.rpartition(": ")[2]  # of media the numbers stand behind the sentence
    return f"{named[cause[1]]}" + (f" ({_with_names(last, named)})" if COUNTED.match(last) else "")


def _with_names(text: str, named: Mapping[str, str]) -> str:
    """Return “19 not_found, 1 no_content” with the names of these words."""
    return COUNTED.sub(lambda found: f"{found[1]} {named.get(found[2], found[2])}", text)


def _patterns(_: Callable[[str], str]) -> Mapping[str, str]:
    """Return pattern -> what it says in a language; what a pattern names is put in."""
    return {
        r"(?P<a>\d+) articles told": _("it tells of %(a)s articles"),
        r"(?P<a>\d+) of (?P<b>\d+) pages read": _("%(a)s of %(b)s pages read"),
        r"(?P<a>\d+) named, (?P<b>\d+) archived": _("%(a)s named, %(b)s archived"),
        r"not archived: (?P<a>.+)": _("not archived: %(a)s"),
        r"about (?P<a>\d+) missing": _("about %(a)s missing"),
        r"(?P<a>\d+) searches, tags or months of the site were read besides": _(
            "%(a)s searches, tags or months of the site were read besides"
        ),
        r"and (?P<a>\d+) more": _("and %(a)s more"),
        r"gave no usable page": _("gave no usable page"),
        r"(?P<a>\d+) of its (?P<b>\d+) articles are gone since (?P<c>\d+) days": _(
            "%(a)s of its %(b)s articles are gone since %(c)s days"
        ),
        r"(?P<a>\d+) of the last (?P<b>\d+) articles have another title than their list, expected at most (?P<c>\d+%).*": _(
            "%(a)s of the last %(b)s articles have another title than their list; at most %(c)s are expected"
        ),
        r"(?P<a>\d+) of the last (?P<b>\d+) articles have another day than their list, expected at most (?P<c>\d+%).*": _(
            "%(a)s of the last %(b)s articles have another day than their list; at most %(c)s are expected"
        ),
        r"(?P<a>\d+) of the last (?P<b>\d+) pages that read like articles have no date, expected at most (?P<c>\d+%).*": _(
            "%(a)s of the last %(b)s pages that read like articles have no date; at most %(c)s are expected"
        ),
        r"no articles in (?P<b>\d+) days, expected at least (?P<c>\d+) in .*": _(
            "no articles in %(b)s days; at least %(c)s are expected"
        ),
        r"(?P<a>\d+) articles in (?P<b>\d+) days, expected at least (?P<c>\d+) in .*": _(
            "%(a)s articles in %(b)s days; at least %(c)s are expected"
        ),
        r"the last one appeared on (?P<a>[\d-]+)": _("the last one appeared on %(a)s"),
    }

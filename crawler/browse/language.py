"""The two languages of the reading room: which one a reader gets, its messages, dates and numbers, and what the catalog's own
words are called in it. Nothing of the archive is translated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from crawler.browse.reasons import reasons
from crawler.browse.sentences import said
from crawler.items import Outcome

CATALOGS = Path(__file__).with_name("locale")
COOKIE = "lang"
LANGUAGE = "campus-archive.language"  # key in the ASGI scope
TAGS = {"en": "en", "zh": "zh-CN"}  # of a choice, what stands in the `lang` attribute
NAMES = {"en": "English", "zh": "中文"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language; templates get the methods as `_`, `ngettext`, and the whole as `language`."""

    code: str  # en, zh
    messages: Mapping[str, tuple[str, ...]]  # the forms: one, or one for one thing and one for many

    @property
    def tag(self) -> str:
        return TAGS[self.code]

    @property
    def locale(self) -> Locale:
        return Locale.parse("zh_Hans_CN" if self.code == "zh" else "en")

    def gettext(self, message: str, **values: object) -> str:
        """Return the message in this language, with its `%(name)s` filled in. One not translated stays English."""
        text = self.messages.get(message, (message,))[0]
        return text % values if values else text

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form for that number, with `%(num)s` the number as this language writes it."""
        forms = self.messages.get(one, (one, many))
        text = forms[0] if number == 1 else forms[-1]
        return text % {"num": self.number(number), **values}

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def percent(self, share: float, *, digits: int = 0) -> str:
        pattern = f"#,##0.{'0' * digits}%" if digits else None
        return format_percent(share, format=pattern, locale=self.locale)

    def date(self, value: str | date) -> str:
        """Return the day of an ISO 8601 text, as this language writes it."""
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return format_date(day, format="long" if self.code == "zh" else "medium", locale=self.locale)

    def month(self, value: str) -> str:
        """Return a month, given as 2026-05."""
        pattern = "y年M月" if self.code == "zh" else "MMM y"
        return format_date(date.fromisoformat(f"{value}-01"), format=pattern, locale=self.locale)

    def moment(self, value: str | datetime) -> str:
        """Return day and minute of an ISO 8601 text, in the offset it states."""
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        pattern = "y年M月d日 HH:mm" if self.code == "zh" else "MMM d, y HH:mm"
        return format_datetime(at, format=pattern, tzinfo=at.tzinfo, locale=self.locale)

    def published(self, value: str, precision: str | None) -> str:
        """Return a publication time no more precisely than the page states it."""
        return self.date(value) if precision == "day" else self.moment(value)

    def outcome(self, outcome: str) -> str:
        """Return how an outcome of a visit is called."""
        _ = self.gettext
        names = {
            "new": _("new"),
            "changed": _("changed"),
            "unchanged": _("unchanged"),
            "not_modified": _("not modified"),
            "duplicate": _("copies"),
            "listed": _("lists read"),
            "not_article": _("not articles"),
            "gone": _("gone"),
            "refused": _("refused"),
            "failed": _("failed"),
        }
        return names[outcome]

    def said(self, message: str) -> str:
        """Return what an alarm says, which is kept in English."""
        return message if self.code == "en" else said(message, self.gettext)

    def named(self, word: str) -> str:
        """Return the name of a word of the catalog (an outcome, a reason, a field, a way to be a copy); one that has none stays as it is."""
        if word in set(Outcome):
            return self.outcome(word)
        _ = self.gettext
        names = {
            "title": _("title"),
            "date": _("date"),
            "published": _("date"),
            "university": _("university"),
            "source": _("source"),
            "people": _("people"),
            "section": _("section"),
            "body": _("body"),
            "media": _("media"),
            "pictures": _("pictures"),
            "same": _("the same text"),
            "script": _("in the other script"),
            "edited": _("edited"),
            "excerpt": _("an excerpt"),
            "expanded": _("expanded"),
            "finished": _("finished"),
            "running": _("running"),
            "interrupted": _("interrupted"),
        }
        return names.get(word) or reasons(_).get(word, word)


@cache
def language(code: str) -> Language:
    """Return a language with its messages, read once."""
    path = CATALOGS / code / "LC_MESSAGES" / "messages.po"
    if not path.is_file():  # English: the messages are their own keys
        return Language(code=code, messages={})
    with path.open("rb") as file:
        catalog = read_po(file, locale=code)
    messages = {}
    for message in catalog:
        if message.id and message.string:
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = message.string
            messages[key] = (forms,) if isinstance(forms, str) else tuple(forms)
    return Language(code=code, messages=messages)


def choose(*, asked: str | None, cookies: str, accepted: str) -> str:
    """Return the code of the language: the one asked for in the URL, else the one kept, else what the browser prefers, else English."""
    if asked in TAGS:
        return str(asked)
    try:
        kept = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        kept = None
    if kept and kept.value in TAGS:
        return kept.value
    return next((code for code in _preferred(accepted) if code in TAGS), "en")


def _preferred(accepted: str) -> list[str]:
    """Return the language codes of an Accept-Language field, the best first (RFC 9110, section 12.5.4)."""
    weighted = []
    for part in accepted.split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((float(weight or 1), name.partition("-")[0].lower()))
        except ValueError:
            continue
    ranked = sorted(weighted, key=lambda pair: pair[0], reverse=True)
    return [code for weight, code in ranked if weight > 0]

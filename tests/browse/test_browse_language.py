"""Both languages of the reading room: which one a reader gets, and that nothing of ours is left untranslated."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import Environment
from jinja2.ext import babel_extract

from crawler.browse import HERE
from crawler.browse.language import CATALOGS, choose, language

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
MARKUP = re.compile(r"<!--.*?-->|<code>.*?</code>|<[^>]*>|&\w+;", re.DOTALL)
SPOKEN = re.compile(
    r"\b(?:title|placeholder|aria-label|alt)=\"[^\"\0]+\""
)  # attributes that are read out, with literal text
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
MODULES = sorted(HERE.rglob("*.py"))


def messages() -> set[str]:
    found = set()
    for path in TEMPLATES:
        with path.open("rb") as file:
            found |= {_key(message) for _, _, message, _ in babel_extract(file, [*KEYWORDS], (), {"silent": "false"})}
    for path in MODULES:
        with path.open("rb") as file:
            found |= {_key(message) for _, message, _, _ in extract("python", file, keywords=KEYWORDS)}
    return found


def _key(message: object) -> str:
    return str(message[0]) if isinstance(message, tuple) else str(message)


def test_every_message_has_a_chinese_one_and_every_chinese_one_is_used() -> None:
    assert messages() == set(language("zh").messages)


def test_chinese_messages_take_the_same_values() -> None:
    with (CATALOGS / "zh/LC_MESSAGES/messages.po").open("rb") as file:
        for message in read_po(file, locale="zh"):
            if message.id:
                assert message.string
                one, other = (text if isinstance(text, str) else text[-1] for text in (message.id, message.string))
                assert set(re.findall(r"%\(\w+\)s", one)) == set(re.findall(r"%\(\w+\)s", other)), one


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_words_outside_of_messages(path: Path) -> None:
    source = "\0".join(value for _, kind, value in Environment().lex(path.read_text("utf-8")) if kind == "data")
    assert re.findall(r"[^\W\d_]{2,}", MARKUP.sub(" ", source)) == []
    assert SPOKEN.findall(source) == []


@pytest.mark.parametrize(
    ("asked", "cookies", "accepted", "code"),
    [
        (None, "", "", "en"),
        (None, "", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "", "en-GB,zh;q=0.5", "en"),
        (None, "", "de, zh-TW;q=0.7, en;q=0.3", "zh"),
        (None, "", "zh;q=0, en;q=0.1", "en"),
        (None, "", "zh;q=x, ;;,", "en"),
        (None, "a=b; lang=zh", "en", "zh"),
        (None, "lang=xx", "en", "en"),
        (None, "lang=\"", "zh", "zh"),
        ("zh", "lang=en", "en", "zh"),
        ("xx", "", "zh", "zh"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_asked_for_then_kept_then_preferred(
    asked: str | None, cookies: str, accepted: str, code: str
) -> None:
    assert choose(asked=asked, cookies=cookies, accepted=accepted) == code


def test_dates_and_numbers_are_written_as_each_language_does() -> None:
    zh, en = language("zh"), language("en")
    assert zh.date("2026-05-03T10:00:00+08:00") == "2026年5月3日"
    assert en.date("2026-05-03T10:00:00+08:00") == "May 3, 2026"
    assert zh.published("2026-05-03T10:20:00+08:00", "minute") == "2026年5月3日 10:20"
    assert en.published("2026-05-03T00:00:00+08:00", "day") == "May 3, 2026"
    assert (zh.month("2026-05"), en.month("2026-05")) == ("2026年5月", "May 2026")
    assert zh.ngettext("%(num)s article", "%(num)s articles", 1234) == "1,234 篇文章"
    assert en.ngettext("%(num)s article", "%(num)s articles", 1) == "1 article"

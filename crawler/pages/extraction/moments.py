"""Moments: a date and its time of day in every form that pages print. What the date is of, `dates` decides.

One grammar: a date in one of a few orders (FORMS), directly behind it a time of day (CLOCK). Punctuation is levelled first, character by
character, so that a match's place is its place in the text as printed. Every repetition is bounded: a text costs time by its length.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from crawler.items import Precision

MAX_FORM = 80  # characters of the longest form, with its time
OLDEST = 1990  # no site of ours publishes on the Web before that
LEVEL = str.maketrans("０１２３４５６７８９：∶／．－—–―‐−，（）［］　\xa0〇○Ο點", "0123456789::/.------,()[]  零零零点")
HINT = re.compile(
    r"(?:[1１][9９]|[2２][0０])\d\d|民[国國]|[一二][一二三四五六七八九零〇○Ο]{3}年|(?<!\d)1[01]\d\s?年|(?<![\d./-])1[01]\d[-/.][01]\d[-/.][0-3]\d(?![\d./-])"
)
MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
WEEKDAY = r"(?:(?:星期|周|礼拜|週)[一二三四五六日天]|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?)"
_MONTH = rf"(?P<mon>{'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_MARK = r"\s{0,2}(?:--?|[/.年])\s{0,2}"
_MONTH_MARK = r"\s{0,2}(?:--?|[/.月])\s{0,2}"
_DAY = r"(?P<d>\d\d(?=\d\d?:\d\d)|\d{1,2}(?!\d))(?:\s{0,2}[日号號])?"  # 2018-03-0823:16 is two elements without a space
_ORDINAL = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_INNER_CLOCK = r"(?:(?P<H>\d\d):(?P<M>\d\d):(?P<S>\d\d)\s(?:(?:[A-Z]{3,5}|[+-]\d{4})\s)?)?"  # of Java's Date.toString()
FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}{_MARK}(?P<m>\d{{1,2}}){_MONTH_MARK}{_DAY}",
        rf"(?<!\d){_YEAR}[-\s]{_MONTH}[-\s]{_DAY}",
        rf"(?<![\d./-])(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})(?P=mark){_YEAR}(?!\d)",
        rf"(?<![a-z]){_MONTH}[\s,-]{{0,2}}{_ORDINAL}[\s,-]{{1,2}}{_INNER_CLOCK}{_YEAR}(?!\d)",
        rf"(?<!\d){_ORDINAL}[\s.-]{{0,2}}{_MONTH}[\s,-]{{1,2}}{_YEAR}(?!\d)",
        r"(?P<hy>[一二][一二三四五六七八九零]{3})年(?P<hm>[一二三四五六七八九十]{1,2})月(?P<hd>[一二三四五六七八九十廿卅]{1,3})[日号號]",
        r"(?:民[国國]\s?(?P<roc>\d{2,3})|(?<!\d)(?P<roc3>1[01]\d))\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日?",
        r"(?<![\d./-])(?P<roc4>1[01]\d)[-/.](?P<m>[01]\d)[-/.](?P<d>[0-3]\d)(?![\d./-])",
        r"(?<!\d)(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?P<H>[0-2]\d)(?P<M>[0-5]\d)(?P<S>[0-5]\d)(?!\d)",
    )
)
# Believed only where a label stands before them: anything else may look like these.
LABELLED_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<yy>\d\d)[-/.年](?P<m>\d{{1,2}})[-/.月]{_DAY}",
        r"(?P<roc>1[01]\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?:\s?(?P<H>[0-2]\d):?(?P<M>[0-5]\d)(?::?(?P<S>[0-5]\d))?)?(?!\d)",
    )
)
MORNING, AFTERNOON = (
    frozenset(words.split()) for words in ("上午 早上 早晨 清晨 凌晨 午夜 am", "下午 傍晚 晚上 晚间 晚 夜里 pm")
)
NOON = "中午"
_HALF = r"上午|早上|早晨|清晨|凌晨|午夜|中午|下午|傍晚|晚上|晚间|晚|夜里|[ap]\.?m\.?(?![a-z])"
# Without seconds a minus is no offset: 09:00-11:00 is a span of time.
CLOCK = re.compile(
    rf"[\sT,|]{{0,3}}(?:(?:时间|時間)\s?:\s?)?[(\[]?(?:{WEEKDAY})?[)\]]?[\sT,]{{0,3}}(?:at\s|@\s?)?(?P<half>{_HALF})?\s?"
    r"(?P<H>\d{1,2})\s?[:时時点]\s?(?P<M>\d{1,2})(?!\d)\s?分?(?:\s?:?\s?(?P<S>\d\d)(?!\d)(?:\.\d{1,9})?\s?秒?)?"
    rf"(?:\s?(?P<after>{_HALF}))?(?:\s?(?P<zone>Z(?![a-z])|GMT|UTC|(?(S)[+-]|\+)(?:0\d|1[0-4]):?[0-5]\d(?!\d|:)))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One date as a text prints it, and its place there."""

    moment: datetime  # aware
    precision: Precision
    start: int
    end: int


def find_moment(text: str, zone: tzinfo) -> Moment | None:
    """Return the first date of a text, with its time if one follows it; None if it has none, or the first is no day of a calendar."""
    if not HINT.search(text):
        return None
    level = text.translate(LEVEL)
    found = [match for form in FORMS if (match := form.search(level))]
    return _read(min(found, key=re.Match.start), level, zone) if found else None


def labelled_moment(text: str, start: int, zone: tzinfo) -> Moment | None:
    """Return the date that stands at a place of a text, behind a label: there the shorter forms are believed too."""
    level = text[start : start + MAX_FORM].translate(LEVEL)
    for form in (*FORMS, *LABELLED_FORMS):
        if (match := form.match(level)) and (found := _read(match, level, zone)):
            return replace(found, start=start + found.start, end=start + found.end)
    return None


def _read(match: re.Match[str], level: str, zone: tzinfo) -> Moment | None:
    groups = match.groupdict()
    year, month, day = _day(groups)
    try:
        moment = datetime(year, month, day, tzinfo=zone)
    except ValueError:
        return None
    if year < OLDEST:
        return None
    inner = groups.get("H")
    clock = None if inner else CLOCK.match(level, match.end())
    found = _timed(moment, groups if inner or clock is None else clock.groupdict(), zone)
    if found is None:  # no time, or none that a clock shows: the day is as printed all the same
        return Moment(moment, Precision.DAY, match.start(), match.end())
    end = clock.end() if clock else match.end()
    return Moment(*found, match.start(), end)


def _day(groups: dict[str, str | None]) -> tuple[int, int, int]:
    """Return year, month and day of whatever form matched."""
    if hy := groups.get("hy"):
        year = int("".join(str(DIGITS[digit]) for digit in hy))
        return year, _han(groups["hm"] or ""), _han(groups["hd"] or "")
    if mark := groups.get("mark"):
        first, second = int(groups["first"] or 0), int(groups["second"] or 0)
        # 5/1/2023 is how en-US writes it, 1-5-2023 and 1.5.2023 are how everybody else does.
        month, day = (first, second) if first <= 12 and (mark == "/" or second > 12) else (second, first)
        return _year(groups), month, day
    name = groups.get("mon")
    return _year(groups), MONTHS[name.lower()] if name else int(groups["m"] or 0), int(groups["d"] or 0)


def _year(groups: dict[str, str | None]) -> int:
    if roc := groups.get("roc") or groups.get("roc3") or groups.get("roc4"):
        return int(roc) + 1911
    return int(groups.get("y") or 0) or 2000 + int(groups.get("yy") or 0)


def _han(numeral: str) -> int:
    """Return the value of 二十三, 廿三 or 三, below 40."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = numeral.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def _timed(moment: datetime, groups: dict[str, str | None], zone: tzinfo) -> tuple[datetime, Precision] | None:
    """Return a day with the time of day that a clock's groups tell; None if it is none."""
    hour, minute, second = (int(groups.get(name) or 0) for name in "HMS")
    if groups.get("H") is None or hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second):
        return None
    hour = _hour(hour, groups.get("half") or groups.get("after"))
    written = groups.get("zone")
    exact = moment.replace(tzinfo=_offset(written) if written else zone)
    exact += timedelta(hours=hour, minutes=minute, seconds=second)
    return exact.astimezone(zone), Precision.SECOND if groups.get("S") else Precision.MINUTE


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of 24: 下午 3 is 15, 上午 12 is 0, 晚上 12 is 24."""
    half = (half or "").lower().replace(".", "")
    if half in MORNING and hour == 12:
        return 0
    if half in AFTERNOON and (hour < 12 or (hour == 12 and half.startswith(("晚", "夜")))):
        return hour + 12
    return hour + 12 if half == NOON and hour <= 2 else hour


def _offset(written: str) -> tzinfo:
    if written.isalpha():
        return UTC
    hours, minutes = int(written[:3]), int(written[-2:])
    return timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))

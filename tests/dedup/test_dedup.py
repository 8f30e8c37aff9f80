"""Dedup: what two texts must share to be the same, and what `judge` makes of it."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from crawler.dedup import Verdict, content_digest, judge, normalise, plain, simplify
from crawler.dedup.signature import ALGORITHM, SLOTS, may_be_alike, packed, signature, unpacked
from crawler.dedup.similarity import Kin, Text, liken
from crawler.items import Article, DocumentState, Media, MediaKind, Outcome, Status

FAST = settings(derandomize=True, deadline=None, max_examples=300)
THEN = datetime(2024, 5, 1, tzinfo=UTC)
LONG = "三月十二日下午，学校在明德楼召开教学工作会议，各学院院长和有关部门负责人参加会议，会议由副校长主持。"
GOLDEN = [306301273, 1472493870, 8830881]


@FAST
@given(st.text(max_size=200))
@example("\u0130")  # its lower case is two characters, one of them no letter
@example("\u1100.\u1161")  # Korean letters that compose once the mark between them is gone
@example("\u0345\u03b1")  # a Greek mark that moves
@example("㈱⑴ﬁ㎏")
@example("ß\u1e9e")
@example("\u00bd\u2488")
def test_normalising_twice_equals_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def as_defined(text: str) -> str:
    """What `normalise` promises, step by step."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", re.sub(r"[\W_]+", "", simplify(folded)))


@FAST
@given(st.text(max_size=40) | st.text(alphabet="，。eσΣς\u0301\u0316\u0345a\u1100\u1161ｶﾞ、（）ﬁİ…· 1中", max_size=12))
@example("A.\u0300")
def test_the_short_cut_of_normalising_changes_nothing(text: str) -> None:
    assert normalise(text) == as_defined(text)


@FAST
@given(st.text(max_size=200))
def test_simplifying_keeps_the_length_and_is_idempotent(text: str) -> None:
    once = simplify(text)
    assert len(once) == len(text)
    assert simplify(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("國際蘭花展開幕", "国际兰花展开幕"),
        ("ＡＢＣ１２３", "abc123"),
        ("会议　指出：要 做好", "会议指出,要做好"),
        ("第10届", "第１０届"),
        ("“引号”", '"引号"'),
    ],
)
def test_script_width_case_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**粗**体 *斜* `码`", "粗体 斜 码"),
        ("[链接](https://a.cn/x_(1).htm)后", "链接后"),
        ('[链接](https://a.cn/x "题")后', "链接后"),
        ("![图](https://a.cn/a.jpg)前", "前"),
        ("[![图](https://a.cn/a.jpg)](https://a.cn/)", ""),
        ("<https://a.cn/a.pdf>", ""),
        ("一\n\n<!--more-->\n\n二", "一\n\n\n\n二"),
        ("## 标题", "标题"),
        ("- 一\n- 二", "一\n二"),
        ("1. 一\n2. 二", "一\n二"),
        ("> 引", "引"),
        (r"a\*b\_c \<d> \[e]", "a*b_c <d> [e]"),
        ("mc<sup>2</sup>", "mc2"),
        (r"\<!-- 不是注释 --> 正文", "<!-- 不是注释 --> 正文"),
        (r"\[不是链接](x)", "[不是链接](x)"),
    ],
)
def test_plain_is_what_a_reader_sees(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@pytest.mark.parametrize(
    "piece",
    ["![", "[", "](", "[x](", "<!--", "<a ", "\\[", "!\\[", "*", " ", "\t", "|", "<http://", '[](a "', "((", "[]("],
)
def test_marks_without_end_are_read_once(piece: str) -> None:
    started = process_time()
    plain(piece * 100_000)
    assert process_time() - started < 2  # tried from every start it would be a minute


def article(body: str = LONG, title: str = "教学工作会议", **fields: Any) -> Article:
    return Article(title=title, body=body, **fields)


def picture(url: str) -> Media:
    return Media(kind=MediaKind.IMAGE, url=url)


@pytest.mark.parametrize(
    "other",
    [
        article(LONG.replace("，", ",\n\n")),
        article(f"**{LONG}**"),
        article(f"{LONG}\n\n![](https://a.cn/1.jpg)", media=(picture("https://a.cn/1.jpg"),)),
        article(f"> {LONG}", title="教學工作會議"),
        article(f"[{LONG}](https://a.cn/x)"),
        article(source="宣传部", published=THEN, people={"编辑": ("王芳",)}, section=("首页",)),
    ],
    ids=["layout", "bold", "pictures", "script", "address", "metadata"],
)
def test_layout_script_pictures_and_metadata_do_not_change_a_long_article(other: Article) -> None:
    assert content_digest(other) == content_digest(article())


@pytest.mark.parametrize(
    "other",
    [article(LONG.replace("三月", "四月")), article(title="教学工作会议召开"), article(LONG + "散会。")],
)
def test_a_changed_word_changes_the_digest(other: Article) -> None:
    assert content_digest(other) != content_digest(article())


def test_short_articles_with_different_pictures_are_different() -> None:
    one, two = (article("", media=(picture(f"https://a.cn/{n}.jpg"),)) for n in (1, 2))
    assert content_digest(one) != content_digest(two)


def test_of_short_articles_the_scheme_and_order_of_the_pictures_do_not_count() -> None:
    one = article("", media=(picture("http://a.cn/1.jpg"), picture("http://a.cn/2.jpg")))
    two = article("", media=(picture("https://a.cn/2.jpg"), picture("https://a.cn/1.jpg")))
    assert content_digest(one) == content_digest(two)


def test_title_and_body_do_not_run_together() -> None:
    assert content_digest(article("乙丙", title="甲")) != content_digest(article("丙", title="甲乙"))


KNOWN = DocumentState(
    id="1",
    url="https://a.cn/1",
    site="a",
    article=Article(title="甲", body=""),
    characters=0,
    family=None,
    extractor="1",
    version=1,
    content_digest="sha256:a",
    path="p",
    captured=THEN,
    status=Status.LIVE,
)
TWIN = replace(KNOWN, id="2", url="https://a.cn/2", content_digest="sha256:b")


def judged(
    digest: str = "sha256:a",
    *,
    url: str = "https://a.cn/1",
    at: datetime = THEN,
    known: DocumentState | None = None,
    twin: DocumentState | None = None,
) -> Verdict:
    return judge(url=url, digest=digest, captured=at, known=known, twin=twin)


def test_an_article_nobody_knows_is_new() -> None:
    assert judged().outcome is Outcome.NEW


def test_an_equal_digest_is_unchanged_and_another_one_changed() -> None:
    assert judged(known=KNOWN).outcome is Outcome.UNCHANGED
    assert judged("sha256:b", known=KNOWN).outcome is Outcome.CHANGED


def test_a_document_is_not_its_own_duplicate() -> None:
    assert judged("sha256:b", known=KNOWN, twin=replace(KNOWN, content_digest="sha256:b")).outcome is Outcome.CHANGED


def test_the_later_of_two_equal_articles_is_the_duplicate() -> None:
    later = judged("sha256:b", at=THEN + timedelta(days=1), twin=TWIN)
    assert (later.outcome, later.first) == (Outcome.DUPLICATE, TWIN)


def test_an_earlier_capture_takes_over() -> None:
    earlier = judged("sha256:b", at=THEN - timedelta(days=1), twin=TWIN)
    assert (earlier.outcome, earlier.takes_over) == (Outcome.NEW, TWIN)


def test_of_two_captured_at_once_the_smaller_url_is_first() -> None:
    assert judged("sha256:b", url="https://a.cn/3", twin=TWIN).outcome is Outcome.DUPLICATE
    assert judged("sha256:b", url="https://a.cn/1", twin=TWIN).takes_over == TWIN


@FAST
@given(st.integers(-2, 2), st.sampled_from(["https://a.cn/1", "https://a.cn/3"]))
def test_whichever_is_judged_second_the_same_one_is_first(hours: int, url: str) -> None:
    """The order in which workers finish decides nothing."""
    at = THEN + timedelta(hours=hours)
    own = replace(KNOWN, id="x", url=url, content_digest="sha256:b", captured=at)
    own_second = judge(url=url, digest="sha256:b", captured=at, known=None, twin=TWIN)
    twin_second = judge(url=TWIN.url, digest="sha256:b", captured=TWIN.captured, known=None, twin=own)
    assert (own_second.outcome is Outcome.DUPLICATE) != (twin_second.outcome is Outcome.DUPLICATE)


def test_signatures_are_those_that_stand_in_catalogs() -> None:
    """If this fails after an upgrade of rensa, stored keys find nothing any more: name another ALGORITHM and sign all documents again."""
    keys = signature(normalise(LONG * 2))
    assert ALGORITHM == "2-12-40-1"
    assert [key & 0xFFFFFFFF for key in keys[:3]] == GOLDEN
    assert unpacked(packed(keys)) == keys


def test_the_keys_of_a_part_are_keys_of_the_whole() -> None:
    part = "".join(chr(0x4E00 + n * 7) for n in range(150))
    whole = part + "".join(chr(0x5E00 + n * 7) for n in range(850))
    shared = len(set(signature(part)) & set(signature(whole)))
    assert 0 < shared < SLOTS / 3
    assert may_be_alike(shared, len(part), len(whole))


def test_a_notice_with_other_dates_and_names_is_another_notice() -> None:
    one = "定于3月12日14时在明德楼101室举行学术报告会，报告人为王芳教授，题目另行通知，欢迎全校师生参加，请自带座椅，提前十分钟入场。"
    other = one.replace("3月12日", "4月9日").replace("101", "203")
    assert liken(Text(normalise(one * 2)), Text(normalise(other * 2))) is None
    assert liken(Text(normalise(one)), Text(normalise(one)))


def test_the_other_script_is_told_by_the_language() -> None:
    text = normalise(LONG)
    assert (like := liken(Text(text, "zh-Hans"), Text(text, "zh-Hant")))
    assert (like.kin, like.similarity) == (Kin.SCRIPT, 1.0)

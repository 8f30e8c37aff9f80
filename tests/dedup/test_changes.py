"""What changed in an article, and how its body's difference reads."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedup.changes import Change, Field, changes_between, corrections, difference, inline, keeping
from crawler.items import Article, Media, MediaKind, Precision

OLD = Article(
    title="图书馆延长开放时间",
    body="图书馆每天六点半开放。\n\n考试周通宵开放。",
    published=datetime(2024, 5, 6, tzinfo=UTC),
    precision=Precision.DAY,
    source="校报",
    people={"记者": ("林晓", "周舟")},
    section=("首页", "要闻"),
    media=(Media(kind=MediaKind.IMAGE, url="https://img1.example.edu.cn/a.jpg", caption="阅览室"),),
)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("图书馆每天六点半开放。", "图书馆每天七点开放。", "图书馆每天[-六点半-]{+七点+}开放。"),
        ("共有4.2万平方米。", "共有4.3万平方米。", "共有[-4.2-]{+4.3+}万平方米。"),
        ("Open from 6 to 23.", "Open from 7 to 23.", "Open from [-6-]{+7+} to 23."),
        ("甲说。乙说。", "甲说。丙来了。乙说。", "甲说。{+丙来了。+}乙说。"),
        ("一样。", "一样。", "一样。"),
        ("", "有了。", "{+有了。+}"),
        ("", "", ""),
        ("张三的书丢了。", "李四的笔丢了。", "[-张三的书-]{+李四的笔+}丢了。"),
    ],
)
def test_a_difference_is_read_by_words_and_ideographs(before: str, after: str, text: str) -> None:
    assert inline(difference(before, after)) == text


TEXTS = st.text(alphabet="图书馆开放 abc12。！\n", max_size=60)


@given(before=TEXTS, after=TEXTS)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    ops = difference(before, after)
    assert "".join(text for sign, text in ops if sign != "+") == before
    assert "".join(text for sign, text in ops if sign != "-") == after
    assert all(text for _, text in ops)
    assert all(one != other for (one, _), (other, _) in pairwise(ops))


def test_a_huge_text_is_told_as_replaced() -> None:
    ops = difference("甲" * 3000 + "。", "乙" * 3000 + "。")
    assert [sign for sign, _ in ops] == ["-", "+"]


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"title": "图书馆缩短开放时间"}, Field.TITLE),
        ({"published": datetime(2024, 5, 7, tzinfo=UTC)}, Field.DATE),
        ({"source": "新闻中心"}, Field.SOURCE),
        ({"people": {"记者": ("林晓",)}}, Field.PEOPLE),
        ({"section": ("首页", "综合")}, Field.SECTION),
        ({"body": "图书馆每天七点开放。"}, Field.BODY),
        ({"media": ()}, Field.MEDIA),
    ],
)
def test_each_field_is_told_alone(edit: dict[str, object], field: Field) -> None:
    (change,) = changes_between(OLD, replace(OLD, **edit))  # type: ignore[arg-type]
    assert change.field is field
    assert change.before != change.after


def test_the_same_in_other_words_is_no_change() -> None:
    other_host = replace(OLD.media[0], url="http://img2.example.edu.cn/a.jpg")
    same = replace(
        OLD,
        people={"记者": ("周舟", "林晓")},
        media=(other_host,),
        body="**图书馆**每天六点半开放。\n\n考试周通宵开放。",
    )
    assert changes_between(OLD, same) == ()


def test_what_a_page_no_longer_states_is_no_correction_and_is_kept() -> None:
    bare = replace(OLD, published=None, precision=None, source=None, people={}, section=())
    assert corrections(OLD, bare) == ()
    kept = keeping(bare, OLD)
    assert (kept.published, kept.source, kept.people) == (OLD.published, OLD.source, OLD.people)
    corrected = replace(bare, source="新闻中心")
    assert corrections(OLD, corrected) == (Change(field=Field.SOURCE, before="校报", after="新闻中心"),)

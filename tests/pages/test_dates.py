"""Dates: in every spelling, with what announces them, and never invented."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from crawler.items import Precision
from crawler.pages.extraction import dates

HERE = ZoneInfo("Asia/Shanghai")


def shown(found: dates.Published | None) -> str | None:
    """Return a date as precisely as it was read."""
    if found is None:
        return None
    assert found.moment.tzinfo is not None
    return found.moment.strftime(
        {"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S"}[found.precision]
    )


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-05-06", "2024-05-06"),
        ("2024/5/6", "2024-05-06"),
        ("2024.05.06", "2024-05-06"),
        ("2024年5月6日", "2024-05-06"),
        ("2024 年 5 月 6 日", "2024-05-06"),
        ("2024年05月06日 09:30", "2024-05-06 09:30"),
        ("2024-05-06 09:30:15", "2024-05-06 09:30:15"),
        ("2024-05-06T09:30:15", "2024-05-06 09:30:15"),
        ("2024-05-06，09：30", "2024-05-06 09:30"),
        ("2024年5月6日9时30分", "2024-05-06 09:30"),
        ("2024年5月6日9时30分15秒", "2024-05-06 09:30:15"),
        ("2024-05-06 星期一 09:30", "2024-05-06 09:30"),
        ("2024-05-06 上午 9:30", "2024-05-06 09:30"),
        ("2024-05-06 下午 3:30", "2024-05-06 15:30"),
        ("2024-05-06 下午 12:30", "2024-05-06 12:30"),
        ("2024-05-06 下午 15:30", "2024-05-06 15:30"),
        ("2024-05-06T01:30:00Z", "2024-05-06 09:30:00"),
        ("2024-05-06T01:30:00+00:00", "2024-05-06 09:30:00"),
        ("2024-05-06T09:30:00+08:00", "2024-05-06 09:30:00"),
        ("2024-05-05T20:30:00-0500", "2024-05-06 09:30:00"),
        ("20240506093015", "2024-05-06 09:30:15"),
        ("May 6, 2024", "2024-05-06"),
        ("6 May 2024", "2024-05-06"),
        ("Sept. 6th, 2024", "2024-09-06"),
        ("Monday, 06 December 2021", "2021-12-06"),
        ("5/6/2024 3:05:00 PM", "2024-05-06 15:05:00"),
        ("13/05/2024 10:00", "2024-05-13 10:00"),
        ("06-05-2024", "2024-05-06"),
        ("2024-05-06 3:05 PM", "2024-05-06 15:05"),
        ("2024-05-06 上午12:30", "2024-05-06 00:30"),
        ("2024年5月6日 晚上 8:30", "2024-05-06 20:30"),
        ("2024年5月6日 15点05分", "2024-05-06 15:05"),
        ("2024年5月6日15时", "2024-05-06"),
        ("二〇二四年五月六日", "2024-05-06"),
        ("二○二四年十二月二十三日", "2024-12-23"),
        ("Mon May 06 15:05:00 CST 2024", "2024-05-06 15:05:00"),
        ("Mon, 06 May 2024 07:05:00 GMT", "2024-05-06 15:05:00"),
        ("06-May-2024", "2024-05-06"),
        ("2024 May 6", "2024-05-06"),
        ("May 6, 2024 3:05 PM", "2024-05-06 15:05"),
        ("113年5月6日", "2024-05-06"),
        ("民國113年5月6日", "2024-05-06"),
        ("2024—05—06", "2024-05-06"),
        ("２０２４－０５－０６", "2024-05-06"),
        ("2024-05-06 24:00", "2024-05-07 00:00"),
        ("2024-05-06（星期一）15:05", "2024-05-06 15:05"),
        ("2024-05-06 Monday 15:05", "2024-05-06 15:05"),
        ("2024-05-0615:05", "2024-05-06 15:05"),
        ("2024-05-06 09:00-11:00", "2024-05-06 09:00"),
        ("2024-02-30", None),
        ("2024-13-01", None),
        ("2024-05-06 25:00", "2024-05-06"),  # no time of a clock: the day is as printed
        ("0000-00-00 00:00:00", None),
        ("23-05-06", None),
        ("1989-05-06", None),
        ("2023届毕业生", None),
        ("2024年5月", None),
        ("共 2024 条", None),
        ("May 2024", None),
        ("12024-05-06789", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_written(text: str, date: str | None) -> None:
    assert shown(dates.in_text(text, HERE, "x")) == date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("发布时间：2024-05-06", "2024-05-06"),
        ("发布日期:2024年5月6日 来源：教务处", "2024-05-06"),
        ("[发布时间]：2024-05-06", "2024-05-06"),
        ("发稿时间 2024-05-06 09:30", "2024-05-06 09:30"),
        ("来源：宣传部 发表于 2024-05-06", "2024-05-06"),
        ("發佈日期：2024-05-06", "2024-05-06"),
        ("Published: 2024-05-06", "2024-05-06"),
        ("Posted on May 6, 2024", "2024-05-06"),
        ("Publication date: 6 May 2024", "2024-05-06"),
        ("发布时间：24-05-06", "2024-05-06"),
        ("發佈日期：113/05/06", "2024-05-06"),
        ("发布时间：20240506", "2024-05-06"),
        ("发布时间：24-05-0615:05", "2024-05-06 15:05"),
        ("第9批立项名单公布 2024-05-06", None),
        ("时间：2024-05-06", None),
        ("更新时间：2024-05-06", None),
        ("2024-05-06", None),
        ("发布会于2024年5月6日举行", None),
        ("我校发布2024年5月6日招生章程", None),
        ("据悉，该章程由教务处发布于2024年5月6日，全文已公开", None),
    ],
)
def test_a_label_announces_a_publication(text: str, date: str | None) -> None:
    assert shown(next(dates.labelled(text, HERE, "label"), None)) == date


def test_no_label_stands_in_a_link() -> None:
    line, link = "上一条：名单发布：公布 2024-05-06", "名单发布：公布"
    assert next(dates.labelled("名单 公布：2024-05-06", HERE, "label"), None) is not None
    assert next(dates.labelled("名单 公布：2024-05-06", HERE, "label", ["名单 公布："]), None) is None
    assert next(dates.labelled(line, HERE, "label", [link]), None) is None


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        *(("发布时间：3天前", True), ("发布时间：0000-00-00 00:00:00", True), ("发布时间：", False)),
        *(("学校发布2024年招生简章", False), ("编辑：王芳", False)),
    ],
)
def test_a_label_says_that_it_is_news_whatever_follows(text: str, promised: bool) -> None:
    assert dates.is_promised(text) is promised


def test_a_word_in_a_link_is_no_metadata() -> None:
    assert dates.alone("第11期工作简报发布 2024-05-06", HERE, ["第11期工作简报发布"]).rule == "line"


def test_a_weak_label_counts_only_where_nothing_stands_before_it() -> None:
    assert shown(dates.weakly_labelled("时间：2024-05-06", HERE, "label")) == "2024-05-06"
    assert shown(dates.weakly_labelled("| 日期: 2024-05-06 |", HERE, "label")) == "2024-05-06"
    assert dates.weakly_labelled("报名时间：2024-05-06", HERE, "label") is None


def test_an_update_is_no_publication() -> None:
    assert shown(dates.updated("最后更新：2024-05-06", HERE, "updated")) == "2024-05-06"
    assert shown(dates.updated("更新时间：2024-05-06 10:00", HERE, "updated")) == "2024-05-06 10:00"
    assert dates.updated("发布时间：2024-05-06", HERE, "updated") is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2024-05-06", "line"),
        ("（2024-05-06）", "line"),
        ("2024-05-06 来源：宣传部 浏览：30", "info"),
        ("作者：王芳 2024-05-06 09:30", "info"),
        ("来源：云台日报 2024-5-6 王芳", "cited"),  # the day of the paper
        ("来源：宣传部 2024-05-06 09:30", "info"),
        ("By Professor Mei Lin | May 6, 2024", "info"),
        ("2024-05-06 文：王芳 图：李雷 校团委", "info"),
        ("王芳/文 李雷/图 2024-05-06", "info"),
        ("[王芳] [2024-05-06] [校团委] [次]", "line"),
        ("113-05-06 / 秘書室 / 瀏覽人數：33", "info"),
        ("2024年5月6日，学校召开会议，校长出席。", None),
        ("学校于2024年5月6日召开教学工作会议并部署工作", None),
        ("没有日期", None),
    ],
)
def test_a_line_that_is_a_date_is_believed_and_a_sentence_is_not(text: str, rule: str | None) -> None:
    found = dates.alone(text, HERE)
    assert (found and found.rule) == rule


def test_the_text_a_date_was_read_from_is_kept() -> None:
    found = next(dates.labelled("来源：教务处　发布时间：2024年5月6日 09:30　点击：3", HERE, "label"), None)
    assert found is not None
    assert (found.raw, found.precision, found.rule) == ("发布时间：2024年5月6日 09:30", Precision.MINUTE, "label")


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("/show/20240506093015.html", "2024-05-06 09:30:15"),
        ("/news/2024/05/06/x.html", "2024-05-06"),
        ("/news/20240506/x.html", "2024-05-06"),
        ("/news/2024-05-06/x.html", "2024-05-06"),
        ("/news/2024/x.html", None),
        ("/news/20241306/x.html", None),
        ("/id/202405060930151.html", None),
        ("/id/99999999999999.html", None),
    ],
)
def test_a_date_in_any_address(path: str, date: str | None) -> None:
    assert shown(dates.in_any_url(path, HERE)) == date


def test_metas_are_asked_by_the_names_of_the_family_first() -> None:
    metas = {"date": "2020-01-01", "pubdate": "2024-05-06 09:30", "own": "2023-03-03"}
    assert shown(dates.in_metas(metas, (), HERE)) == "2024-05-06 09:30"
    assert shown(dates.in_metas(metas, ("Own",), HERE)) == "2023-03-03"
    assert dates.in_metas({"pubdate": "soon"}, (), HERE) is None


@pytest.mark.parametrize(
    "block",
    [
        '{"@type":"NewsArticle","datePublished":"2024-05-06T09:30:00+08:00"}',
        '{"@graph":[{"@type":"WebSite"},{"a":[{"datePublished":"2024-05-06T01:30:00Z"}]}]}',
        '{"pubDate":"2024-05-06 09:30:00","title":"未转义的"引号"",}',
        "[" * 100_000 + '"datePublished":"2024-05-06 09:30:00"',
        '{"n":' + "9" * 5000 + ',"datePublished":"2024-05-06 09:30:00"}',
    ],
    ids=["plain", "graph", "broken", "deep", "big"],
)
def test_json_ld(block: str) -> None:
    assert shown(dates.in_json_ld([block], HERE)) == "2024-05-06 09:30:00"


def test_seconds_in_a_script() -> None:
    assert shown(dates.in_script('var ct = "1714959000";', r'ct\s*=\s*"(\d{10})"', HERE)) == "2024-05-06 09:30:00"
    assert dates.in_script("", r'ct\s*=\s*"(\d{10})"', HERE) is None


@pytest.mark.parametrize(
    ("line", "raw"),
    [
        ("发布时间：2024-13-40 来源：教务处", "发布时间：2024-13-40"),
        ("来源：教务处 发布时间：0000-00-00 00:00:00", "发布时间：0000-00-00 00:00:00"),
        ("发布时间：3天前", "发布时间：3天前"),
        ("发布时间：2024-05-06", None),
        ("发布时间： 来源：教务处", None),
        ("第9批名单公布", None),
    ],
)
def test_what_is_labelled_as_a_date_and_is_none_is_told(line: str, raw: str | None) -> None:
    assert dates.unread(line) == raw


def test_a_date_after_the_capture_is_none() -> None:
    captured = datetime(2024, 5, 6, tzinfo=UTC)
    assert dates.not_after(dates.in_text("2024-05-06", HERE, "x"), captured)
    assert dates.not_after(dates.in_text("2024-05-07", HERE, "x"), captured)  # its clock may run ahead
    assert dates.not_after(dates.in_text("2024-05-09", HERE, "x"), captured) is None
    assert dates.not_after(None, captured) is None


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(st.sampled_from([*"0123456789-/.:年月日时分秒 T+Z上下午", "发", "布", "间", "："]), max_size=30))
def test_any_text_has_a_date_or_none(text: str) -> None:
    for found in (
        dates.in_text(text, HERE, "x"),
        next(dates.labelled(f"发布时间：{text}", HERE, "x"), None),
        dates.alone(text, HERE),
        dates.in_any_url(text, HERE),
        dates.updated(f"更新{text}", HERE, "x"),
    ):
        assert found is None or 1990 <= found.moment.year <= 2100


@pytest.mark.parametrize(
    "line",
    [
        "活动时间：2023年11月20日 14:00",
        "讲座时间 2023-11-20",
        "【报名日期】2023.11.20",
        "开标时间：2023年11月20日9时30分",
        "考核时间：2023年11月20日",
        "最后访问：2023-12-01",
    ],
)
def test_what_is_to_happen_dates_no_article(line: str) -> None:
    assert dates.alone(line, HERE) is None
    assert dates.alone("2023-11-20 14:00", HERE) is not None


def test_the_first_publication_comes_before_the_last_edit() -> None:
    (found,) = dates.labelled("首发时间：2023-11-03 09:15 最后更新：2023-11-08", HERE, "label")
    assert shown(found) == "2023-11-03 09:15"

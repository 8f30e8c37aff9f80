"""The document format of design.md, byte for byte."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.archive.frontmatter import dump, load, render
from crawler.archive.summary_divider import DIVIDER, divide
from crawler.items import Article, Document, Media, MediaKind, Precision, Site

CHINA = timezone(timedelta(hours=8))
URL = "https://news.example.edu.cn/info/1135/70226.htm"
SITE = Site(
    key="example",
    name="示例大学",
    hosts=("news.example.edu.cn",),
    tags=("示例大学",),
    categories=("news.example.edu.cn", "示例大学"),
)
ARTICLE = Article(
    title="图书馆延长开放时间：自习到深夜",
    body="第一段。\n\n第二段。",
    published=datetime(2023, 2, 8, 14, 40, tzinfo=CHINA),
    precision=Precision.MINUTE,
    date_raw="发布时间：2023-02-08 14:40",
    source="校报",
    people={"记者": ("王芳", "李四"), "摄影": ("赵六",)},
    section=("首页", "学校要闻"),
    media=(Media(kind=MediaKind.IMAGE, url="https://news.example.edu.cn/a.jpg", caption="阅览室"),),
    provenance={"title": "vsb", "date": "meta"},
)
DOCUMENT = Document(
    id="0123e456789012345678901234567890",
    url=URL,
    site=SITE,
    article=ARTICLE,
    family="vsb",
    content_digest="sha256:" + "0" * 64,
    extractor="3",
    archived=datetime(2026, 11, 23, 2, 53, 1, 250, tzinfo=UTC),
)
EXPECTED = """\
---
title: 图书馆延长开放时间：自习到深夜
date: 2023-02-08T14:40:00+08:00
urlname: "0123e456789012345678901234567890"
slug: "0123e456789012345678901234567890"
tags: [示例大学]
categories: [news.example.edu.cn, 示例大学]
authorbox: false
sidebar: false
params:
  source_url: https://news.example.edu.cn/info/1135/70226.htm
  site: example
  section: [首页, 学校要闻]
  source: 校报
  people: {记者: [王芳, 李四], 摄影: [赵六]}
  date_raw: 发布时间：2023-02-08 14:40
  date_precision: minute
  archived: 2026-11-23T02:53:01+00:00
  version: 1
  extractor: "3"
  content_digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
  provenance: {title: vsb, date: meta}
  media:
  - {kind: image, url: 'https://news.example.edu.cn/a.jpg', caption: 阅览室}
---

第一段。

第二段。

<!--more-->

[转入文章首发地址](https://news.example.edu.cn/info/1135/70226.htm)
"""


def with_article(**changes: object) -> Document:
    return replace(DOCUMENT, article=replace(ARTICLE, **changes))  # type: ignore[arg-type]


def test_document_is_written_as_designed() -> None:
    assert dump(DOCUMENT).decode() == EXPECTED


def test_lastmod_stands_before_params_from_version_two_on() -> None:
    changed = replace(DOCUMENT, version=2, lastmod=datetime(2026, 12, 1, 1, 2, 3, tzinfo=UTC))
    values, _ = load(dump(changed))
    assert list(values)[-2:] == ["lastmod", "params"]
    assert values["lastmod"] == datetime(2026, 12, 1, 1, 2, 3, tzinfo=UTC)


def test_unknown_values_are_absent() -> None:
    bare = with_article(
        published=None, precision=None, date_raw=None, source=None, people={}, section=(), media=(), provenance={}
    )
    values, _ = load(dump(bare))
    assert "date" not in values
    assert list(values["params"]) == ["source_url", "site", "archived", "version", "extractor", "content_digest"]


def test_values_keep_their_types() -> None:
    values, _ = load(dump(DOCUMENT))
    assert values["date"].isoformat() == "2023-02-08T14:40:00+08:00"
    assert values["slug"] == DOCUMENT.id
    assert values["params"]["extractor"] == "3"
    assert values["params"]["archived"].utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "title",
    [
        "no",
        "0123",
        "y",
        "2023-02-08",
        "a: b",
        "'\"",
        "- x",
        "#",
        "🎓毕业",
        "𠮷野家",
        " 前",
        "后 ",
        "\u3000缩进",
        "a\nb",
        "a\x85b",
        "a\u2028b",
        "---",
        "\ufeffx",
        "~",
        "null",
        "{a}",
        "[a, b]",
        "a,b",
        "!x",
        "&x *x",
        "%",
        "@",
        "`",
        "",
        "\ud800",
        "x\r\ny",
        "1e3",
        "0x1F",
        "12:30",
    ],
)
def test_nasty_title_comes_back(title: str) -> None:
    data = dump(with_article(title=title, section=(title, "x"), people={title: (title,)}, date_raw=title or None))
    values, content = load(data)
    assert values["title"] == title.replace("\ud800", "\ufffd")
    assert render(values, content) == data


@pytest.mark.parametrize("text", ["🎓毕业", "𠮷野家", "　——“引”"])
def test_readable_characters_are_not_escaped(text: str) -> None:
    assert (
        f"title: {text}\n" in dump(with_article(title=text)).decode()
        or f"title: '{text}'\n" in dump(with_article(title=text)).decode()
    )


TEXT = st.text(max_size=40) | st.sampled_from(["---", "no", "0123", "a\x85", "\u2029", ": ", " #", "|", "```", "- a"])


@given(title=TEXT, body=st.lists(TEXT, max_size=8).map("\n\n".join), caption=TEXT, names=st.lists(TEXT, max_size=3))
def test_loading_and_dumping_again_gives_the_same_bytes(title: str, body: str, caption: str, names: list[str]) -> None:
    media = (Media(kind=MediaKind.ATTACHMENT, url=URL, caption=caption, name=title),)
    data = dump(with_article(title=title, body=body, media=media, people={caption: tuple(names)}))
    assert render(*load(data)) == data
    assert data.endswith(f"({URL})\n".encode())
    assert b"\r" not in data


def test_front_matter_that_is_no_yaml_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="front matter is no YAML"):
        load(b"---\ntitle: [\n---\n\nx\n")


LONG = "长句。" * 40
LONGER = "长句。" * 100


def test_mark_stands_at_a_paragraph_end_after_two_hundred_characters() -> None:
    assert divide(f"{LONG}\n\n{LONG}\n\n{LONG}") == f"{LONG}\n\n{LONG}\n\n{DIVIDER}\n\n{LONG}"


def test_mark_stands_after_a_single_paragraph() -> None:
    assert divide("一段。") == f"一段。\n\n{DIVIDER}"
    assert divide(LONGER) == f"{LONGER}\n\n{DIVIDER}"


@pytest.mark.parametrize(
    "block",
    [
        "| a | b |\n| --- | --- |\n| " + LONGER + " | 2 |",
        "- 一\n- " + LONGER,
        "1. " + LONGER + "\n\n   续段",
        "> " + LONGER,
        "## " + LONGER,
        "```\n" + LONGER + "\n\n" + LONGER + "\n```",
        "    " + LONGER,
        "<div>" + LONGER + "</div>",
    ],
)
def test_mark_never_stands_inside_or_after_a_structure(block: str) -> None:
    assert divide(f"{block}\n\n短。\n\n尾。") == f"{block}\n\n短。\n\n{DIVIDER}\n\n尾。"
    assert divide(block) == f"{block}\n\n{DIVIDER}"


def test_picture_addresses_do_not_count_as_summary() -> None:
    picture = "![](https://news.example.edu.cn/" + "x" * 300 + ".jpg)"
    assert divide(f"{picture}\n\n短。\n\n{LONGER}\n\n尾。").index(DIVIDER) > len(picture) + len(LONGER)


def test_body_without_text_keeps_mark_and_link() -> None:
    _, content = load(dump(with_article(body="")))
    assert content == f"{DIVIDER}\n\n[转入文章首发地址]({URL})"

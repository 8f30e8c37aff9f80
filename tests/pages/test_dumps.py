"""Whole pages that somebody copied as text."""

import pytest

from crawler.pages.extraction.dumps import read_dump

TITLE = "云台大学：做实做细毕业生就业工作"
ONE_LINE = (
    f"{TITLE}-云台要闻-云台大学首页云台要闻您当前的位置：云台大学>>云台要闻{TITLE}来源：云台大学新闻网发稿时间：2023-01-1609:50　　"
    "云台新闻网讯日前，学校获评优秀。校企共育提升竞争力　　学校与多家企业签订项目。（就业中心供稿）编辑：吴晓微信往期推送更多...云台大学获批项目"
    "新闻热线：000-00000000版权声明：本网站由云台大学版权所有"
)
LINES = (
    "首页\n新闻\n当前位置：首页 > 新闻\n图书馆新馆开放\n发布时间：2023-05-01 15:05 来源：校报 \n"
    "第一段说新馆。\n\n第二段说借阅。\n编辑：林晓\n上一篇：旧闻"
)


def test_a_page_in_one_line_is_read_between_its_metadata_and_its_editor() -> None:
    dump = read_dump(ONE_LINE)
    assert dump is not None
    assert (dump.title, dump.source) == (TITLE, "云台大学新闻网")
    assert dump.said == ("发布时间：2023-01-16 09:50", "编辑：吴晓")
    assert dump.paragraphs == (
        "云台新闻网讯日前，学校获评优秀。",
        "校企共育提升竞争力",
        "学校与多家企业签订项目。（就业中心供稿）",
    )


def test_a_page_in_lines_has_its_title_above_its_metadata() -> None:
    dump = read_dump(LINES)
    assert dump is not None
    assert (dump.title, dump.source, dump.paragraphs) == (
        "图书馆新馆开放",
        "校报",
        ("第一段说新馆。", "第二段说借阅。"),
    )


@pytest.mark.parametrize("text", ["", "图书馆新馆开放\n发布时间：2023-05-01\n第一段。", "没有日期的文字"])
def test_a_text_that_begins_with_its_title_is_no_whole_page(text: str) -> None:
    assert read_dump(text) is None

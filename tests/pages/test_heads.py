"""What stands above a text in elements that only a style sheet sets apart."""

import pytest

from crawler.items import Article
from crawler.pages.reading import read
from tests import factories

TITLE = "柳塘书院修缮完成"
TEXT = "".join(
    f"<p>书院第{n}进院落已经修好，木匠师傅把旧窗棂一扇一扇装了回去，院里的桂花也开了。</p>" for n in "一二三四"
)


def article(head: str) -> Article:
    html = f"<html><head><title>{TITLE}</title></head><body><div><h1>{TITLE}</h1>{head}<div>{TEXT}</div></div></body></html>"
    found = read(factories.page(html, headers=()), factories.SITE).article
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("head", "source", "people"),
    [
        ("<p><em>云台日报</em><i>2023-05-01 08:30</i><b>12 阅读</b></p>", "云台日报", {}),
        ("<p><i>2023-05-01 08:30</i><em>云台日报</em></p>", "云台日报", {}),
        ("<p><span>作者</span><span>王芳</span><span>2023-05-01 08:30</span></p>", None, {"作者": ("王芳",)}),
        ("<p><i>2023-05-01 08:30</i><b>书院修缮</b></p>", None, {}),
    ],
)
def test_parts_that_only_a_style_sheet_sets_apart_are_read_apart(
    head: str, source: str | None, people: dict[str, tuple[str, ...]]
) -> None:
    found = article(head)
    assert found.published is not None
    assert f"{found.published:%F %R}" == "2023-05-01 08:30"
    assert (found.source, dict(found.people)) == (source, people)

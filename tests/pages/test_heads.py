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
        ("<p><b>云台大报</b><i>2023-05-01 08:30</i><b>王芳</b></p>", "云台大报", {}),
        ("<p>2023-05-01 08:30 来源: <a href='#'>云台日报</a> <a href='#'>举报</a></p>", "云台日报", {}),
    ],
)
def test_parts_that_only_a_style_sheet_sets_apart_are_read_apart(
    head: str, source: str | None, people: dict[str, tuple[str, ...]]
) -> None:
    found = article(head)
    assert found.published is not None
    assert f"{found.published:%F %R}" == "2023-05-01 08:30"
    assert (found.source, dict(found.people)) == (source, people)


DAY = "2023-05-01"


@pytest.mark.parametrize(
    ("head", "source", "people"),
    [
        ("<p><b>作者</b><span>王芳</span></p><p><b>来源</b><span>新闻中心</span></p><p>2023-05-01</p>", "新闻中心", {"作者": "王芳"}),
        (
            "<div class=k>来源</div><div class=v>新闻中心</div><div class=k>发布时间</div>"
            "<div class=v>2023-05-01</div><div class=k>作者</div><div class=v>王芳</div>",
            "新闻中心",
            {"作者": "王芳"},
        ),
        ("<p>2023-05-01<em>|</em>来源 新闻中心<em>|</em>作者 王芳</p>", "新闻中心", {"作者": "王芳"}),
        ("<p>来源：云台日报 更新于 2023-05-01 阅读 33</p>", "云台日报", {}),
        ("<p><span>2023-05-01</span><span>来源：无</span><span>作者：佚名</span></p>", None, {}),
        ("<p>初审初校：赵敏 二审二校：钱卫 三审三校：孙立 2023-05-01</p>", None, {"初审初校": "赵敏", "二审二校": "钱卫", "三审三校": "孙立"}),
        ("<p>图文：王芳　编校：赵敏　　2023-05-01</p>", None, {"图文": "王芳", "编校": "赵敏"}),
        ("<p>作者：王芳；编辑：赵敏。时间：2023.5.1</p>", None, {"作者": "王芳", "编辑": "赵敏"}),
        ("<p>張貼人：王芳 / 2023-05-01 / 點閱：122</p>", None, {"張貼人": "王芳"}),
        ("<p>录入：王芳　录入时间：2023-05-01　点击：</p>", None, {"录入": "王芳"}),
        ("<p>本站记者 王芳 通讯员 李雷 发布时间 2023-05-01 点击 200 次</p>", None, {"记者": "王芳", "通讯员": "李雷"}),
        ("<p>1 May 2023 | By Wang Fang</p>", None, {"By": "Wang Fang"}),
        ("<p>学校要闻 | 2023-05-01 | 办学动态 | 校长办公室</p>", None, {}),
    ],
)  # fmt: skip
def test_a_head_without_colons_or_with_two_roles_in_one_is_read(
    head: str, source: str | None, people: dict[str, str]
) -> None:
    found = article(head)
    assert found.published is not None
    assert f"{found.published:%F}" == DAY
    assert (found.source, {role: " ".join(names) for role, names in found.people.items()}) == (source, people)


def test_a_time_with_a_label_of_its_own_belongs_to_the_day_before_it() -> None:
    found = article("<p>日期：2023-05-01　時間：10:20　撰稿：王芳</p>")
    assert found.published is not None
    assert f"{found.published:%F %R}" == "2023-05-01 10:20"


@pytest.mark.parametrize(
    "head",
    [
        "<p>生成日期：2023-04-28 发布日期：2023-05-01</p>",
        "<p>录入时间：2023-04-28</p><p>发布时间：2023-05-01</p>",
        "<p>发布日期：2023-05-01 创建时间：2023-04-28 08:00</p>",
        "<div><b>05/01</b><i>2023</i></div>",
        "<div><b>05月01日</b><i>2023年</i></div>",
        "<div><i>2023</i><b>05-01</b></div>",
        "<div><b>01</b><i>/ 2023.05</i></div>",
        "<div><b>1</b><i>May</i> 2023</div>",
        "<p>23-05-01</p>",
        "<p>23.05.01 08:30</p>",
    ],
)
def test_the_day_of_publication_comes_before_that_of_making_and_may_stand_in_two_elements(head: str) -> None:
    found = article(head)
    assert found.published is not None
    assert f"{found.published:%F}" == DAY


def test_when_a_text_was_made_dates_it_where_nothing_else_does() -> None:
    found = article("<p>生成日期：2023-05-01</p>")
    assert found.published is not None
    assert f"{found.published:%F}" == DAY


@pytest.mark.parametrize(
    "head",
    [
        "<p>2023-05-01<br>08:30</p>",
        "<p>2023年5月1日</p><p>08:30</p>",
        "<p>发布时间：2023-05-01</p><p>08:30:00</p>",
        "<p>23-05-01 08:30</p>",
    ],
)
def test_the_time_of_day_may_stand_on_the_next_line(head: str) -> None:
    found = article(head)
    assert found.published is not None
    assert f"{found.published:%F %R}" == "2023-05-01 08:30"


@pytest.mark.parametrize(
    "head", ["<p>电话：24-04-2312</p>", "<p>23-05-01-77</p>", "<p>比分 23-05-01</p>", "<p>99-05-01</p>"]
)
def test_what_only_looks_like_a_short_day_dates_nothing(head: str) -> None:
    assert article(head).published is None

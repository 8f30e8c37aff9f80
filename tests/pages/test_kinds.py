"""Kinds: article, list, home, wall or nothing, on any CMS."""

from datetime import UTC, datetime

import pytest

from crawler.items import Capture, Kind, Reading, Reason, Site
from crawler.pages.extraction.kinds import find_wall, is_home
from crawler.pages.extraction.page import parse
from crawler.pages.reading import read
from tests import factories

SITE = Site(key="x", name="x", hosts=("www.example.edu.cn",))
SENTENCE = "三月十二日下午，学校在明德楼召开教学工作会议，各学院院长和有关部门负责人参加会议。"
TEXT = f"<p>{SENTENCE}</p>" * 4


COLUMNS = "".join(f"<a href=/{number}/>栏目{number}</a> " for number in range(8))


def capture(body: str, path: str = "/x/y.html") -> Capture:
    url = f"https://www.example.edu.cn{path}"
    html = f"<html><head><title>教学工作会议召开</title></head><body>{body}</body></html>"
    return factories.page(html, url, headers=(), at=datetime(2024, 6, 1, tzinfo=UTC))


def reading(body: str, path: str = "/x/y.html") -> Reading:
    return read(capture(body, path), SITE)


def entries(count: int) -> str:
    return (
        "<ul>"
        + "".join(f"<li><a href=/a/{n}.html>第{n}条通知的完整标题</a> 2024-05-{n + 10}</li>" for n in range(count))
        + "</ul>"
    )


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/index.htm", "/default.aspx", "/main.psp", "/Index.SHTML", "/index1.jsp"]
)
def test_a_front_page_is_a_home(path: str) -> None:
    assert is_home(f"https://www.example.edu.cn{path}")
    assert reading(TEXT, path).kind is Kind.HOME


@pytest.mark.parametrize("path", ["/news/", "/index.html?id=3", "/news/index.html", "/index/a.html", "/indexes.html"])
def test_any_other_page_is_none(path: str) -> None:
    assert not is_home(f"https://www.example.edu.cn{path}")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<h1>教学工作会议召开</h1><p>发布时间：2024-05-06</p>{TEXT}", Kind.ARTICLE),
        (f"<h1>教学工作会议召开</h1>{TEXT}", Kind.ARTICLE),
        (f"<h1>教学工作会议召开</h1><p>2024-05-06</p>{TEXT * 2}{entries(8)}", Kind.ARTICLE),
        ("<h1>教学工作会议召开</h1><p>发布时间：2024-05-06</p><p><img src=/1.jpg></p>", Kind.ARTICLE),
        ("<h1>教学工作会议召开</h1><p>发布时间：2024-05-06</p><p>散会。</p>", Kind.ARTICLE),
        (
            "<h1>教学工作会议召开</h1><p>2024-05-06</p><p>王芳 李雷</p><p>版权所有 云岭大学</p><p>地址：云岭路1号</p>",
            Kind.ARTICLE,
        ),
        (entries(8), Kind.LIST),
        (f"<h1>通知</h1>{entries(4)}", Kind.LIST),
        (f"<h1>通知</h1><p>{SENTENCE}</p>{entries(12)}", Kind.LIST),
        (entries(2), Kind.OTHER),
        ("<p>提交成功</p>", Kind.OTHER),
        ("<a href=/a>首页</a> <a href=/b>新闻</a>", Kind.OTHER),
    ],
)
def test_a_page_of_an_unknown_site(body: str, kind: Kind) -> None:
    assert reading(body).kind is kind


def test_a_family_s_article_address_is_an_article_whatever_stands_on_it() -> None:
    body = f"<div class=v_news_content>{entries(12)}</div>"
    assert reading(body, "/info/1021/30412.htm").kind is Kind.ARTICLE
    assert reading(body, "/tzgg.htm").kind is Kind.LIST


@pytest.mark.parametrize("rest", ["……", "。</p><p>共1条 1/1</p><p>首页上页下页尾页"])
def test_the_one_row_of_a_list_with_a_summary_is_no_article(rest: str) -> None:
    row = f"<div><span>2024-05-01</span><p>图书借阅的规则</p><p>{SENTENCE * 2}{rest}</p></div>"
    assert reading(row).kind is not Kind.ARTICLE
    assert reading(row.replace("<span>", "<span>发布时间：")).kind is Kind.ARTICLE


def test_rows_whose_days_stand_below_their_titles_are_no_article() -> None:
    row = (
        "<li><a href=http://live.example.com/{0}><img src=/{0}.jpg><em>回放</em></a><div><a href=http://live.example.com/{0}>"
        "<p>某某有限公司第{0}场空中宣讲会</p><p>某某有限公司</p></a><p>2024年05月{0:02}日 18:00<span>【查看简介】</span></p></div></li>"
    )
    few, many = ("".join(row.format(number) for number in range(10, 10 + rows)) for rows in (3, 15))
    assert reading(f"<div class=name>空中宣讲会</div><div><ul>{many}</ul></div>").kind is not Kind.ARTICLE
    assert reading(f"<h1>空中宣讲会</h1><p>2024-05-06</p><div>{TEXT}<ul>{few}</ul></div>").kind is Kind.ARTICLE


def test_flash_alone_is_no_article_where_the_address_is_of_none() -> None:
    page = "<h1>人员编制</h1><p>发布时间：2017-06-07</p><div class=v_news_content><embed src=/__local/1/{}.swf></div>"
    assert reading(page, "/xxgk/rybz.html").kind is Kind.OTHER
    assert reading(page, "/info/1001/12.htm").kind is Kind.ARTICLE
    assert reading(page.replace("embed src", "embed flashvars='f=/a.pdf' src")).kind is Kind.ARTICLE


def test_an_undated_column_is_an_article_and_no_news() -> None:
    column = reading(f"<h1>教学工作会议召开</h1>{TEXT}")
    assert (column.kind, column.is_news) == (Kind.ARTICLE, False)
    assert reading(f"<h1>教学工作会议召开</h1><p>2024-05-06</p>{TEXT}").is_news


def test_a_last_edit_makes_no_news() -> None:
    assert not reading(f"<h1>教学工作会议召开</h1><p>更新时间：2024-05-06</p>{TEXT}").is_news


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<h2>统一身份认证</h2><form><input name=u><input type=password></form>", Reason.LOGIN),
        ("<p>请先登录</p>", Reason.LOGIN),
        ("<form><input type=password></form><p>用户</p>", Reason.LOGIN),
        ("<p>系统提示：仅限校内访问</p>", Reason.INTRANET),
        ("<p>您的IP地址不在允许的范围</p>", Reason.INTRANET),
        ("<p>您访问的页面不存在</p>", Reason.SOFT_404),
        ("<h1>404 Not Found</h1>", Reason.SOFT_404),
        ("<p>抱歉，您要找的文章不存在</p>", Reason.SOFT_404),
        ("<p>该信息已删除</p>", Reason.SOFT_404),
        ("<script>$_ts=window['$_ts']</script>", Reason.CHALLENGE),
        ("<script>document.cookie='acw_sc__v2='+x</script>", Reason.CHALLENGE),
        ("<script>document.cookie=('k=')+[1,2].join('');location.href='/x'</script>", Reason.CHALLENGE),
        ("<script>document['cookie'] = k; setTimeout('location.reload()')</script><p>请稍候</p>", Reason.CHALLENGE),
        ("<p>请完成验证后继续访问</p>", Reason.CHALLENGE),
        ("<div id='content_container'></div>", Reason.CHALLENGE),
        ("<p>正在检测您的浏览器，请稍候……</p>", Reason.CHALLENGE),
        (
            "<h1>您的请求带有不合法参数，已被网站管理员设置拦截！</h1><p>可能原因：您提交的内容包含危险的攻击请求</p>",
            Reason.FORBIDDEN,
        ),
        ("<p>当前访问已被阻断</p>", Reason.FORBIDDEN),
        ("<p>您所在的地区暂时无法访问</p>", Reason.FORBIDDEN),
        ("<p>抱歉，本站仅限中国大陆地区访问</p>", Reason.FORBIDDEN),
        ("<h1>Access Denied</h1><p>You have no permission.</p>", Reason.FORBIDDEN),
        ("<p>访问过于频繁，请稍后再试</p>", Reason.RATE_LIMITED),
        ("<h1>网站正在升级维护，敬请谅解</h1>", Reason.UNAVAILABLE),
        ("<p>系统维护中</p>", Reason.UNAVAILABLE),
        ("<p>站点已关闭</p>", Reason.UNAVAILABLE),
        ("<p>请使用校园网或通过VPN访问</p>", Reason.INTRANET),
        ("<p>您所查詢的網頁不存在</p>", Reason.SOFT_404),
        ("<p>The page you requested does not exist.</p>", Reason.SOFT_404),
        ("<form>学号 <input name=u><input type=password></form>", Reason.LOGIN),
        (f"{COLUMNS}<p>请先登录</p><form><input name=u><input type=password></form>", Reason.LOGIN),
    ],
)
def test_a_wall_says_what_it_is(body: str, reason: Reason) -> None:
    found = reading(body)
    assert (found.kind, found.reason, found.article, found.links) == (Kind.WALL, reason, None, ())


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>关于启用新系统的通知</h1><p>发布时间：2024-05-06</p><p>请先登录统一身份认证平台绑定手机。{SENTENCE}</p>{TEXT}",
        f"<h1>关于404 not found的思考</h1><p>2024-05-06</p>{TEXT}",
        f"<div class=top>用户登录 <input type=password></div><h1>通知</h1>{TEXT}",
        f"<div id='content_container'></div>{TEXT}",
        entries(8) + "<p>登录后查看更多</p>" + TEXT,
        "<h1>关于校园网维护的通知</h1><p>发布时间：2024-05-06</p><p>5月8日系统维护中，请使用校园网办理。</p>",
        "<h1>数据库试用通知</h1><p>发布时间：2024-05-06</p><p>该数据库仅限校内访问。</p>",
        f"{COLUMNS}<form>用户登录 <input name=u><input type=password></form><h2>现任领导</h2>",
    ],
)
def test_a_page_that_merely_mentions_one_is_none(body: str) -> None:
    assert find_wall(parse(capture(body))) is None


def test_a_page_that_only_sends_its_reader_on_is_no_article() -> None:
    body = "<meta http-equiv=refresh content='3;url=https://other.example.com/'><p>教学工作会议召开，正在跳转</p>"
    assert reading(body, "/info/1001/8.htm").kind is Kind.OTHER

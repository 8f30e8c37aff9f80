"""What a site that nobody described sets below its bodies, read of one page alone; and what an author wrote there."""

import pytest

from crawler.items import Article
from crawler.pages.reading import read
from tests import factories

TITLE = "柳塘书院修缮完成"
TEXT = "".join(
    f"<p>书院第{n}进院落已经修好，木匠师傅把旧窗棂一扇一扇装了回去，院里的桂花也开了。</p>" for n in "一二三四"
)
LAST = "院里的桂花也开了。"
PHOTO = '<p><img src="/upload/yard.jpg"></p>'


def article(below: str) -> Article:
    """Return the article of a page whose text and foot stand in one cell, with the menu beside them."""
    html = (
        f"<html><head><title>{TITLE}</title></head><body><table><tr><td><a href=/1/>首页</a></td><td><h1>{TITLE}</h1>"
        f"<p>2026-05-06</p>{TEXT}{below}</td></tr></table></body></html>"
    )
    found = read(factories.page(html, headers=()), factories.SITE).article
    assert found is not None
    return found


@pytest.mark.parametrize(
    "foot",
    [
        "<div>[更新：2026-05-06 08:30:11]</div><div>[阅读：<span id=n></span>人次]</div>",
        "<div>最后更新时间：2026-05-07 点击：12</div>",
        "<div>本文已被浏览 321 次</div>",
        "<div>（http://news.liutang.example.edu.cn）</div>",
        "<div>本文链接：http://news.liutang.example.edu.cn/2026/0506/c12a345/page.htm</div>",
        "<div><span>意见与建议反馈入口</span></div>",
        "<div>关键词：</div>",
        "<div><a href='/tags/12'>书院</a> <a href='/tags/31'>修缮</a></div>",
        "<div>《柳塘日报》（2026年05月06日 第 03 版）</div>",
        "<div><span>分享至：</span><p>打开微信，点击底部的“发现”，使用“扫一扫”即可将网页分享至朋友圈。</p></div>",
        "<div>（点击图片查看大图）</div><div>用手机浏览本文章<img src='/code.png'></div>",
        "<div>【<a href='#'>大</a> <a>中</a> <a>小</a>】【<a>我要纠错</a>】</div>",
        "<footer>Tagged <a href='/t/1'>书院</a></footer>",
        "<div>标签：书院 修缮</div>",
        "<div class=tools><img src='/images/wx.png'><img src='/images/wb.png'></div>",
        "<div>想看更多校园新闻？<a href='/app'>点此下载客户端</a></div>",
        "<div>《柳塘》月刊，<a href='/shop'>立即订阅</a>，寄到宿舍</div>",
        "<div>点击进入专题：</div><div><a href='/zt/3'>古建保护</a></div>",
        "<div class=tags><a href='/k/12'>书院</a> <a href='/k/31'>修缮</a></div>",
        "<div>友善列印</div><div>轉寄好友</div>",
        "<div>全文完</div><div>回上一頁</div>",
    ],
)
def test_what_a_system_writes_below_a_text_is_not_of_it(foot: str) -> None:
    assert article(foot).body.endswith(LAST)


@pytest.mark.parametrize(
    "codes",
    [
        "<table><tr><td><img src=/i/1.jpg></td><td><img src=/i/2.jpg></td></tr><tr><td>柳塘大学官方微信</td><td>校报微博</td></tr></table>",
        "<div><div><img src=/i/1.jpg><p>柳塘大学视频号</p></div><div><img src=/i/2.jpg><p>柳塘大学抖音号</p></div></div>",
        "<div><p>柳塘大学官方公众号</p><p><img src=/i/1.jpg></p></div>",
        "<ul><li><img src=/i/1.png>新闻客户端</li><li><img src=/i/2.png>新闻小红书</li></ul>",
    ],
)
def test_the_channels_of_a_publisher_go_with_their_codes(codes: str) -> None:
    found = article(f"{PHOTO}<div>{codes}</div>")
    assert found.body.rstrip().endswith("yard.jpg)")
    assert [medium.url.rpartition("/")[2] for medium in found.media] == ["yard.jpg"]


@pytest.mark.parametrize(
    "line",
    [
        "更新：书院昨日回应，北院的门窗也将在秋天修好。",
        "报名网址：http://baoming.liutang.example.edu.cn/2026",
        "修缮图纸请<a href='/zhi.htm'>点击下载</a>查看",
        "详见<a href='/tags/12'>书院</a>栏目的第二篇文章和其中的照片",
        "（1）关注书院微信公众号",
    ],
)
def test_what_an_author_may_have_written_last_stays(line: str) -> None:
    assert not article(f"<p>{line}</p>").body.endswith(LAST)


def test_one_code_that_does_not_call_itself_official_is_the_authors() -> None:
    found = article(f"{PHOTO}<p>书院木工班公众号</p>")
    assert found.body.endswith("书院木工班公众号")
    assert found.media


@pytest.mark.parametrize(
    ("name", "is_picture"),
    [("left.gif", False), ("btn_next.png", False), ("jiantou2.png", False), ("nextyear.png", True)],
)
def test_the_arrows_of_a_page_are_no_pictures_of_the_article(name: str, is_picture: bool) -> None:
    assert bool(article(f"<p><img src='/img/{name}'></p>").media) is is_picture


def test_a_text_too_short_to_weigh_is_read_beside_a_longer_list() -> None:
    others = "".join(f"<a href='/2026/{n}.htm'>柳塘书院第{n}届读书会将在后院的长廊里照常举行</a>" for n in "一二三四五")
    html = (
        f"<html><head><title>{TITLE}</title></head><body><div><h1>{TITLE}</h1><p>发布时间：2026-05-06</p>"
        f"<div><p>修缮今日完成。</p></div><div><h3>热门</h3>{others}</div></div></body></html>"
    )
    found = read(factories.page(html, headers=()), factories.SITE).article
    assert found is not None
    assert found.body == "修缮今日完成。"


def test_a_heading_that_a_break_parts_is_whole_and_a_breadcrumb_beside_it_is_no_text() -> None:
    html = (
        "<html><head><title>柳塘书院</title></head><body><div>首页 &gt; 新闻 &gt; 正文<h1>柳塘书院举行<br>后院修缮完成典礼</h1>"
        f"<p>发布时间：2026-05-06</p>{TEXT}</div></body></html>"
    )
    found = read(factories.page(html, headers=()), factories.SITE).article
    assert found is not None
    assert (found.title, found.body.split("\n")[0]) == (
        "柳塘书院举行 后院修缮完成典礼",
        TEXT.split("</p>")[0].removeprefix("<p>"),
    )


def test_a_last_picture_that_links_to_its_full_size_is_of_the_text() -> None:
    linked = '<p><a href="/upload/yard_large.jpg"><img src="/upload/yard.jpg"></a></p>'
    assert [medium.url for medium in article(linked).media] == ["https://news.example.edu.cn/upload/yard.jpg"]
    assert not article(linked.replace("/upload/yard_large.jpg", "/2026/2.htm")).media

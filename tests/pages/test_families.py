"""Families: which CMS a page is of, what its addresses say, and where its lists go on."""

import re

import pytest
from lxml import html as lxml_html

from crawler.pages.extraction.elements import Elements
from crawler.pages.families import FAMILIES, Family, canonical_url, css, recognise
from crawler.pages.families.enorth import pages_in_script
from crawler.pages.families.wechat import body_in_script


@pytest.mark.parametrize(
    ("family", "url"),
    [
        ("vsb", "/info/1021/30412.htm"),
        ("vsb", "/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1103&wbnewsid=8071"),
        ("vsb", "/xy/nr_content.jsp?wbnewsid=8071&wbtreeid=1103"),
        ("webplus", "/2024/0418/c4711a98213/page.htm"),
        ("webplus", "/3b/11/c4711a98213/page.psp"),
        ("webplus", "/s/24/t/923/67/d2/info92114.htm"),
        ("enorth", "/ywsd/system/2023/05/12/030056077.shtml"),
        ("wordpress", "/2024/03/15/greenhouse-diary/"),
        ("wordpress", "/archives/118.html"),
        ("trs", "/xxgk/202404/t20240419_118822.html"),
        ("jcms", "/art/2024/4/8/art_1203_55120.html"),
        ("dede", "/a/xinwen/2024/0506/312.html"),
        ("empire", "/news/2024-05-06/312.html"),
        ("phpcms", "/index.php?m=content&c=index&a=show&catid=6&id=312"),
        ("drupal", "/node/312"),
        ("siteserver", "/contents/290/11013.html"),
        ("jeecms", "/xyhd/3077.jhtml"),
        ("powereasy", "/Item/95659.aspx"),
        ("powereasy", "/Article/ShowArticle.asp?ArticleID=136&Page=1"),
        ("kesion", "/Item/Show.asp?m=1&d=2187"),
        ("script", "/show.asp?id=278"),
        ("script", "/news_view.jsp?newsid=20150&type=2"),
        ("script", "/Detail.aspx?info_lb=36&info_id=3921&flag=2"),
        ("wordpress", "/?p=118"),
        ("trs", "/xxgk/202404/t20240419_118822_1.shtml"),
        ("jcms", "/xwfb/art/2024/art_1d0c2b3a4f5e6d7c8b9a0f1e2d3c4b5a.html"),
        ("dede", "/xinwen/2018/0213/6436.html"),
    ],
)
def test_an_article_s_address(family: str, url: str) -> None:
    assert FAMILIES[family].is_article_url(url)
    assert not FAMILIES[family].is_list_url(url)


@pytest.mark.parametrize(
    ("family", "url"),
    [
        ("vsb", "/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1103"),
        ("webplus", "/tzgg/list.htm"),
        ("webplus", "/tzgg/list12.psp"),
        ("enorth", "/zhxw/index.shtml"),
        ("enorth", "/system/count//0003010/000000000000/000/000/c0003010000000000000_000000654.shtml"),
        ("trs", "/xxgk/tzgg/index_3.html"),
        ("jcms", "/col/col1203/index.html"),
        ("wordpress", "/category/news/"),
        ("dede", "/a/xinwen/list_6_2.html"),
        ("webplus", "/s/24/t/923/p/21/list.htm"),
        ("webplus", "/s/24/t/923/p/21/i/127/list.jspy"),
        ("webplus", "/s/168/t/227/p/10/c/3893/list.jspy"),
        ("siteserver", "/channels/5_2.html"),
        ("jeecms", "/xyhd/index_2.jhtml"),
        ("powereasy", "/Category_13/Index_2.aspx"),
        ("powereasy", "/news/ShowClass.asp?ClassID=4315"),
        ("kesion", "/Item/list.asp?id=1003"),
        ("script", "/news_list.jsp?type=2"),
        ("jcms", "/module/web/jpage/dataproxy.jsp?page=2&columnid=1203"),
    ],
)
def test_a_list_s_address(family: str, url: str) -> None:
    assert FAMILIES[family].is_list_url(url)
    assert not FAMILIES[family].is_article_url(url)


@pytest.mark.parametrize(
    ("source", "family"),
    [
        ('<div class="v_news_content">', "vsb"),
        ("<script src=/system/resource/js/counter.js>", "vsb"),
        ("<div class='wp_articlecontent'>", "webplus"),
        ("<link href='/_upload/tpl/00/21/x.css'>", "webplus"),
        ("<span class=cms_block_span>", "enorth"),
        ('<link href="/wp-content/themes/x.css">', "wordpress"),
        ('<div class="TRS_Editor">', "trs"),
        ("<datastore>", "jcms"),
        ('<script src="/sitefiles/bairong/jquery.js">', "siteserver"),
        ('<link href="/r/cms/www/default/css/front.css">', "jeecms"),
        ('<img data-src="https://mmbiz.qpic.cn/a/640">', None),
        ('<div id="TRS_AUTOADD_1701650000111">', "trs"),
        ('<script src="/include/dedeajax2.js">', "dede"),
        ('<body id="activity-detail" class="zh_CN"><div class="v_news_content">', "wechat"),
        # What an ordinary page shows of another: a picture, a pasted section.
        ('<img src="https://mmbiz.qpic.cn/mmbiz_jpg/x/640"><section class="rich_media_content">', None),
        ('<img src="https://a.org/wp-content/uploads/2024/05/x.jpg">', None),
        ('<img src="https://a.org/sites/default/files/x.jpg">', None),
        ('<img src="http://a.gov.cn/jcms/jcms_files/jcms1/web23/site/picture/0/1.jpg">', None),
        ('<script src="/script/0/1.js"></script>', None),
        ("<p>plain</p>", None),
        ("", None),
    ],
)
def test_a_family_is_told_by_marks_in_the_source(source: str, family: str | None) -> None:
    found = recognise("https://a.edu.cn/x.html", source)
    assert (found and found.name) == family


def test_an_address_tells_a_family_only_where_no_other_cms_writes_it() -> None:
    assert recognise("https://a.edu.cn/info/1021/30412.htm", "") is FAMILIES["vsb"]
    assert recognise("https://a.edu.cn/node/312", "") is None
    assert recognise("https://a.edu.cn/show.asp?id=278", "") is None


def test_a_column_of_vsb_is_no_article_by_its_script_s_name() -> None:
    assert not FAMILIES["script"].is_article_url("/content.jsp?urltype=tree.TreeTempUrl&wbtreeid=1039")


@pytest.mark.parametrize(
    ("family", "path", "date"),
    [
        ("webplus", "/2024/0418/c4711a98213/page.htm", ("2024", "04", "18")),
        ("webplus", "/3b/11/c4711a98213/page.htm", None),
        ("enorth", "/ywsd/system/2023/05/12/030056077.shtml", ("2023", "05", "12")),
        ("trs", "/202404/t20240419_118822.html", ("2024", "04", "19")),
        ("jcms", "/art/2024/4/8/art_1203_55120.html", ("2024", "4", "8")),
    ],
)
def test_a_date_in_a_family_s_address(family: str, path: str, date: tuple[str, ...] | None) -> None:
    found = re.search(FAMILIES[family].url_date or "(?!)", path)
    assert (found and found.groups()) == date


def pages(family: str, path: str, html: str) -> list[str]:
    tree = lxml_html.document_fromstring(f"<html><body>{html}</body></html>")
    rule = FAMILIES[family].next_pages
    assert rule is not None
    return list(rule(f"https://a.edu.cn{path}", tree, tree.text_content()))


@pytest.mark.parametrize(
    ("path", "pager", "following"),
    [
        ("/yldt.htm", "共54条 1/6", ["/yldt/5.htm"]),
        ("/yldt/5.htm", "共54条 2/6", ["/yldt/4.htm"]),
        ("/yldt/2.htm", "共54条 5/6", ["/yldt/1.htm"]),
        ("/yldt/1.htm", "共54条 6/6", []),
        ("/yldt.htm", "共3条 1/1", []),
        ("/yldt.htm", "共 54 条 1 / 6", ["/yldt/5.htm"]),
        ("/yldt.htm", "没有页码", []),
        ("/yldt.htm", "共5条 1/" + "9" * 5000, []),
    ],
)
def test_vsb_numbers_its_lists_backwards(path: str, pager: str, following: list[str]) -> None:
    assert pages("vsb", path, f"<p>{pager}</p>") == following


@pytest.mark.parametrize(
    ("path", "count", "following"),
    [
        ("/tzgg/list.htm", "3", ["/tzgg/list2.htm"]),
        ("/tzgg/list2.htm", " 3 ", ["/tzgg/list3.htm"]),
        ("/tzgg/list3.htm", "3", []),
        ("/tzgg/list.psp", "2", ["/tzgg/list2.psp"]),
        ("/tzgg/list.htm", "", []),
        ("/tzgg/list.htm", "²", []),
        ("/tzgg/list.htm", "9" * 5000, []),
        ("/tzgg/list" + "9" * 5000 + ".htm", "3", []),
        ("/tzgg/main.htm", "3", []),
    ],
)
def test_webplus_counts_up_to_what_the_pager_says(path: str, count: str, following: list[str]) -> None:
    assert pages("webplus", path, f"<em class=all_pages>{count}</em>") == following


def test_enorth_counts_down_and_keeps_its_pager_in_a_script() -> None:
    old = "/system/count//0003010/000000000000/000/000/c0003010000000000000_0000006{}.shtml"
    assert pages("enorth", old.format("54"), "") == [old.format("53")]
    assert pages("enorth", old.replace("0000006", "0000000").format("01"), "") == []
    assert pages("enorth", "/zhxw/index.shtml", "<script src=/count//zhxw/count_page_list_0101.js></script>") == [
        "/count//zhxw/count_page_list_0101.js"
    ]


def test_a_pager_script_names_pages_or_counts_them() -> None:
    script = "http://a.edu.cn/count/zhxw/count_page_list_0101.js"
    named = list(pages_in_script(script, 'x="/zhxw/c0101_000000012.shtml"; y="/zhxw/c0101_000000011.shtml"'))
    assert named == ["/zhxw/c0101_000000012.shtml", "/zhxw/c0101_000000011.shtml"]
    assert list(pages_in_script(script, 'var maxpage = "13";')) == [
        "http://a.edu.cn/count//zhxw/000/000/c0101_000000012.shtml"
    ]
    assert list(pages_in_script(script, "var maxpage = " + "9" * 5000)) == []


WRITTEN_OUT = """var currentPage = {};//所在页从0开始
var nextPage = currentPage+1//下一页
var countPage = {}//共多少页
document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\">下一页</a>");"""


@pytest.mark.parametrize(
    ("script", "following"),
    [
        ('createPageHTML(12, 0, "index", "html");', ["/tzgg/index_1.html"]),
        ('createPageHTML(12, 11, "index", "html");', []),
        ("createPageHTML();", []),
        ("createPageHTML('page_div',8, 1,'list','shtml',118);", ["/tzgg/list_2.shtml"]),
        ("createPageHTML('page_div',8, 8,'list','shtml',118);", []),
        (WRITTEN_OUT.format(0, 17), ["/tzgg/index_1.html"]),
        (WRITTEN_OUT.format(16, 17), []),
        ("var currentPage = 0;//x var countPage = " + "9" * 5000, []),
    ],
)
def test_trs_counts_from_nought(script: str, following: list[str]) -> None:
    assert pages("trs", "/tzgg/index.html", f"<script>{script}</script>") == following


@pytest.mark.parametrize(
    ("path", "pager", "following"),
    [
        ("/xyhd/index.jhtml", "共 186 条记录 1/10 页", ["/xyhd/index_2.jhtml"]),
        ("/xyhd/index_9.jhtml", "共 186 条记录 9/10 页", ["/xyhd/index_10.jhtml"]),
        ("/xyhd/index_10.jhtml", "共 186 条记录 10/10 页", []),
        ("/xyhd/index.jhtml", "没有页码", []),
        ("/xyhd/index.jhtml", "共1条1/" + "9" * 5000 + "页", []),
    ],
)
def test_jeecms_counts_from_one(path: str, pager: str, following: list[str]) -> None:
    assert pages("jeecms", path, f"<p>{pager}</p>") == following


def test_jcms_keeps_its_entries_in_a_script() -> None:
    tree = lxml_html.document_fromstring(
        '<script type="text/xml"><datastore><![CDATA[<a href="/art/2024/4/8/art_1203_55120.html">]]></datastore></script>'
    )
    hidden = FAMILIES["jcms"].hidden_links
    assert hidden is not None
    assert list(hidden(tree)) == ["/art/2024/4/8/art_1203_55120.html"]


def test_jcms_names_the_next_group_of_a_list_in_its_script_or_counts_it() -> None:
    proxy = "/module/web/jpage/dataproxy.jsp?page={}&columnid=1203"
    script = f'<script type="text/xml"><datastore><nextgroup><![CDATA[<a href="{proxy.format(1)}"></a>]]></nextgroup></datastore></script>'
    assert pages("jcms", "/col/col1203/index.html", script) == [proxy.format(1)]
    assert pages("jcms", proxy.format(2), "<totalpage>7</totalpage>") == [f"https://a.edu.cn{proxy.format(3)}"]
    assert pages("jcms", proxy.format(7), "<totalpage>7</totalpage>") == []


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        (
            "http://mp.weixin.qq.com/s?__biz=MzA1NA==&mid=26&idx=1&sn=aabb&chksm=8b99&scene=21#wechat_redirect",
            "http://mp.weixin.qq.com/s?__biz=MzA1NA==&mid=26&idx=1&sn=aabb",
        ),
        ("https://mp.weixin.qq.com/s/Kq3Zl-Y0_a?scene=1", "https://mp.weixin.qq.com/s/Kq3Zl-Y0_a"),
        (
            "http://a.gov.cn/module/web/jpage/dataproxy.jsp?page=2&columnid=1&webname=x&permissiontype=0",
            "http://a.gov.cn/module/web/jpage/dataproxy.jsp?page=2&columnid=1",
        ),
    ],
)
def test_what_does_not_name_a_page_is_left_out_of_its_address(spelling: str, canonical: str) -> None:
    assert canonical_url(spelling) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_every_rule_of_every_family_compiles(family: Family) -> None:
    tree = lxml_html.document_fromstring("<p>x</p>")
    assert not any(css(selector)(tree) for selector in (*family.title, *family.body, *family.info, *family.junk))
    for pattern in (
        family.article_url,
        family.list_url,
        family.url_date,
        family.script_date,
        *(old for old, _ in family.respell),
    ):
        re.compile(pattern or "")


def test_the_first_selector_that_matches_wins() -> None:
    tree = lxml_html.document_fromstring("<div class=b>1</div><div class=a id=a>2</div><p class='c\tb b'>3</p>")
    elements = Elements(tree)
    assert [element.text for element in elements.select([".none", ".b", ".a"])] == ["1", "3"]
    for selector in (".b", "div.a", "p.a", "div.b", "#a", "p#a", "div > .a", "[class=a]", "div"):
        assert elements.select([selector]) == css(selector)(tree)


def test_none_is_never_recognised_and_has_no_rules() -> None:
    assert recognise("https://a.edu.cn/none/1.htm", "none no CMS") is None
    assert FAMILIES["none"] == Family(name="none", label="no CMS", marks=(), article_url="(?!)")


def test_what_a_script_of_wechat_says_is_decoded() -> None:
    source = (
        r"var picture_page_info_list = [{height: 2, cdn_url: JsDecode('https://mmbiz.qpic.cn/1?wx_fmt=png\x26amp;from=appmsg')}];"
        r"content_noencode: JsDecode('It\'s May \x26 June\x0aC:\\new')"
    )
    said = lxml_html.fromstring(str(body_in_script(source)))
    assert [p.text for p in said.iter("p") if p.text] == ["It's May & June", r"C:\new"]
    assert said.xpath("//img/@src") == ["https://mmbiz.qpic.cn/1?wx_fmt=png&from=appmsg"]

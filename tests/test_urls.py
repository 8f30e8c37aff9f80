"""URLs: one spelling of each, the id made of it, what a browser would ask for, and what belongs to a site."""

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings
from twisted.web.client import URI
from w3lib.url import safe_url_string

from crawler.items import Site
from crawler.pages.families import canonical_url
from crawler.typed import address_of
from crawler.urls import (
    absolute_url,
    document_id,
    host_of,
    in_scope,
    is_page,
    normalise_url,
    requested_url,
    with_scheme,
)

FAST = settings(derandomize=True, deadline=None, max_examples=200)
SITE = Site(key="news", name="新闻网", hosts=("news.example.edu.cn",))
PIECES = st.sampled_from(
    [
        *(
            "/",
            "//",
            "///",
            "a",
            "Ä",
            "新闻",
            "info/1021/30412.htm",
            "info/1021/30412-1.htm",
            "page.psp",
            "list2.psp",
            "%E6%96%B0",
            "%zz",
        ),
        *(
            ";jsessionid=AB12",
            "?",
            "&",
            "=",
            "utm_source=x",
            "spm=1",
            "jsessionid=9",
            "id=3",
            "#top",
            ".",
            "..",
            " ",
            "\t",
            ":",
            "@",
        ),
        *(
            "content.jsp?urltype=a&wbtreeid=12&wbnewsid=34",
            "wbnewsid=5&wbtreeid=6",
            "n_content.jsp?wbnewsid=7&wbtreeid=8",
        ),
    ]
)
URLS = st.builds(
    lambda scheme, host, pieces: scheme + host + "".join(pieces),
    st.sampled_from(["http://", "https://", "HTTP://", "HtTpS://"]),
    st.sampled_from(
        [
            "news.example.edu.cn",
            "NEWS.Example.edu.cn",
            "news.example.edu.cn:80",
            "news.example.edu.cn:443",
            "u:p@news.example.edu.cn",
            "news.example.edu.cn.",
        ]
    ),
    st.lists(PIECES, max_size=8).map(lambda pieces: ["/", *pieces]),
)


@FAST
@given(URLS)
@example("http://a\u0130.example/")
@example("http://news.example.edu.cn:80:443/")
@example("https://news.example.edu.cn/;jsessionid=1;jsessionid=2")
@example("https://news.example.edu.cn/a?&&utm_x&&b")
def test_canonical_url_is_idempotent(url: str) -> None:
    once = canonical_url(url)
    assert once is None or canonical_url(once) == once


@FAST
@given(st.text(max_size=60).map("https://news.example.edu.cn/".__add__))
def test_canonical_url_of_any_text_is_idempotent_and_ascii(url: str) -> None:
    once = canonical_url(url)
    assert once is None or (canonical_url(once) == once and once.isascii() and " " not in once)


@FAST
@given(URLS)
def test_canonical_url_keeps_scope(url: str) -> None:
    scheme, _, rest = url.partition(":")
    url = f"{scheme.lower()}:{rest}"
    canonical = canonical_url(url)
    assert canonical is not None
    assert in_scope(canonical, SITE) or not in_scope(url, SITE)


@FAST
@given(st.text(max_size=80))
def test_any_text_has_a_canonical_url_or_none(text: str) -> None:
    canonical = canonical_url(text)
    assert canonical is None or canonical.startswith(("http://", "https://"))


@FAST
@example(base="http://news.example.edu.cn/", href="A0:")
@given(base=URLS, href=st.text(max_size=80))
def test_absolute_url_never_raises_and_gives_http(base: str, href: str) -> None:
    url = absolute_url(base, href)
    assert url is None or url.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://News.Example.EDU.cn/A.htm", "http://news.example.edu.cn/A.htm"),
        ("http://news.example.edu.cn", "http://news.example.edu.cn/"),
        ("http://news.example.edu.cn:80/a", "http://news.example.edu.cn/a"),
        ("https://news.example.edu.cn:443/a", "https://news.example.edu.cn/a"),
        ("https://news.example.edu.cn:8443/a", "https://news.example.edu.cn:8443/a"),
        ("http://news.example.edu.cn/a#top", "http://news.example.edu.cn/a"),
        ("http://news.example.edu.cn//a///b", "http://news.example.edu.cn/a/b"),
        ("http://news.example.edu.cn/a;jsessionid=0A1B?x=1", "http://news.example.edu.cn/a?x=1"),
        ("http://news.example.edu.cn/(S(lit3py55t21z5v55))/a.aspx?x=1", "http://news.example.edu.cn/a.aspx?x=1"),
        ("http://news.example.edu.cn/a?utm_source=w&id=3&spm=1.2", "http://news.example.edu.cn/a?id=3"),
        ("http://news.example.edu.cn/a?b=2&a=1", "http://news.example.edu.cn/a?b=2&a=1"),
        ("http://news.example.edu.cn/新闻", "http://news.example.edu.cn/%E6%96%B0%E9%97%BB"),
        ("http://user:secret@news.example.edu.cn/a", "http://news.example.edu.cn/a"),
        ("  http://news.example.edu.cn/a\n", "http://news.example.edu.cn/a"),
        ("http://news.example.edu.cn./a", "http://news.example.edu.cn/a"),
        ("ftp://news.example.edu.cn/a", None),
        ("javascript:void(0)", None),
        ("//news.example.edu.cn/a", None),
        ("http://", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_one_spelling(written: str, canonical: str | None) -> None:
    assert normalise_url(written) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (
            "http://a.edu.cn/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1103&wbnewsid=8071",
            "http://a.edu.cn/info/1103/8071.htm",
        ),
        ("http://a.edu.cn/x/nr_content.jsp?wbnewsid=8071&wbtreeid=1103", "http://a.edu.cn/x/info/1103/8071.htm"),
        ("http://a.edu.cn/info/1103/8071-1.htm", "http://a.edu.cn/info/1103/8071.htm"),
        ("http://a.edu.cn/2024/0418/c4711a98213/page.psp", "http://a.edu.cn/2024/0418/c4711a98213/page.htm"),
        ("http://a.edu.cn/tzgg/list2.psp", "http://a.edu.cn/tzgg/list2.htm"),
        ("http://a.edu.cn/content.jsp?wbtreeid=1103", "http://a.edu.cn/content.jsp?wbtreeid=1103"),
    ],
)
def test_other_spellings_of_a_family_are_folded(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


def test_http_and_https_are_one_page_of_a_site() -> None:
    assert (
        canonical_url("http://a.edu.cn/x", "https")
        == canonical_url("https://a.edu.cn/x", "https")
        == "https://a.edu.cn/x"
    )
    assert with_scheme("http://a.edu.cn:8000/x", "https") == "https://a.edu.cn:8000/x"


def test_document_id_is_the_one_the_older_mirrors_used() -> None:
    assert document_id("https://news.sicau.edu.cn/info/1135/70226.htm") == "bca5db2fb5738748a4fd12039bc18bae"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("b.htm", "https://a.edu.cn/x/b.htm"),
        ("../b.htm", "https://a.edu.cn/b.htm"),
        ("/b.htm", "https://a.edu.cn/b.htm"),
        ("//b.edu.cn/c", "https://b.edu.cn/c"),
        ("?page=2", "https://a.edu.cn/x/y.htm?page=2"),
        (" b.\nhtm\t", "https://a.edu.cn/x/b.htm"),
        ("http://b.edu.cn/c", "http://b.edu.cn/c"),
        ("HTTP://b.edu.cn/c", "HTTP://b.edu.cn/c"),
        ("#top", None),
        ("", None),
        ("javascript:void(0)", None),
        ("JavaScript:history.back()", None),
        ("mailto:a@b.cn", None),
        ("tel:010", None),
        ("data:image/gif;base64,R0", None),
        ("http://[::1", None),
        ("a:b.htm", None),
    ],
)
def test_an_address_is_made_absolute_as_a_browser_would(href: str, url: str | None) -> None:
    assert absolute_url("https://a.edu.cn/x/y.htm", href) == url


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://news.example.edu.cn/a", True),
        ("http://news.example.edu.cn:80/a", True),
        ("http://NEWS.example.edu.cn/a", True),
        ("https://news.example.edu.cn:8443/a", False),
        ("https://www.news.example.edu.cn/a", False),
        ("https://news.example.edu.cn.evil.example/a", False),
        ("https://news.example.edu.cn@evil.example/a", False),
        ("https://evil.example/news.example.edu.cn", False),
        ("ftp://news.example.edu.cn/a", False),
    ],
)
def test_scope_is_exactly_the_hosts_of_the_site(url: str, inside: bool) -> None:
    assert in_scope(url, SITE) is inside


def test_host_of() -> None:
    assert host_of("http://U:p@A.edu.cn:8000/x") == "a.edu.cn:8000"
    assert host_of("https://a.edu.cn:443/") == "a.edu.cn"


@pytest.mark.parametrize("path", ["a.pdf", "a.JPG", "x/a.mp4", "a.docx", "a.css", "a.rar"])
def test_a_file_is_no_page(path: str) -> None:
    assert not is_page(f"https://a.edu.cn/{path}")


@pytest.mark.parametrize("path", ["", "a", "a.htm", "a.jsp?file=b.pdf", "a.pdf/", "info/1/2.htm", "a.shtml", "a.php"])
def test_anything_else_may_be_a_page(path: str) -> None:
    assert is_page(f"https://a.edu.cn/{path}")


ELSEWHERE = [
    "http://evil\\@news.example.edu.cn/x",
    "http://evil.example\\.news.example.edu.cn/x",
    "http://evil.example#@news.example.edu.cn/x",
    "http://evil.example?@news.example.edu.cn/x",
    "http://news.example.edu.cn@evil.example/x",
    "http://news.example.edu.cn:80@evil.example/x",
    "http://evil.example\t/@news.example.edu.cn/x",
    "http://e\nvil.example/news.example.edu.cn/x",
    "http://evil.example%2f@news.example.edu.cn:x/",
    "http://evil.example%23.news.example.edu.cn/",
    "http://news.example.edu.cn%2eevil.example/",
    "http://news.example.edu.cn%00.evil.example/",
    "http:\\\\evil.example\\x",
    "http:/\\evil.example/x",
    "http://news.example.edu.cn。evil.example/",
    "http://[::ffff:127.0.0.1]/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://０１２７.0.0.1/",
    "http://news.example.edu.cn:8080/",
    "ftp://news.example.edu.cn/",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_scope_is_that_of_the_host_that_would_be_asked(url: str) -> None:
    assert not in_scope(url, SITE)


@pytest.mark.parametrize(
    "url",
    [
        "http:\\\\news.example.edu.cn\\info\\1.htm",
        "http://news.example.edu.cn\\@evil.example/x",
        "http://ｎｅｗｓ.example.edu.cn/x",
        "http://news%2Eexample.edu.cn/x",
        "http://reader:secret@news.example.edu.cn:80/x",
        "ht\ntp://news.exa\tmple.edu.cn/x",
    ],
)
def test_every_spelling_of_a_host_of_the_site_is_in_scope(url: str) -> None:
    assert in_scope(url, SITE)
    assert host_of(requested_url(url) or "") == "news.example.edu.cn"


@pytest.mark.parametrize(
    ("href", "asked"),
    [
        ("list.jsp?q=新闻 一", "list.jsp?q=%D0%C2%CE%C5%20%D2%BB"),
        ("新闻/list.htm?a=1", "%E6%96%B0%E9%97%BB/list.htm?a=1"),
        ("list.jsp?q=%E6%96%B0&n=ก", "list.jsp?q=%E6%96%B0&n=%26%233585%3B"),
        ("info\\1021\\2.htm#end", "info/1021/2.htm"),
    ],
)
def test_path_is_asked_for_in_utf_8_and_query_in_the_encoding_of_the_page(href: str, asked: str) -> None:
    assert requested_url(href, "http://news.example.edu.cn/", "gbk") == f"http://news.example.edu.cn/{asked}"


def test_body_of_a_query_is_asked_for_as_it_is() -> None:
    url = "http://news.example.edu.cn/q?__wb_method=POST&a=|'\\"
    assert requested_url(url) == url


@FAST
@given(URLS)
def test_requested_url_is_idempotent_and_one_for_every_parser(url: str) -> None:
    asked = requested_url(url)
    if asked is not None:
        assert requested_url(asked) == asked == safe_url_string(asked)
        netloc: bytes = URI.fromBytes(asked.encode()).netloc  # type: ignore[no-untyped-call]
        assert host_of(asked) == netloc.decode()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("news.lake.example.edu.cn/1.htm", "https://news.lake.example.edu.cn/1.htm"),
        ("https：//news。nankai．edu.cn／a/1.htm", "https://news.nankai.edu.cn/a/1.htm"),
        ("“http://news.lake.cn/x”", "http://news.lake.cn/x"),
        ("//news.lake.cn/x", "https://news.lake.cn/x"),
        ("127.0.0.1:8642/x", "https://127.0.0.1:8642/x"),
        ("http://[::1]:8642/x", "http://[::1]:8642/x"),
        ("大学.公司/x", "https://大学.公司/x"),
        ("https:/news.lake.cn/x", "https://news.lake.cn/x"),
        ("http//news.lake.cn/x", "http://news.lake.cn/x"),
        ("htps://news.lake.cn/x", "https://news.lake.cn/x"),
        ("http:\\\\news.lake.cn\\x.htm", "http://news.lake.cn/x.htm"),
        ("ｈｔｔｐｓ：／／ｎｅｗｓ．ｌａｋｅ．ｃｎ／ｘ．ｈｔｍ", "https://news.lake.cn/x.htm"),
        ("https://reader:secret@news.lake.cn/x", "https://news.lake.cn/x"),
        ("https://news.lake.cn/讲座：你好，湖光？", "https://news.lake.cn/讲座：你好，湖光？"),
        ("https://news.lake.cn:99999/x", None),
        ("ftp://news.lake.cn/x", None),
        ("page.html", None),
        ("湖光大学", None),
        ("mailto:news@lake.cn", None),
    ],
)
def test_an_address_is_what_a_person_means_who_typed_or_pasted_it(typed: str, meant: str | None) -> None:
    assert address_of(typed) == meant

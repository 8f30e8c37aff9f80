"""What robots.txt says, sentence by sentence of RFC 9309."""

import pytest
from protego import Protego

from crawler.fetching.robots import PARSED_BYTES, delay_of, product_token, rules_text

US = "campus-archive"
RULES = """
User-agent: *
Disallow: /
"""


def allows(text: str | bytes, path: str, agent: str = US) -> bool:
    body = text if isinstance(text, bytes) else text.encode()
    return bool(Protego.parse(rules_text(body)).can_fetch(f"https://news.example.edu.cn{path}", agent))


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("campus-archive/1.0 (+https://a.example)", "campus-archive"),
        ("Archive", "Archive"),
        ("Mozilla/5.0 (compatible; campus-archive/1.0; +https://a.example)", "campus-archive"),
        ("", ""),
    ],
)
def test_product_token_is_the_name_before_the_version(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


@pytest.mark.parametrize(
    ("group", "is_ours"),
    [
        ("campus-archive", True),
        ("Campus-Archive", True),  # 2.2.1: case-insensitive
        ("CAMPUS-ARCHIVE/2.0 (+https://a.example)", True),  # only letters, _ and - make the token
        ("archive", False),
        ("otherbot", False),
    ],
)
def test_a_group_is_found_by_the_product_token(group: str, is_ours: bool) -> None:
    assert allows(f"User-agent: {group}\nAllow: /\n{RULES}", "/a") is is_ours


def test_groups_of_one_token_are_one_and_a_group_may_have_several_tokens() -> None:
    text = f"User-agent: x\nUser-agent: {US}\nDisallow: /a\n{RULES}\nUser-agent: {US}\nDisallow: /b"
    assert [allows(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_without_a_group_of_ours_or_of_everybody_all_is_allowed() -> None:
    assert allows("User-agent: x\nDisallow: /", "/a")
    assert allows("Disallow: /", "/a")  # a rule before any group
    assert allows("<!DOCTYPE html><title>not found</title>", "/a")


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow:", "/a", True),
        ("Disallow: /a", "/robots.txt", True),  # implicitly allowed
        ("Disallow: /", "/robots.txt", True),
        ("Allow: /a/b\nDisallow: /a", "/a/b/c", True),  # 2.2.2: the longest match
        ("Disallow: /a\nAllow: /a", "/a", True),  # equivalent rules: allow
        ("Disallow: /A", "/a", True),  # paths are case-sensitive
        ("Disallow: /*.gif$", "/a/b.gif", False),  # 2.2.3: special characters
        ("Disallow: /*.gif$", "/a/b.gif?x", True),
        ("Disallow: /a*c", "/a/b/c/d", False),
        ("Disallow: /a$", "/a/b", True),
        ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),  # 2.2.2: percent-encoding is no difference
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
        ("Disallow: /foo/bar?baz=a:b", "/foo/bar?baz=a%3Ab", False),  # %2F and / stay apart in Protego, also in a query
        ("Disallow: /path/file-with-a-%2A.html", "/path/file-with-a-*.html", False),
        ("Disallow: /a # because", "/a", False),
        ("  dIsAlLoW :/a  ", "/a", False),
        ("Disallow: /x\r\nDisallow: /a\r", "/a", False),
        ("Sitemap: https://a.example/s.xml\nDisallow: /a", "/a", False),  # 2.2.4: other records interfere with nothing
        ("Unknown: thing\nDisallow: /a", "/a", False),
    ],
)
def test_rules(rules: str, path: str, allowed: bool) -> None:
    assert allows(f"User-agent: *\n{rules}", path) is allowed


def test_byte_order_mark_broken_bytes_and_nul_hide_nothing() -> None:
    assert not allows(b"\xef\xbb\xbfUser-agent: *\n# \xff\xfe\0\nDisallow: /a", "/a")


def test_a_rule_that_is_cut_off_is_no_rule() -> None:
    head = b"User-agent: *\nDisallow: /\n"
    filler = b"# " + b"x" * (PARSED_BYTES - len(head) - 12) + b"\n"
    assert len(head + filler) == PARSED_BYTES - 9
    assert not allows(head + filler + b"Allow: /news/", "/a")  # the first 500 KiB end in "Allow: /n", or in "Allow: /"
    assert not allows(head + filler[1:] + b"Allow: /news/", "/a")


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        ("Crawl-delay: 5", 5),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: soon", 0),
        ("Crawl-delay: -1", 0),
        ("Crawl-delay: inf", 0),
        ("Request-rate: 1/10", 10),
        ("Request-rate: 2/1m\nCrawl-delay: 1", 30),
        ("Disallow: /a", 0),
    ],
)
def test_the_pace_it_asks_for(rules: str, seconds: float) -> None:
    assert delay_of(Protego.parse(rules_text(f"User-agent: *\n{rules}".encode())), US) == seconds

"""Bytes to text: declarations lie, bytes do not."""

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from crawler.pages.extraction.encoding import decode

HAN = "三月十二日下午，学校召开教学工作会议，各学院院长参加会议。"
TRADITIONAL = "為紀念渡輪服務一百年，海事博物館由今日起舉辦展覽，展出舊船票。"
HTML = "<html><head><title>会议</title></head><body>" + HAN * 3 + "</body></html>"


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.binary(max_size=300),
    st.none()
    | st.sampled_from(
        [
            "utf-8",
            "gbk",
            "idna",
            "punycode",
            "undefined",
            "unicode_escape",
            "utf-7",
            "utf-16",
            "base64",
            "rot13",
            "x" * 300,
        ]
    ),
)
@example(b"\xff" * 100, "hz")
@example(b"<meta charset=idna>\xff\xfe\xfd", None)
def test_any_bytes_under_any_claim_are_a_text(body: bytes, charset: str | None) -> None:
    text, encoding = decode(body, charset and f"text/html; charset={charset}")
    assert isinstance(text, str)
    assert b"x".decode(encoding) == "x" or encoding.startswith("utf-16")


@pytest.mark.parametrize(
    ("claimed", "body", "encoding"),
    [
        ("utf-8", HTML.encode(), "utf-8"),
        (None, HTML.encode(), "utf-8"),
        ("gbk", HTML.encode(), "utf-8"),
        ("iso-8859-1", HTML.encode(), "utf-8"),
        ("gb2312", HTML.encode("gbk"), "gb18030"),
        ("utf-8", HTML.encode("gbk"), "gb18030"),
        (None, HTML.encode("gbk"), "gb18030"),
        ("iso-8859-1", HTML.encode("gbk"), "gb18030"),
        ("unicode_escape", HTML.encode("gbk"), "gb18030"),
        ("gb2312", (HTML + "㑇镕𠀀").encode("gb18030"), "gb18030"),
        ("utf-8", b"\xef\xbb\xbf" + HTML.encode(), "utf-8"),
        ("gbk", b"\xef\xbb\xbf" + HTML.encode(), "utf-8"),
        (None, HTML.encode("utf-16"), "utf-16-le"),
    ],
)
def test_the_text_is_right_whatever_is_claimed(claimed: str | None, body: bytes, encoding: str) -> None:
    text, found = decode(body, claimed and f"text/html; charset={claimed}")
    assert HAN in text
    assert found == encoding


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="big5">',
        '<meta http-equiv="Content-Type" content="text/html; charset=big5">',
        "<meta content=text/html;charset=big5",
    ],
)
def test_big5_is_believed_where_it_is_declared(meta: str) -> None:
    assert TRADITIONAL in decode(f"<html>{meta}<p>{TRADITIONAL}".encode("big5"))[0]


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
@pytest.mark.parametrize("claimed", [None, "utf-8", "gb2312", "iso-8859-1"])
def test_one_broken_byte_costs_that_byte(charset: str, claimed: str | None) -> None:
    body = HTML.encode(charset)
    at = body.index(b"</title>")
    text, _ = decode(body[:at] + b"\xff" + body[at:], claimed and f"text/html; charset={claimed}")
    assert HAN in text
    assert text.count("\ufffd") <= 2


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_character_torn_at_the_end_of_a_cut_download_is_left_out(cut: int) -> None:
    text, encoding = decode(HAN.encode()[:-cut])
    assert (text, encoding) == (HAN[:-1], "utf-8")


def test_western_text_is_read_as_it_is_declared() -> None:
    assert (
        decode("Un café très réputé à Genève".encode("latin-1"), "text/html; charset=iso-8859-1")[0]
        == "Un café très réputé à Genève"
    )

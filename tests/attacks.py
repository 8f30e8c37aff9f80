"""A site of attacks: every answer that a server can hurt a crawler with, each with the outcome that its visit is to have.

`ATTACKS` is the table; `attacking()` answers it from loopback, beside honest articles. An attack stands on a port of its own where it is one on
its host: no answer, silence, robots.txt.
"""

import gzip
import socket
import socketserver
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count, repeat
from pathlib import Path

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NEVER = 600.0  # seconds that a silent server holds a connection
MEGABYTE = 1 << 20
TEXT = "<p>三月十二日下午，学校在明德楼召开教学工作会议，各学院院长和有关部门负责人参加会议，会议由校长主持。</p>" * 6
USUAL = ("开学", "考试", "运动会", "图书馆", "食堂", "毕业")  # what articles that attack nobody are about
HONEST = len(USUAL)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    path: str
    host: str
    times: int  # that this path was asked for, this time included
    headers: dict[str, str]


Answer = Callable[[Asked], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack, and how the visit of its page is to end: outcome and reason, of which several may do."""

    answer: Answer
    ends: Sequence[tuple[str, str | None]]
    beside: dict[str, Answer] = field(default_factory=dict)  # path -> what else is served for it; "*" for all else
    apart: bool = False  # on a port of its own


def head(status: int = 200, **headers: str) -> bytes:
    lines = {"Content-Type": "text/html; charset=utf-8", "Connection": "close", **headers}
    text = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} X\r\n{text}\r\n".encode("utf-8", "surrogateescape")


def plain(body: bytes | str | Callable[[], bytes], status: int = 200, **headers: str) -> Answer:
    """Return an answer of stated length; a body that is dear to make is made when it is asked for."""

    def answer(_: Asked) -> Iterator[bytes]:
        data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body()
        yield head(status, **{"Content_Length": str(len(data)), **headers})
        yield data

    return answer


def raw(*parts: bytes, forever: bytes = b"", pause: float = 0.0) -> Answer:
    """Return an answer of these bytes, then of the same ones without end."""

    def answer(_: Asked) -> Iterator[bytes]:
        yield from parts
        for part in repeat(forever) if forever else ():
            time.sleep(pause)
            yield part

    return answer


def article(name: str, inside: str = "", title: str = "", head_of_page: str = "") -> str:
    shown = title or f"关于{name}的通知"
    return (
        f"<html><head><title>{shown}</title>{head_of_page}</head><body><div class=main><h1>{shown}</h1>"
        f"<p>发布时间：2024-05-06 作者：张三</p><div class=content>{TEXT}<p>{name}</p>{inside}</div></div></body></html>"
    )


def body(number: int) -> bytes:
    return article(f"第{number}号文件").encode()


def page(name: str, inside: str = "", **more: str) -> Answer:
    return plain(article(name, inside, **more))


def moved(where: Callable[[Asked], str], status: int = 302, **headers: str) -> Answer:
    def answer(asked: Asked) -> Iterator[bytes]:
        yield head(status, Location=where(asked), Content_Length="0", **headers)

    return answer


def chunks(parts: Sequence[bytes], *, last: bool = True) -> bytes:
    framed = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
    return framed + (b"0\r\n\r\n" if last else b"")


@cache
def zeros(megabytes: int, tail: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b" " * MEGABYTE) for _ in range(megabytes)]
    return b"".join(parts) + packer.compress(tail) + packer.flush()


@cache
def brotli_zeros() -> bytes:
    packer = brotli.Compressor(quality=1)
    parts: list[bytes] = [packer.process(b" " * MEGABYTE) for _ in range(100)]
    return b"".join([*parts, packer.finish()])


@cache
def deflate_zeros() -> bytes:
    return zlib.compress(b" " * 60 * MEGABYTE)


@cache
def nested_zeros() -> bytes:
    return gzip.compress(zeros(100))


def png(width: int, height: int, between: bytes = b"", rows: int = 1) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * min(rows * (width * 3 + 1), MEGABYTE))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + between + part(b"IDAT", data) + part(b"IEND", b"")


def needs_cookie(asked: Asked) -> Iterator[bytes]:
    if "key=1" in asked.headers.get("cookie", ""):
        yield from plain(article("饼干"))(asked)
    else:
        yield head(302, Location=asked.path, Set_Cookie="key=1; Path=/; HttpOnly", Content_Length="0")


def wants_another_cookie(asked: Asked) -> Iterator[bytes]:
    yield head(302, Location=asked.path, Set_Cookie=f"key={asked.times}; Path=/", Content_Length="0")


def reset(_: Asked) -> Iterator[bytes]:
    yield head(200, Content_Length="100000")
    yield b"<html>" * 100
    raise ConnectionResetError


def silence(_: Asked) -> Iterator[bytes]:
    time.sleep(NEVER)
    yield b""


def heavy(asked: Asked) -> Iterator[bytes]:
    """Redirect on, with a body that no reader sees."""
    yield head(302, Location=f"/heavy{asked.path[-99:]}0", Content_Length=str(19 * MEGABYTE))
    yield b"m" * 19 * MEGABYTE


def on(path: str) -> Callable[[Asked], str]:
    return lambda _: path


def by_host(form: str) -> Callable[[Asked], str]:
    return lambda asked: form.format(host=asked.host)


def calendar(asked: Asked) -> Iterator[bytes]:
    """A page for every number, that leads to the next ones."""
    number = int("".join(filter(str.isdigit, asked.path.rpartition("/")[2])) or 0)
    links = "".join(f"<li><a href=/trap/day-{number + step}.htm>第{number + step}天</a>" for step in (1, 7, 30, 365))
    yield from plain(f"<html><title>日历 {number}</title><body><ul>{links}</ul></body></html>")(asked)


def cut_into_pages(asked: Asked) -> Iterator[bytes]:
    """An article with forty further pages."""
    stem = asked.path.removesuffix(".htm")
    links = "".join(f"<a href={stem}_{number}.htm>{number}</a>" for number in range(2, 42))
    yield from page("长文", f"<div class=pages>{links}</div>")(asked)


def deeper(asked: Asked) -> Iterator[bytes]:
    yield from plain(f"<html><title>夹</title><a href='a/b/{asked.times}/'>下一层</a><a href='../x/'>上</a></html>")(
        asked
    )


def sitemaps(asked: Asked) -> Iterator[bytes]:
    """A sitemap index of sitemap indexes."""
    more = "".join(
        f"<sitemap><loc>http://{asked.host}/maps/{asked.times}-{number}-sitemap.xml</loc></sitemap>"
        for number in range(40)
    )
    yield from plain(f"<?xml version='1.0'?><sitemapindex>{more}</sitemapindex>", Content_Type="text/xml")(asked)


LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><urlset><url><loc>&j;</loc></url></urlset>"
)
OUTSIDE = (
    "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    "<rss version='2.0'><channel><title>&x;</title><item><title>&x;</title><link>&x;</link></item></channel></rss>"
)
NEW, LISTED = [("new", None)], [("listed", None), ("not_article", "no_content"), ("not_article", "not_html")]
UNREAD = [("failed", "reader_timeout"), ("failed", "reader_died"), ("failed", "unreadable")]
NOTHING = [
    ("not_article", "no_content"),
    ("not_article", "not_html"),
    ("not_article", None),
    ("not_article", "undated"),
]
CUT, LONG = [("new", "cut")], [("failed", "long_headers")]
BROKEN = [("failed", "connection"), ("failed", "cut"), ("failed", "unreachable")]
LARGE, LOOP, WALL = [("failed", "too_large")], [("failed", "too_many_redirects")], [("refused", "challenge")]
AWAY = [("not_article", "out_of_scope")]
ANY = [*NEW, *UNREAD, *LISTED, *NOTHING]


def _servers() -> Iterator[tuple[str, Attack]]:
    """Yield what a server does below HTML."""
    ok = b"HTTP/1.1 200 OK\r\n"
    chunked = head(200, Transfer_Encoding="chunked")
    yield "headers-without-end", Attack(answer=raw(ok, forever=b"X-A: " + b"a" * 8000 + b"\r\n"), ends=LONG)
    yield "short-headers-without-end", Attack(answer=raw(ok, forever=b"a:b\r\n" * 9000), ends=LONG)
    yield (
        "folded-header-without-end",
        Attack(answer=raw(ok, b"X: a\r\n", forever=b" " + b"a" * 900 + b"\r\n"), ends=LONG),
    )
    yield "status-line-without-end", Attack(answer=raw(b"HTTP/1.1 200 ", forever=b"O" * 9000), ends=LONG)
    yield "header-line-without-end", Attack(answer=raw(ok, b"X: ", forever=b"O" * 9000), ends=LONG)
    yield (
        "informational-without-end",
        Attack(answer=raw(forever=b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" * 300), ends=LONG),
    )
    yield "continue-without-end", Attack(answer=raw(forever=b"HTTP/1.1 100 Continue\r\n\r\n" * 300), ends=LONG)
    yield (
        "chunk-extensions",
        Attack(
            answer=raw(chunked, forever=(b"1;" + b"a" * 900 + b"\r\n \r\n") * 90),
            ends=[*LONG, *LARGE, ("failed", "timeout")],
        ),
    )
    yield "chunk-size-without-end", Attack(answer=raw(chunked, forever=b"0" * 900), ends=BROKEN)
    yield "chunk-size-beyond-all", Attack(answer=raw(chunked, b"F" * 40 + b"\r\n" + body(1)), ends=[*CUT, *BROKEN])
    yield "chunk-size-below-zero", Attack(answer=raw(chunked, b"-5\r\nhallo\r\n0\r\n\r\n"), ends=BROKEN)
    yield (
        "trailers-without-end",
        Attack(answer=raw(chunked, chunks([body(2)])[:-2], forever=b"X: y\r\n" * 900), ends=[*CUT, *BROKEN]),
    )
    yield "body-of-one-byte-chunks", Attack(answer=raw(chunked, chunks([b"%c" % one for one in body(3)])), ends=NEW)
    yield "body-cut", Attack(answer=raw(head(Content_Length=str(len(body(4)) + 999)), body(5)), ends=CUT)
    yield "chunks-cut", Attack(answer=raw(chunked, chunks([body(6)], last=False)), ends=CUT)
    yield "reset", Attack(answer=reset, ends=BROKEN)
    yield "body-without-end", Attack(answer=raw(head(), forever=b"<p>" + b"x" * 65_000), ends=LARGE)
    yield "length-beyond-all", Attack(answer=raw(head(Content_Length="9" * 18), body(7)), ends=LARGE)
    yield "length-of-many-digits", Attack(answer=raw(head(Content_Length="9" * 9000), body(8)), ends=[*LARGE, *BROKEN])
    yield "length-below-zero", Attack(answer=raw(head(Content_Length="-5"), body(9)), ends=[*BROKEN, *NEW])
    yield "two-lengths", Attack(answer=raw(head(Content_Length="5\r\nContent-Length: 7"), body(10)), ends=BROKEN)
    yield "no-http", Attack(answer=raw(b"SSH-2.0-OpenSSH_9.6\r\n"), ends=BROKEN)
    yield "status-of-no-number", Attack(answer=raw(b"HTTP/1.1 OK\r\n\r\n"), ends=BROKEN)
    yield "status-of-many-digits", Attack(answer=raw(b"HTTP/1.1 2" + b"0" * 19 + b" OK\r\n\r\n"), ends=BROKEN)
    yield "status-below-zero", Attack(answer=raw(b"HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n"), ends=BROKEN)
    yield (
        "headers-of-no-name",
        Attack(
            answer=raw(ok, b": x\r\n\xe6\xa0\x87: y\r\n \r\nX Y: z\r\nConnection: close\r\n\r\n", body(20)), ends=NEW
        ),
    )
    yield "header-of-20-kilobytes", Attack(answer=plain(body(21), Link="</a.css>; rel=preload, " * 900), ends=NEW)
    yield "identity", Attack(answer=plain(body(22), Transfer_Encoding="identity"), ends=NEW)
    yield "status-beyond-all", Attack(answer=plain("x", 999), ends=[("failed", "server_error")])
    yield "not-modified-unasked", Attack(answer=raw(b"HTTP/1.1 304 X\r\n\r\n"), ends=[("failed", "server_error")])
    yield "no-content", Attack(answer=raw(b"HTTP/1.1 204 X\r\n\r\n"), ends=NOTHING)
    yield "switching-protocols", Attack(answer=raw(b"HTTP/1.1 101 X\r\nUpgrade: h2c\r\n\r\n"), ends=BROKEN)
    yield (
        "type-of-everything",
        Attack(answer=plain(body(11), Content_Type="text/html; charset=" + "x" * 9000), ends=NEW),
    )
    yield "type-of-a-picture", Attack(answer=plain(body(12), Content_Type="image/png"), ends=ANY)
    yield (
        "name-of-a-file",
        Attack(answer=plain(body(13), Content_Disposition="attachment; filename=../../../../etc/cron.d/x"), ends=ANY),
    )
    yield (
        "forbidden-with-a-bomb",
        Attack(
            answer=plain(partial(zeros, 100), 403, Content_Encoding="gzip"), ends=[("refused", "forbidden"), *LARGE]
        ),
    )
    yield (
        "retry-after-for-ever",
        Attack(
            answer=plain("later", 503, Retry_After="99999999999999999999"),
            ends=[("failed", "rate_limited"), ("failed", "unavailable")],
            apart=True,
        ),
    )
    yield "empty-answer", Attack(answer=raw(), ends=BROKEN, apart=True)
    yield "silence", Attack(answer=silence, ends=[("failed", "timeout")], apart=True)
    yield "head-by-drops", Attack(answer=raw(ok, forever=b"a", pause=0.05), ends=[("failed", "timeout")], apart=True)
    yield (
        "body-by-drops",
        Attack(answer=raw(head(), b"<p>", forever=b"a", pause=0.05), ends=[("failed", "timeout")], apart=True),
    )


def _codings() -> Iterator[tuple[str, Attack]]:
    for name, data in (("gzip", partial(zeros, 100)), ("br", brotli_zeros), ("deflate", deflate_zeros)):
        yield f"bomb-{name}", Attack(answer=plain(data, Content_Encoding=name), ends=LARGE)
    nested = nested_zeros
    yield "bomb-in-a-bomb", Attack(answer=plain(nested, Content_Encoding="gzip, gzip"), ends=LARGE)
    yield "thirty-codings", Attack(answer=plain(nested, Content_Encoding=", ".join(["gzip"] * 30)), ends=BROKEN)
    yield (
        "gzip-name-without-end",
        Attack(answer=plain(lambda: b"\x1f\x8b\x08\x08" + b"n" * 19 * MEGABYTE, Content_Encoding="gzip"), ends=BROKEN),
    )
    for name, empty in (("gzip", gzip.compress(b"")), ("zstd", zstd.compress(b""))):
        yield f"members-{name}", Attack(answer=plain(empty * 20_000, Content_Encoding=name), ends=BROKEN)
    yield "coding-never-applied", Attack(answer=plain(body(14), Content_Encoding="gzip"), ends=NEW)
    yield "coding-of-nobody", Attack(answer=plain(body(15), Content_Encoding="x-secret"), ends=NEW)
    yield "coding-cut", Attack(answer=plain(gzip.compress(body(16))[:-9], Content_Encoding="gzip"), ends=NEW)
    yield "coding-damaged", Attack(answer=plain(b"\x1f\x8b" + b"\xff" * 99, Content_Encoding="gzip"), ends=BROKEN)


def _ways() -> Iterator[tuple[str, Attack]]:
    """Yield redirects, cookies and walls."""
    yield "redirect-to-itself", Attack(answer=moved(lambda asked: asked.path), ends=LOOP)
    yield (
        "redirect-in-a-circle",
        Attack(
            answer=moved(on("/circle/b")),
            beside={"*": moved(lambda asked: "/circle/" + "ab"[asked.path.endswith("a")])},
            ends=LOOP,
        ),
    )
    yield (
        "redirect-without-end",
        Attack(answer=moved(on("/on/0")), beside={"*": moved(lambda asked: f"{asked.path}0")}, ends=LOOP),
    )
    yield "redirect-off-the-site", Attack(answer=moved(on("http://elsewhere.invalid/")), ends=AWAY)
    yield "redirect-to-the-cloud", Attack(answer=moved(on("http://169.254.169.254/latest/meta-data/")), ends=AWAY)
    yield "redirect-by-backslash", Attack(answer=moved(lambda asked: f"http://127.0.0.9\\@{asked.host}/x"), ends=AWAY)
    yield "redirect-by-number", Attack(answer=moved(on("http://2130706433:9/")), ends=AWAY)
    for name, way in {
        "percent": "http://{host}%2f@127.0.0.9/",
        "circles": "http://①②⑦.⓪.⓪.⑨/",
        "octal": "http://0177.0.0.011/",
        "mapped": "http://[::ffff:127.0.0.9]/",
        "slashes": "/\\127.0.0.9/",
    }.items():
        yield f"redirect-by-{name}", Attack(answer=moved(by_host(way)), ends=AWAY)
    yield "redirects-of-19-megabytes", Attack(answer=heavy, beside={"*": heavy}, ends=LARGE)
    yield "redirect-to-a-file", Attack(answer=moved(on("file:///etc/passwd")), ends=[("failed", "server_error")])
    yield "redirect-to-a-script", Attack(answer=moved(on("javascript:alert(1)")), ends=[("failed", "server_error")])
    yield (
        "redirect-to-nothing",
        Attack(answer=moved(on("http://[")), ends=[("failed", "server_error"), *LOOP, ("failed", "connection")]),
    )
    yield (
        "redirect-of-great-length",
        Attack(answer=moved(on("/long/" + "a" * 9000)), beside={"*": page("长路")}, ends=[*NEW, *ANY, *AWAY]),
    )
    yield (
        "redirect-with-a-new-line",
        Attack(
            answer=moved(on("/x%0d%0aSet-Cookie:%20a=b")), beside={"*": plain("no", 404)}, ends=[("gone", "not_found")]
        ),
    )
    yield "cookie-of-a-redirect", Attack(answer=needs_cookie, ends=NEW)
    yield "cookie-never-enough", Attack(answer=wants_another_cookie, ends=LOOP)
    yield (
        "cookies-by-the-hundred",
        Attack(
            answer=moved(
                lambda asked: asked.path, X="y" + "".join(f"\r\nSet-Cookie: c{n}={'v' * 3000}" for n in range(60))
            ),
            ends=LOOP,
        ),
    )
    script = "<html><head><script>document.cookie='k='+[1,2].join('')+';path=/';location.reload()</script></head><body></body></html>"
    yield "cookie-of-a-script", Attack(answer=plain(script), ends=WALL)
    sign_in = "<form action=/login><input name=username><input type=password name=p></form>"
    yield (
        "login",
        Attack(answer=plain(f"<html><title>统一身份认证</title>{sign_in}</html>"), ends=[("refused", "login")]),
    )
    intranet = "<html><title>系统提示</title>您当前ip地址不允许访问该信息，请使用校园网访问</html>"
    yield "intranet", Attack(answer=plain(intranet), ends=[("refused", "intranet")])
    yield "challenge-412", Attack(answer=plain("<script>$_ts={}</script>", 412), ends=WALL)
    yield "challenge-521", Attack(answer=plain(script, 521), ends=WALL)


def _robots() -> Iterator[tuple[str, Attack]]:
    long = b"User-agent: *\nDisallow: /no/\n" + b"Disallow: /x\n" * 800_000
    for name, answer in (
        ("long", plain(long, Content_Type="text/plain")),
        ("of-stated-length", plain(lambda: long * 3, Content_Type="text/plain")),
        ("binary", plain(bytes(range(256)) * 4000, Content_Type="text/plain")),
        ("one-line", raw(head(), forever=b"User-agent: *" * 5000)),
        ("new-lines", plain("\n" * 500_000, Content_Type="text/plain")),
        ("stars", plain("User-agent: *\nDisallow: /" + "*a" * 3000 + "\n", Content_Type="text/plain")),
        ("redirect", moved(lambda asked: f"/robots.txt?{asked.times}")),
        ("bomb", plain(partial(zeros, 100, b"User-agent: *"), Content_Encoding="gzip")),
        ("delay", plain("User-agent: *\nCrawl-delay: 0.0000001\n", Content_Type="text/plain")),
    ):
        ends = [*NEW, ("refused", "robots_unreachable"), ("failed", "too_large")]
        yield (
            f"robots-{name}",
            Attack(answer=page(f"规则{name}"), beside={"/robots.txt": answer}, ends=ends, apart=True),
        )


def _lists() -> Iterator[tuple[str, Attack]]:
    """Yield sitemaps, feeds, and traps."""
    xml = partial(plain, Content_Type="text/xml")
    yield (
        "sitemap-bomb",
        Attack(answer=plain(partial(zeros, 100), Content_Type="application/gzip"), ends=[*LISTED, *UNREAD, *NOTHING]),
    )
    yield "sitemap-of-laughs", Attack(answer=xml(LAUGHS), ends=[*LISTED, *UNREAD])
    yield "sitemap-of-sitemaps", Attack(answer=sitemaps, beside={"*": sitemaps}, ends=LISTED)
    yield "feed-from-outside", Attack(answer=xml(OUTSIDE), ends=[*LISTED, *UNREAD])
    items = "".join(f"<item><title>t{n}</title><link>/info/2/{n}.htm</link></item>" for n in range(20_000))
    yield (
        "feed-of-thousands",
        Attack(
            answer=xml(f"<rss version='2.0'><channel>{items}</channel></rss>"),
            beside={"*": plain("no", 404)},
            ends=LISTED,
        ),
    )
    yield "feed-deep", Attack(answer=xml("<rss>" + "<a>" * 50_000), ends=[*LISTED, *UNREAD])
    yield "calendar", Attack(answer=calendar, beside={"*": calendar}, ends=[*LISTED, *NOTHING])
    yield "folders", Attack(answer=deeper, beside={"*": deeper}, ends=[*LISTED, *NOTHING])
    pager = "".join(f"<li><a href=/info/3/{n}.htm>新闻{n}</a> 2024-05-06</li>" for n in range(20))
    yield (
        "pager-of-millions",
        Attack(
            answer=plain(f"<html><ul>{pager}</ul>共99999999条 1/5000000 <a href=list1.htm>下页</a></html>"),
            beside={"*": plain("no", 404)},
            ends=[*LISTED, *NOTHING],
        ),
    )


def _pages() -> Iterator[tuple[str, Attack]]:
    for name, inside in {
        "deep": "<div>" * 100_000,
        "deep-tables": "<table><tr><td>" * 9_000,
        "brackets": "[" * 150_000,
        "comments": "<!--" * 40_000,
        "tag-without-end": "<a " + "x" * MEGABYTE,
        "attributes": "<p " + " ".join(f"a{n}=b" for n in range(60_000)) + ">x</p>",
        "links": "".join(f"<a href=/info/4/{n}.htm>x</a>" for n in range(20_000)),
        "entities": "&amp;" * 200_000,
        "spaces": " " * 500_000 + "x",
        "people": "记者：" * 20_000 + "拍摄" * 20_000,
        "dates": "2024-05-06" * 20_000 + "发布时间" * 20_000,
        "columns": "<table><tr><td colspan=1000000000 rowspan=1000000000>x</td></tr></table>",
        "script": "<script>var a=" + "[" * 90_000 + "</script>",
        "script-loop": "<script>var s='a';for(;;){s+=s}location.href=s</script>",
        "script-replace": "<script>var u='a'.repeat(1e9).replace(/(a+)+$/,'');location=u</script>",
        "base": "<base href='http://elsewhere.invalid/'><img src=x.png>",
        "refresh": "<meta http-equiv=refresh content='0;url=?'>",
        "nul": "\0" * 9000,
        "controls": "\x1b]0;owned\x07\x1b[2J\u202e",
        "templates": "{{< readfile file=/etc/passwd >}} {% include x %} {{7*7}} <%= 1 %>",
        "line": "字" * 900_000,
        "data-picture": "<img src='data:image/png;base64," + "A" * MEGABYTE + "'>",
        "frames": "<iframe src=?></iframe>" * 3000,
        "forms": "<form><select><option value=?>x" * 9000,
    }.items():
        yield (
            f"page-{name}",
            Attack(answer=page(name, inside), beside={"*": plain("no", 404)} if name == "links" else {}, ends=ANY),
        )
    large = plain(partial(zeros, 19, article("续页").encode()), Content_Encoding="gzip")
    yield "pages-of-19-megabytes", Attack(answer=cut_into_pages, beside={"*": large}, ends=ANY)
    yield "page-of-20-megabytes", Attack(answer=plain(article("大", "<p>大家</p>" * 1_400_000)), ends=[*ANY, *LARGE])
    yield "page-title", Attack(answer=page("题", title="<b>\x1b[31m=cmd|' /C calc'!A1</b>" + "题" * 9000), ends=ANY)
    yield (
        "page-title-of-a-megabyte",
        Attack(answer=plain(lambda: article("题", title="题" * 900_000).encode()), ends=ANY),
    )
    yield "page-of-year-9999", Attack(answer=plain(article("年").replace("2024-05-06", "9999-99-99")), ends=ANY)
    yield "charset-utf-7", Attack(answer=plain(body(17), Content_Type="text/html; charset=utf-7"), ends=ANY)
    yield "charset-utf-16", Attack(answer=plain(article("宽").encode("utf-16-le"), Content_Type="text/html"), ends=ANY)
    wide = article("双字节")
    yield "charset-unmarked", Attack(answer=plain(wide.encode("utf-16-be"), Content_Type="text/html"), ends=NEW)
    yield (
        "charset-broken",
        Attack(
            answer=plain(article("破").encode("gbk") + b"\x81\xff" * 900, Content_Type="text/html; charset=gb2312"),
            ends=ANY,
        ),
    )
    yield "charset-codec", Attack(answer=plain(body(18), Content_Type="text/html; charset=zlib_codec"), ends=ANY)


def _media() -> Iterator[tuple[str, Attack]]:
    """Yield articles whose pictures and files attack; the articles are archived."""
    media = {
        "png-bomb": png(50_000, 50_000, rows=50_000),
        "png-wide": png(2_000_000_000, 2),
        "comments": b"<!---->" * 50,
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>",
        "svg-laughs": LAUGHS.replace("urlset", "svg").encode(),
        "dds": b"DDS |" + b"\0\0\0\x07" + b"\xff" * 120,
        "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00" + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0" * 90_000 + b";",
        "page": body(19),
        "empty": b"",
        "tiff": b"II*\0\x08\0\0\0" + b"\xff" * 9000,
        "zip": b"PK\x03\x04" + b"\0" * 400,
        "bmp": b"BM" + b"\xff" * 60,
        "webp": b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 90,
        "jpeg": b"\xff\xd8\xff\xe0" + b"\xff" * 9000,
    }
    for name, data in media.items():
        path = f"/upload/{name}.png"
        yield (
            f"picture-{name}",
            Attack(
                answer=page(f"图{name}", f"<img src={path}>"),
                beside={path: plain(data, Content_Type="image/png")},
                ends=NEW,
            ),
        )
    for name, answer in {
        "cut": raw(head(Content_Length="99999", Content_Type="application/pdf"), b"%PDF-1.4" + b"x" * 900),
        "without-end": raw(head(Content_Type="application/pdf"), forever=b"%PDF-1.4" * 8000),
        "away": moved(on("http://169.254.169.254/key.pdf")),
        "bomb": plain(partial(zeros, 100), Content_Encoding="gzip", Content_Type="application/pdf"),
    }.items():
        path = f"/upload/{name}.pdf"
        yield (
            f"file-{name}",
            Attack(answer=page(f"件{name}", f"<a href={path}>附件{name}.pdf</a>"), beside={path: answer}, ends=NEW),
        )
    names = "".join(
        f"<a href='/upload/n{n}.pdf'>{name}</a>"
        for n, name in enumerate(("../../x.pdf", "a\x1b[2J.pdf", "con.pdf", "附" * 400 + ".pdf"))
    )
    yield (
        "file-names",
        Attack(
            answer=page("名", names),
            beside={f"/upload/n{n}.pdf": plain(f"%PDF-1.4 {n}", Content_Type="application/pdf") for n in range(4)},
            ends=NEW,
        ),
    )


ATTACKS: dict[str, Attack] = dict(
    one for group in (_servers, _codings, _ways, _robots, _lists, _pages, _media) for one in group()
)


@dataclass(slots=True)
class AttackServer:
    """The site of some attacks, as it is served."""

    names: Sequence[str]
    ports: dict[str, int] = field(
        default_factory=dict
    )  # name of an attack that stands apart, "" for all others -> port
    hits: list[str] = field(default_factory=list)

    def path(self, name: str) -> str:
        return (
            f"/info/1001/{1000 + list(ATTACKS).index(name)}.{'xml' if name.startswith(('sitemap', 'feed')) else 'htm'}"
        )

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name if ATTACKS[name].apart else '']}{self.path(name)}"

    @property
    def seed(self) -> str:
        """The site's definition file."""
        hosts = ", ".join(f'"127.0.0.1:{port}"' for port in self.ports.values())
        return (
            f"name: 敌意大学\nhosts: [{hosts}]\nprivate_hosts: [{hosts}]\nscheme: http\n"
            f"lists: ['http://127.0.0.1:{self.ports['']}/list.htm']\npoliteness: {{delay: 0, concurrency: 4}}\n"
        )

    def answer(self, asked: Asked, apart: str) -> Iterator[bytes]:
        """Return what is answered on the port of an attack."""
        self.hits.append(asked.path)
        mine = [apart] if apart else [name for name in self.names if not ATTACKS[name].apart]
        for name in mine:
            if asked.path == self.path(name):
                return ATTACKS[name].answer(asked)
            if answer := ATTACKS[name].beside.get(asked.path.partition("?")[0]):
                return answer(asked)
        if asked.path == "/list.htm":
            return plain(self._list())(asked)
        if asked.path.startswith("/info/9/"):
            return page(f"平常的新闻，{USUAL[int(asked.path[8:-4])]}")(asked)
        others = (ATTACKS[name].beside.get("*") for name in mine if asked.path.startswith(self._beside(name)))
        return next((answer for answer in others if answer), plain("not here", 404))(asked)

    def _beside(self, name: str) -> tuple[str, str]:
        """Return how the paths begin that belong to an attack: its own ones, and the further pages of its article."""
        return PREFIXES.get(name, "\0"), self.path(name).removesuffix(".htm") + "_"

    def _list(self) -> str:
        rows = [(self.url(name), name) for name in self.names]
        rows += [(f"/info/9/{number}.htm", f"平常的新闻{number}") for number in range(HONEST)]
        shown = "".join(f"<li><a href='{url}'>{name}</a><span>2024-05-06</span></li>" for url, name in rows)
        return f"<html><head><title>新闻列表</title></head><body><ul class=list>{shown}</ul></body></html>"


PREFIXES = {
    "redirect-in-a-circle": "/circle/",
    "redirect-without-end": "/on/",
    "redirects-of-19-megabytes": "/heavy",
    "redirect-of-great-length": "/long/",
    "redirect-with-a-new-line": "/x%0d",
    "sitemap-of-sitemaps": "/maps/",
    "feed-of-thousands": "/info/2/",
    "calendar": "/trap/",
    "folders": "/info/1001/a/",
    "pager-of-millions": "/info/3/",
    "page-links": "/info/4/",
    **{name: "/robots.txt" for name in ATTACKS if name.startswith("robots-")},
}


@contextmanager
def attacking(names: Sequence[str] = tuple(ATTACKS)) -> Iterator[AttackServer]:
    """Serve some attacks on loopback until the block ends."""
    site = AttackServer(names)
    servers = []
    for apart in ["", *(name for name in names if ATTACKS[name].apart)]:
        server = _Server(("127.0.0.1", 0), _handler(site, apart))
        site.ports[apart] = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        servers.append(server)
    try:
        yield site
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:  # a client that hangs up is no news
        pass


def _handler(site: AttackServer, apart: str) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        timeout = 30

        def handle(self) -> None:
            first = self.rfile.readline(70_000).decode("latin-1").split()
            headers = {}
            while line := self.rfile.readline(70_000).decode("latin-1").strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            if len(first) < 2:
                return
            asked = Asked(first[1], headers.get("host", ""), site.hits.count(first[1]) + 1, headers)
            with suppress(BrokenPipeError):
                try:
                    for part in site.answer(asked, apart):
                        self.wfile.write(part)
                except ConnectionResetError:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Handler


if __name__ == "__main__":
    with attacking() as served:
        Path("attacks.yaml").write_text(served.seed)
        print(f"{len(ATTACKS)} attacks at {served.url('body-cut')}; their site is in attacks.yaml")
        for _ in count():
            time.sleep(3600)

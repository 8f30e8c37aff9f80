"""Which picture, attachment or video an element stands for: the full-size address, its caption and name."""

import re
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from hashlib import sha256
from urllib.parse import parse_qs, unquote, urlsplit

from lxml.html import HtmlElement

from crawler.items import Media, MediaKind
from crawler.pages.extraction.page import MOST_TITLE, Page, fold
from crawler.urls import absolute_url, host_of

# Attributes that hold the picture itself where `src` is a placeholder or a thumbnail, best first.
FULL_SIZE = (
    "orisrc",
    "original-src",
    "data-original",
    "data-original-src",
    "data-src",
    "data-lazy-src",
    "data-lazyload",
    "_src",
    "data-url",
    "data-echo",
    "file",
)
SAID = frozenset({"src", "srcset", "alt", "title", "class", "id", "style", "name"})  # which name no other picture
PLACEHOLDER = re.compile(
    r"^data:|(?:blank|grey|gray|loading|placeholder|lazy|spacer|pixel|transparent|1x1)\w{0,40}\.(?:gif|png|jpe?g|svg)",
    re.IGNORECASE,
)
ICON = re.compile(
    r"/(?:icons?|icon_|ico_|fileico|emoticons?|smil(?:ey|ies)|face)/|fileTypeImages|/ueditor/.{0,200}dialogs?/|/(?:share|print|weixin|wechat|weibo|qrcode|ewm|erweima|arrow|dot|line|bg)[\w-]{0,60}\.(?:gif|png|jpe?g|svg)"
    r"|/(?:(?:btn|button|arr)[_-])?(?:left|right|prev|next|(?:go)?top|back|close|jiantou|fenxiang|dayin|fanhui|guanbi)[_-]?\d?\.(?:gif|png|svg)"
    r"|/(?:skins?|themes?|templates?|tpl|css|(?<!/files/)styles?)/|icon_\w{1,60}\.gif|[\w-]{1,40}_(?:qr_?codes?|share)\.(?:gif|png|jpe?g)|/_ueditor/themes/|/images?/file(?:type)?/|/(?:public|statics?|assets?|dist)/(?:\w{1,12}/){0,2}(?:images?|imgs?|icons?|pic)/(?:\w{1,12}/){0,2}[\w-]{1,24}\.(?:png|gif|svg)|doubleclick|/stat\.|cnzz|/beacon",
    re.IGNORECASE,
)
# The icon of a kind of file by its name; a picture of some size may be called so too (Word names its pictures word1.png).
FILE_ICON = re.compile(
    r"/(?:ico(?:n)?_?)?(?:pdf|word|docx?|excel|xlsx?|pptx?|zip|rar|file|attach(?:ment)?)(?:_?icon?|\d)?\.(?:gif|png|svg|jpe?g)",
    re.IGNORECASE,
)
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)(?:$|[?#!@\s])", re.IGNORECASE)
BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]{0,100}?url\(([^()]{1,500})\)", re.IGNORECASE)
SMALL = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*(?:0|1?\d(?:\.\d{1,4})?px)\s*(?:;|$|!)", re.IGNORECASE)
INLINED = re.compile(r"^data:,(\d{1,4})$")  # how `page.py` refers to a picture that was written out in an address
SPACE = re.compile(r"\s+")
LARGE = 100  # pixels; a picture that is stated to be so large is no icon
MIN_SIDE = 20  # pixels; below that a picture with stated size is decoration or a tracking pixel
FILE = r"\.(?:pdf|doc[xm]?|dotx?|xls[xm]?|ppt[xm]?|pps[xm]?|wps|et|dps|ofd|uof|zip|rar|7z|tar|t?gz|bz2|csv|txt|rtf|caj|epub|dwg|psd)"
ATTACHMENT = re.compile(
    rf"{FILE}(?:$|[?#&])|download\.jsp\?|DownloadAttachUrl|/download(?:File)?\.(?:do|action|aspx?|htm|php)\b|/(?:download|file|attach\w*)/[0-9a-f]{{16,}}"
    r"|/\w{0,20}(?:download|down_?file|file_?down|attach(?:ment)?)\w{0,10}(?:\.\w{2,6})?\?\w{1,20}=|/(?:attach(?:ment)?|download|file)s?/\d{1,12}$"
    r"|[?&](?:wbfileid|attachmentid|fileid|attach_?id)=",
    re.IGNORECASE,
)
FILE_TEXT = re.compile(rf"\S(?:{FILE}|\.(?:png|jpe?g|gif|bmp|tiff?|ai|eps|mp[34]))\W*$", re.IGNORECASE)
MIRRORED = re.compile(
    r"(\.jsp|\.\w{3,4})-(?=urltype=|e=\.)"
)  # copies of a site on disk write the question mark of an address as a dash
DOCUMENT = re.compile(rf"{FILE}(?:$|[?#&])", re.IGNORECASE)
VIDEO = re.compile(r"\.(?:mp4|m4v|flv|f4v|mov|avi|wmv|webm|m3u8|mp3|wav|m4a)(?:$|[?#])", re.IGNORECASE)
PLAYER = re.compile(r"player|video|v\.qq\.|youku|bilibili|iqiyi|vjs|/embed", re.IGNORECASE)
WRITTEN_LINK = re.compile(
    rf"<a\s[^<>]{{0,300}}?href=\\?[\"']([^\"'<>]{{1,300}}?{FILE})\\?[\"'][^<>]{{0,300}}>(.{{0,200}}?)</a>",
    re.IGNORECASE,
)
ARGUMENT = re.compile(r"[\"']((?:https?://|\.{0,2}/)[^\"'\s]{1,500})")
MAX_CALL = 2000  # characters
TAG = re.compile(r"<[^<>]*>")
MAX_SCRIPT = 20_000  # characters
SUDY_TITLE = re.compile(r"""['"]title['"]\s*:\s*['"](.*?)['"]""")
FILE_NAME = re.compile(
    r"^[\w.\-() %]+\.(?:jpe?g|png|gif|bmp|webp)$|^[\w\-]{8,}$|^(?:图片?|image|img|photo|微信图片)[\s_\d.\-]*+\w*$",
    re.IGNORECASE,
)
PIXELS = re.compile(r"^\s*(\d{1,5})(?:px)?\s*$")
WIDTH = re.compile(r"^[0-9]{1,6}(?:\.[0-9]{1,6})?[wx]$")


def image_url(element: HtmlElement, base: str) -> str | None:
    """Return the absolute URL of the full-size picture of an `<img>`, or None for decoration."""
    value = _full_size(element, base)
    is_icon = ICON.search(value) or (FILE_ICON.search(value) and _side(element) < LARGE)
    if not value or PLACEHOLDER.search(value) or is_icon or _is_tiny(element):
        return None
    return absolute_url(base, value)


def _full_size(element: HtmlElement, base: str) -> str:
    """Return the address of the picture itself: of a script's attributes, unless the page's own host has it and theirs does not."""
    shown = element.get("src") or ""
    lazy = next((value for name in FULL_SIZE if _is_picture(value := element.get(name))), "")
    if lazy and shown and not PLACEHOLDER.search(shown):
        own, theirs = host_of(absolute_url(base, shown) or ""), host_of(absolute_url(base, lazy) or "")
        if own == host_of(base) != theirs:
            return shown
    if not lazy and (not shown or PLACEHOLDER.search(shown)):  # the names that scripts wait for are without number
        named = (_largest(value) for name, value in element.items() if name not in SAID and PICTURE.search(value))
        lazy = next((value for value in named if _is_picture(value)), "")
    return lazy or _largest(element.get("srcset")) or shown


def _is_picture(value: str | None) -> bool:
    return bool(value) and not PLACEHOLDER.search(value or "") and len(value or "") > 3


def background_url(element: HtmlElement, base: str) -> str | None:
    """Return the absolute URL of the picture that an empty box shows as its background."""
    found = BACKGROUND.search(element.get("style") or "")
    if found is None or len(element) or fold(element.text):
        return None
    value = found[1].strip("\"' ")
    return None if PLACEHOLDER.search(value) or not PICTURE.search(value) else absolute_url(base, value)


def alt_text(element: HtmlElement) -> str | None:
    """Return what an author wrote as alternative text; editors fill it with file names, which say nothing."""
    text = fold(element.get("alt"))
    return text if 0 < len(text) < 120 and not FILE_NAME.match(text) else None


def inlined(address: str | None, written: Sequence[str]) -> Media | None:
    """Return the picture that the page itself holds, with its content, under a name made of that (RFC 6920); None for any other address."""
    place = INLINED.match(address or "")
    if place is None or int(place[1]) >= len(written):
        return None
    try:
        content = b64decode(SPACE.sub("", unquote(written[int(place[1])])) + "==")
    except Base64Error:
        return None
    digest = urlsafe_b64encode(sha256(content).digest()).decode("ascii").rstrip("=")
    return Media(kind=MediaKind.IMAGE, url=f"ni:///sha-256;{digest}", content=content)


def file_name(url: str) -> str:
    """Return the name a file has in its address."""
    return unquote(urlsplit(url).path.rpartition("/")[2]) or url


def attachment_url(element: HtmlElement, base: str) -> str | None:
    """Return the absolute URL of a link to a file for download: by its ending, the CMS's download address, or a file's name as its text.

    An address on another host that is written out is cited, and no file of the article.
    """
    href = element.get("href") or ""
    url = absolute_url(base, href) or _called(href, base)
    if url is None:
        return None
    text = fold(element.text_content())
    is_cited = text.startswith(("http://", "https://")) and host_of(url) != host_of(base)
    is_named = FILE_TEXT.search(text) or DOCUMENT.search(_title(element))
    is_file = "download" in element.attrib or is_named or ATTACHMENT.search(url)
    return MIRRORED.sub(r"\1?", url) if is_file and not is_cited else None


def _called(href: str, base: str) -> str | None:
    """Return the file that a link asks a script for: `javascript:down('/up/3.pdf')`; copies of a site on disk ask before they leave it."""
    if not href.startswith("javascript:"):
        return None
    named = (absolute_url(base, address) for address in ARGUMENT.findall(unquote(href[:MAX_CALL])))
    return next((url for url in named if url and ATTACHMENT.search(url)), None)


def _title(element: HtmlElement) -> str:
    return fold(element.get("download")) or fold(element.get("title"))


def scripted_attachments(page: Page) -> Iterable[Media]:
    """Yield the files whose links a script writes: `var file_appendix='<a href="./P02.docx">…</a>'` (TRS)."""
    for script in page.elements.of("script"):
        source = script.text or ""
        if "<a" in source and len(source) < MAX_SCRIPT:
            for href, text in WRITTEN_LINK.findall(source):
                if url := absolute_url(page.base, href):
                    name = fold(TAG.sub("", text)) or url.rpartition("/")[2]
                    yield Media(kind=MediaKind.ATTACHMENT, url=url, name=name)


def attachment_name(element: HtmlElement, url: str) -> str:
    """Return the name an attachment is shown by: WebPlus keeps it in `sudyfile-attr`, others in the link's text."""
    parts = urlsplit(url)
    named = (
        parse_qs(parts.query).get("name") or parse_qs(parts.query).get("filename") or [parts.path.rpartition("/")[2]]
    )
    title, text = _title(element), fold(element.text_content())
    shown = title if FILE_TEXT.search(title) and not FILE_TEXT.search(text) else text or title
    return (sudy_title(element) or shown or named[0])[:MOST_TITLE]


def sudy_title(element: HtmlElement) -> str:
    """Return the name WebPlus keeps in `sudyfile-attr="{'title':'x.pdf'}"`, which is no JSON."""
    found = SUDY_TITLE.search(element.get("sudyfile-attr") or "")
    return fold(found[1]) if found else ""


def video_url(element: HtmlElement, base: str) -> str | None:
    """Return the absolute URL of a `<video>`, `<audio>`, `<source>`, `<embed>`, player `<iframe>` or VSB's `<script vurl>`."""
    value = element.get("vurl") or element.get("src") or element.get("data-src") or ""
    url = absolute_url(base, value) if value else None
    if url and element.tag == "iframe" and not (PLAYER.search(url) or VIDEO.search(url)):
        return None
    return url


def _largest(srcset: str | None) -> str | None:
    """Return the widest candidate of a `srcset` (HTML Living Standard, 4.8.4.2)."""
    best, widest = None, -1.0
    for candidate in (srcset or "").split(","):
        address, _, size = candidate.strip().partition(" ")
        width = float(size[:-1]) if WIDTH.match(size) else 0.0
        if address and width > widest:
            best, widest = address, width
    return best


def _side(element: HtmlElement) -> int:
    """Return the longest side that an element states, 0 if it states none."""
    sides = (PIXELS.match(element.get(side) or "") for side in ("width", "height"))
    return max((int(side[1]) for side in sides if side), default=0)


def _is_tiny(element: HtmlElement) -> bool:
    sides = [PIXELS.match(element.get(side) or "") for side in ("width", "height")]
    return any(side and int(side[1]) < MIN_SIDE for side in sides) or bool(SMALL.search(element.get("style") or ""))

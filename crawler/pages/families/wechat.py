"""微信公众平台: articles that lists of universities point to. Pictures have no file extension and wait in `data-src`.

Ordinary pages embed WeChat's pictures (mmbiz.qpic.cn) and paste its sections (`rich_media_content`): only what its own page has marks it.
"""

import re
from html import escape, unescape

from crawler.pages.families.family import Family

SAID = re.compile(r"content_noencode:\s*JsDecode\('((?:[^'\\]|\\.){0,20000})'\)")
PICTURE = re.compile(
    r"height:[^,]{0,40},\s*cdn_url:\s*JsDecode\('([^']{1,500})'\)"
)  # not that of a watermark or a cover
ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))")
LETTERS = {"n": "\n", "r": "", "t": "\t"}


def body_in_script(source: str) -> str | None:
    """Return the text and pictures of a post of pictures, which stand in its script alone."""
    pictures = PICTURE.findall(source) if "picture_page_info_list" in source else []
    if not pictures:
        return None
    said = SAID.search(source)
    text = _decoded(said[1]) if said else ""
    parts = [f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip()]
    parts += [f'<p><img src="{escape(unescape(_decoded(url)))}"></p>' for url in pictures]
    return f'<div id="js_content">{"".join(parts)}</div>'


def _decoded(literal: str) -> str:
    """Return what a string literal of the script says."""
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)) if code[1] else LETTERS.get(code[2], code[2]), literal)


WECHAT = Family(
    name="wechat",
    label="微信公众平台",
    marks=('id="activity-detail"', "var msg_cdn_url", "picture_page_info_list"),
    article_url=r"^https?://mp\.weixin\.qq\.com/s[/?]",
    url_tells=True,
    # Account, message, position and signature name an article; chksm, scene and what else follows name the way to it.
    respell=(
        (
            r"^(https?://mp\.weixin\.qq\.com/s)/?\?(?=.*\b__biz=([\w=%]+))(?=.*\bmid=(\d+))(?=.*\bidx=(\d+))(?=.*\bsn=(\w+)).*$",
            r"\1?__biz=\2&mid=\3&idx=\4&sn=\5",
        ),
        (r"^(https?://mp\.weixin\.qq\.com/s/[\w-]+)\?.*$", r"\1"),
    ),
    title=("#activity-name", "h1.rich_media_title"),
    body=("#js_content",),
    info=("#meta_content", ".rich_media_meta_list", "#publish_time"),
    body_in_script=body_in_script,
    junk=(".js_uneditable", "mp-common-profile", "#js_tags", ".qr_code_pc"),
    meta_date=("og:article:published_time",),
    # The page prints the date by script: `var ct = "1684…"`, seconds since 1970; a post of pictures has `window.ct = '1684…'`.
    script_date=r"\b(?:var\s+|window\.)ct\s*=\s*[\"'](\d{10})[\"']",
)

"""微信公众平台: articles that lists of universities point to. Pictures have no file extension and wait in `data-src`.

Its pictures alone tell nothing: pages of every CMS hold texts pasted from it, pictures of mmbiz.qpic.cn and all.
"""

from crawler.families.family import Family

WECHAT = Family(
    name="wechat",
    label="微信公众平台",
    marks=("rich_media_title", 'id="js_content"', "mmbizwap", "mmbizappmsg"),
    article_url=r"^https?://mp\.weixin\.qq\.com/s[/?]",
    url_tells=True,
    title=("#activity-name", ".rich_media_title"),
    body=("#js_content",),
    info=("#meta_content", "#publish_time"),
    junk=(".js_uneditable", "mp-common-profile", "#js_tags", ".qr_code_pc"),
    meta_date=("og:article:published_time",),
    # The page prints the date by script: `var ct = "1684…"`, seconds since 1970.
    script_date=r"\bvar\s+ct\s*=\s*[\"'](\d{10})[\"']",
)

"""微信公众平台: articles that lists of universities point to. Pictures have no file extension and wait in `data-src`."""

from crawler.families.family import Family

WECHAT = Family(
    name="wechat",
    label="微信公众平台",
    marks=("rich_media_title", "js_content", "mmbiz"),
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

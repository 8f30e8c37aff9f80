"""DedeCMS 织梦, EmpireCMS 帝国 and PHPCMS: the PHP systems of many departments and local portals, one generation, one shape."""

from crawler.pages.families.family import Family

DEDE = Family(
    name="dede",
    label="织梦 DedeCMS",
    marks=(
        "/plus/count.php",
        "/plus/digg_ajax.php",
        "/plus/feedback",
        "/plus/list.php?tid=",
        "dedeajax2.js",
        "DedeCMSV5",
        "Powered by DedeCms",
        "Power by DedeCms",
    ),
    # {typedir}/{Y}/{M}{D}/{aid}.html, the default; the folder of all columns (/a/, /html/) is often left out
    article_url=r"/\d{4}/?\d{4}/\d++(?:_\d++)?\.html$|/plus/view\.php\?aid=\d+",
    list_url=r"/list_\d+_\d+\.html$|/plus/list\.php\?",
    title=(".viewbox .title h2", ".viewbox h2"),
    body=(".viewbox .content", ".article-content", "#content.content"),
    info=(".viewbox .info",),
    junk=(".dede_pages", ".newdigg", ".boxoff"),
)
EMPIRE = Family(
    name="empire",
    label="帝国 EmpireCMS",
    marks=("/e/public/ViewClick", "/e/public/digg", "/e/DoInfo/", "/e/pl/?classid", "/e/data/js/ajax.js"),
    article_url=r"/\d{4}-\d{2}-\d{2}/\d++(?:_\d++)?\.html$",
    list_url=r"/index_\d+\.html$",
    url_date=r"/(\d{4})-(\d{2})-(\d{2})/\d+",
    info=(".info_text",),
    body=("#text", "#newstext", ".article-content", "#artibody"),
)
PHPCMS = Family(
    name="phpcms",
    label="PHPCMS",
    marks=("api.php?op=count", "m=content&c=index", "m=content&amp;c=index"),
    article_url=r"[?&]a=show&.*\bid=\d+|/content-\d+-\d+-\d+\.html$|/show-\d+-\d+-\d+\.html$",
    list_url=r"[?&]a=lists&|/list-\d+-\d+\.html$",
    # No title: its template puts the date, the source and a counter into the heading, after a break.
    body=("#Article .content", ".article-content"),
    info=("#Article h1 span",),
    junk=("#pages", ".Article-Tool"),
)

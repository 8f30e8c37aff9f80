"""DedeCMS 织梦, EmpireCMS 帝国 and PHPCMS: the PHP systems of many departments and local portals, one generation, one shape."""

from crawler.families.family import Family

DEDE = Family(
    name="dede",
    label="织梦 DedeCMS",
    marks=("/plus/count.php", "/plus/digg_ajax.php", "/plus/feedback", "Powered by DedeCms"),
    article_url=r"/(?:a|html)/(?:[\w-]+/)*\d{4}/?\d{4}/\d+(?:_\d+)?\.html$|/plus/view\.php\?aid=\d+",
    list_url=r"/list_\d+_\d+\.html$|/plus/list\.php\?",
    title=(".viewbox .title h2", ".viewbox h2"),
    body=(".viewbox .content", ".article-content", "#content.content"),
    info=(".viewbox .info",),
)
EMPIRE = Family(
    name="empire",
    label="帝国 EmpireCMS",
    marks=("/e/public/ViewClick", "/e/public/digg", "/e/DoInfo", "/e/pl/"),
    article_url=r"/\d{4}-\d{2}-\d{2}/\d+(?:_\d+)?\.html$",
    list_url=r"/index_\d+\.html$",
    url_date=r"/(\d{4})-(\d{2})-(\d{2})/\d+",
    body=("#text", ".article-content", "#artibody"),
)
PHPCMS = Family(
    name="phpcms",
    label="PHPCMS",
    marks=("api.php?op=count", "m=content&c=index", "m=content&amp;c=index"),
    article_url=r"[?&]a=show&.*\bid=\d+|/content-\d+-\d+-\d+\.html$|/show-\d+-\d+-\d+\.html$",
    list_url=r"[?&]a=lists&|/list-\d+-\d+\.html$",
    title=("#Article h1",),
    body=("#Article .content", ".article-content"),
    info=("#Article h1 span",),
)

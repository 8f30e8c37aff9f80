"""动易 PowerEasy and 科汛 Kesion: ASP and ASP.NET systems of one generation, on department sites and old news sites."""

from crawler.pages.families.family import Family

POWEREASY = Family(
    name="powereasy",
    label="动易 PowerEasy",
    marks=("PowerEasy", "/Common/GetHits.aspx"),
    article_url=r"/Item/\d++(?:_\d++)?\.aspx$|/ShowArticle\.asp\?(?:.*&)?ArticleID=\d+",
    url_tells=True,  # its only date is 更新时间, which alone makes no news of a page
    list_url=r"/Category_\d+/Index(?:_\d+)?\.aspx$|/ShowClass\.asp\?(?:.*&)?ClassID=\d+",
    body=("#fontzoom",),
)
KESION = Family(
    name="kesion",
    label="科汛 KesionCMS",
    marks=("/KS_Inc/", "/ks_inc/", "KesionCMS"),
    article_url=r"/Item/Show\.asp\?(?=.*\bm=\d+)(?=.*\bd=\d+)",
    url_tells=True,
    list_url=r"/Item/list\.asp\?(?:.*&)?id=\d+",
    body=("#MyContent",),
)

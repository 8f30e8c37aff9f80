"""SiteServer CMS 百容千域: a .NET system of departments and whole universities. Every address is a number of a channel and one of a content."""

from crawler.pages.families.family import Family

SITESERVER = Family(
    name="siteserver",
    label="百容千域 SiteServer",
    marks=("/sitefiles/", "/SiteFiles/", "SiteServer CMS"),
    article_url=r"/contents/\d+/\d++(?:_\d++)?\.html?$",
    url_tells=True,
    list_url=r"/channels/\d+(?:_\d+)?\.html?$",
)

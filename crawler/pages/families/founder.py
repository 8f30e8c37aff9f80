"""方正翔宇: the editions of newspapers on the Web, one page of the paper after another; many university papers have one.

Its templates name the parts of an article by elements of their own (`founder-title`, `founder-content`), whatever stands around them.
"""

from crawler.pages.families.family import Family

FOUNDER = Family(
    name="founder",
    label="方正翔宇",
    marks=("<founder-", "<!--enpcontent-->", "<!--enpproperty"),
    article_url=r"/content_\d+\.html?$|/nw\.D\w+_\d{8}_\d+-\d+\.html?$",
    url_tells=True,
    list_url=r"/node_\d+\.html?$|/nbs\.D\w+_\d+\.html?$",
    url_date=r"/((?:19|20)\d\d)-?(\d\d)/(\d\d)/(?:content_|nw\.D)",
    title=("founder-title", ".title1"),
    body=("founder-content", "#ozoom"),
    info=("founder-author",),
)

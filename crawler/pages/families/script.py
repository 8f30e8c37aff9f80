"""Home-made ASP, ASP.NET, JSP and PHP: no system, yet the scripts of departments are named alike. The addresses are all that is known.

`show.asp?id=278`, `news_view.jsp?newsid=20150`, `Detail.aspx?info_lb=36&info_id=3921`; `list.asp?lb=3`, `news_list.jsp?type=2`.
"""

from crawler.pages.families.family import Family

SCRIPT = Family(
    name="script",
    label="ASP/JSP/PHP",
    marks=(),
    # Not VSB's, whose `content.jsp?wbtreeid=1039` is a column.
    article_url=r"/(?!\w*(?:class|list|column|categor|channel))\w*(?:show|view|detail|content|read)\w*\.(?:aspx?|jsp|php|do)\?(?!.*\bwbtreeid=)(?:.*&)?\w*id=\d+",
    list_url=r"/\w*(?:list|class|more)\w*\.(?:aspx?|jsp|php|do)\?.*=\d+",
)

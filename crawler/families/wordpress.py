"""WordPress: themes differ, the names of what a post is made of do not (hAtom classes, /wp-content/)."""

from crawler.families.family import Family

WORDPRESS = Family(
    name="wordpress",
    label="WordPress",
    marks=("/wp-content/", "/wp-includes/", "wp-json"),
    article_url=r"/(?:archives|\d{4}/\d{2})/(?:\d{2}/)?[^/]+?/?(?:\.html)?$|[?&]p=\d+",
    list_url=r"/(?:category|tag|author)/|/page/\d+/?$",
    title=(".entry-title", ".post-title", "h1.title"),
    body=(".entry-content", ".post-content", ".single-content", ".article-content"),
    info=(".entry-meta", ".post-meta"),
    junk=(".sharedaddy", ".jp-relatedposts", ".post-navigation", ".wp-block-buttons"),
    meta_date=("article:published_time",),
)

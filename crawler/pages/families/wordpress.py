"""WordPress: themes differ, the names of what a post is made of do not (hAtom classes, wp-block-…). Lists show whole posts too."""

from crawler.pages.families.family import Family

# What body_class() calls a page of many posts: their bodies are no article.
SINGLE = "body:not(.archive):not(.blog):not(.search):not(.home)"

WORDPRESS = Family(
    name="wordpress",
    label="WordPress",
    # Not "/wp-content/uploads/": an ordinary page may show a picture from a WordPress site.
    marks=("/wp-content/themes/", "/wp-content/plugins/", "/wp-includes/", "https://api.w.org/", 'content="WordPress'),
    article_url=r"/(?:archives|\d{4}/\d{2})/(?:\d{2}/)?[^/]+?/?(?:\.html)?$|/\?p=\d+$",
    list_url=r"/(?:category|tag|author)/|/page/\d+/?$|/\?(?:cat|paged)=\d+",
    title=(
        "h1.entry-title",
        "h1.wp-block-post-title",
        "h1.post-title",
        "h1.article-title",
        "h1.single-title",
        "h1.title",
        ".entry-title",
        ".post-title",
    ),
    body=(
        f"{SINGLE} .entry-content",
        f"{SINGLE} .wp-block-post-content",
        f"{SINGLE} .wp-posts-content",  # 子比 Zibll, inside .article-content
        f"{SINGLE} .single-content",  # 知更鸟 Begin
        f"{SINGLE} .post-content",
        f"{SINGLE} .article-content",  # 大前端 DUX
    ),
    info=(".entry-header .entry-meta", ".entry-meta", ".article-meta", ".post-meta", ".wp-block-post-date"),
    junk=(
        ".sharedaddy",
        ".jp-relatedposts",
        ".yarpp-related",
        ".addtoany_share_save_container",
        ".post-navigation",
        ".wp-block-buttons",
        ".wp-block-file__button",
        ".wp-block-post-navigation-link",
        ".post-copyright",
        ".article-copyright",
        ".entry-copyright",
        ".article-tags",
        ".post-tags",
        ".post-actions",
        "#toc_container",
        "#ez-toc-container",
    ),
    meta_date=("article:published_time",),
)

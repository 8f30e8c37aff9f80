"""Drupal 7 to 10: the body is a field, its class says so. Blocks and the teasers of a list have such a field too."""

from crawler.pages.families.family import Family

WHOLE = ":not([class*=teaser])"  # a node shown by itself; of a list it is `node--view-mode-teaser`, `node-teaser` in Drupal 7

DRUPAL = Family(
    name="drupal",
    label="Drupal",
    # Not "/sites/default/files/": an ordinary page may show a picture from a Drupal site.
    marks=(
        "Drupal.settings",
        "drupal-settings-json",
        'content="Drupal',
        "data-drupal-",
        "/misc/drupal.js",
        "/sites/default/files/css/",
        "/sites/all/themes/",
        "/sites/all/modules/",
    ),
    article_url=r"/node/\d+$",
    list_url=r"[?&]page=\d+$",
    title=("h1#page-title", "h1.page-title", "h1.page-header", "h1.title", ".page-header h1"),
    body=(
        # With the picture of the standard article type, which is a field beside the body.
        f".node{WHOLE} .node__content:has(> .field--name-body)",
        f".node{WHOLE} > .content:has(> .field-name-body)",
        f".node{WHOLE} .field--name-body",
        f".node{WHOLE} .field-name-body",
        f"article{WHOLE} .field--name-body",
        f".node{WHOLE} .node__content",
        f".node{WHOLE} > .content",
    ),
    info=(f".node{WHOLE} .node__submitted", f".node{WHOLE} .node__meta", f".node{WHOLE} .submitted"),
    junk=(
        ".links",
        ".node__links",
        ".field--label-above",
        ".field--label-inline",
        ".field-label-above",
        ".field-label-inline",
        ".field--name-comment",
        ".comment-wrapper",
        ".field--name-field-tags",
        ".field-name-field-tags",
        ".book-navigation",
    ),
    meta_date=("article:published_time",),
)

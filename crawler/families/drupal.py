"""Drupal 7 to 10: the body is a field, its class says so."""

from crawler.families.family import Family

DRUPAL = Family(
    name="drupal",
    label="Drupal",
    marks=("Drupal.settings", "drupal-settings-json", 'content="Drupal', "/sites/default/files/"),
    article_url=r"/node/\d+$",
    list_url=r"[?&]page=\d+$",
    title=("#page-title", ".page-title", ".page-header"),
    body=(".field--name-body", ".field-name-body", ".node__content", ".node .content"),
    info=(".node__submitted", ".submitted", ".field--name-created"),
    junk=(".links", ".node__links", ".field--name-field-tags"),
)

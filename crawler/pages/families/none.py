"""No CMS: what reads a page by the general rules alone, as that of a CMS nobody has described. Never recognised, only asked for."""

from crawler.pages.families.family import Family

NONE = Family(name="none", label="no CMS", marks=(), article_url="(?!)")

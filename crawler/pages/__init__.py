"""Pages: bytes -> Reading. Pure: no network, no clock, no database; lxml trees never leave this package.

`families` are the rules of one CMS each, `extraction` finds the article of a page, `discovery` its links, `reading` puts them together.
"""

"""The archive on disk: documents as front-matter Markdown, and their media. No SQLite, no Scrapy, no network.

`frontmatter.dump` makes the bytes of a document, `layout` says where they stand, `files.write_all` puts them there so that a crash never
leaves half a file.
"""

from crawler.archive.files import remove, sweep, write_all
from crawler.archive.frontmatter import body_of, dump, link_media, load, mark
from crawler.archive.layout import article_path, version_path

__all__ = [
    "article_path",
    "body_of",
    "dump",
    "link_media",
    "load",
    "mark",
    "remove",
    "sweep",
    "version_path",
    "write_all",
]

"""`scrapy import`: the files of older mirrors. Scrapy names a command after its module, which no statement can import."""

from crawler.mirrors.command import ImportCommand


class Command(ImportCommand):
    """Defined here, where Scrapy looks for it."""

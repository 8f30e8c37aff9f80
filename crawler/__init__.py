"""An archive of Chinese university news: crawl, keep the evidence, extract, deduplicate, catalogue."""

__version__ = "0.1.0"

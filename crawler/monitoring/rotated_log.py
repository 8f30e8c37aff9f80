"""The log on the disk, which is bounded."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.monitoring import progress


@contextmanager
def rotating_log(settings: BaseSettings) -> Iterator[None]:
    """Write the log to LOG_ROTATED as well, if it is set: a new file after LOG_ROTATED_BYTES, LOG_ROTATED_KEPT old ones kept.

    OSError if the file cannot be opened; a disk that fills up later costs log lines, not the run.
    """
    name = settings.get("LOG_ROTATED")
    if not name:
        yield
        return
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        file,
        maxBytes=settings.getint("LOG_ROTATED_BYTES"),
        backupCount=max(1, settings.getint("LOG_ROTATED_KEPT")),  # with none the file would not be rotated at all
        encoding="utf-8",
    )
    level = logging.getLevelNamesMapping()[settings.get("LOG_LEVEL")]
    handler.addFilter(lambda record: record.levelno >= level or record.name == progress.__name__)
    handler.setFormatter(logging.Formatter(settings.get("LOG_FORMAT"), settings.get("LOG_DATEFORMAT")))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()

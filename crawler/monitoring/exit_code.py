"""How a run ends, as a number for whoever started it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What `scrapy crawl news` answers. 1 is Scrapy's own (it could not start), 2 a mistake in the command or a site file."""

    WELL = 0
    SOME_SITES_FAILED = 3  # a site gave no usable page
    NOTHING_ARCHIVED = 4  # the archive holds no document of any site of the run
    LOCKED = 5  # another run holds the archive
    STORAGE_FAILED = 6  # the disk is full or nearly so, or the catalog cannot be written
    ATTENTION = 7  # something is missing or looks wrong: a list with a gap, a missed expectation, a changed layout
    STOPPED = 143  # by SIGTERM or Ctrl-C; 128 + SIGTERM, what a shell says of a process that SIGTERM ended by itself


MEANINGS = {
    ExitCode.WELL: "all well",
    ExitCode.SOME_SITES_FAILED: "some sites gave no usable page",
    ExitCode.NOTHING_ARCHIVED: "nothing was archived",
    ExitCode.LOCKED: "another run holds the archive",
    ExitCode.STORAGE_FAILED: "the archive could not be written",
    ExitCode.ATTENTION: "something is missing or looks wrong",
    ExitCode.STOPPED: "told to stop, all that was fetched is kept",
}

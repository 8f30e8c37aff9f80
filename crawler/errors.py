"""Deliberate errors: what a user or a caller is told when something is wrong.

Every message says what failed, on what, what was expected and what to do. Nothing here is raised for a bad page:
a bad page is a Visit with an outcome and a reason (`crawler/items/terms.py`).
"""

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from unicodedata import normalize

# What to do about what the system refuses.
ADVICE = {
    errno.EACCES: "; may this user write there?",
    errno.EPERM: "; may this user write there?",
    errno.EROFS: "; choose a place that can be written",
    errno.ENOSPC: "; make room on the disk",
    errno.EDQUOT: "; make room on the disk",
    errno.ENOENT: "; is it written correctly?",
    errno.ENOTDIR: "; a part of this path is a file",
    errno.EISDIR: "; expected a file",
    errno.EEXIST: "; choose another name",
    errno.ENAMETOOLONG: "; choose a shorter name",
}


class CrawlerError(Exception):
    """The root of every error this package raises on purpose."""


class SiteError(CrawlerError):
    """A site definition cannot be used: `SiteError("seeds/pku.yaml", "lists[2]", "expected …")`."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file, self.key, self.problem = file, key, problem


class ScopeError(CrawlerError):
    """A URL the user gave cannot be crawled: not http(s), no host, or outside every named site."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(f"{url}: {problem}")
        self.url, self.problem = url, problem


class RunLockedError(CrawlerError):
    """Another run holds the archive."""


class ScheduleError(CrawlerError):
    """What is to be a schedule is none."""


class CatalogError(CrawlerError):
    """The catalog file cannot be opened, or was written by a newer release."""


class CorrectionError(CrawlerError):
    """The corrections of the operator cannot be understood."""


class CollectionError(CrawlerError):
    """What a reader asks of a collection cannot be done."""


class ContentEncodingError(CrawlerError):
    """A body cannot be had without its Content-Encoding."""


class BodyTooLargeError(ContentEncodingError):
    """A body is larger, unpacked, than was asked for."""


class EvidenceError(CrawlerError):
    """A WARC file cannot be read or written."""


class MirrorError(CrawlerError):
    """A file of a mirror cannot be read: `MirrorError(line, problem)`."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line, self.problem = line, problem


class ExtractionError(CrawlerError):
    """A page cannot be read at all (no bytes, not a text, too deep)."""


class ReaderError(CrawlerError):
    """No worker process starts that could read what was fetched."""


class BackupError(CrawlerError):
    """A backup cannot be made or restored."""


class TakedownError(CrawlerError):
    """A document cannot be withheld, or given back."""


class RebuildError(CrawlerError):
    """The evidence does not make the archive again, or not all of it: nothing is put in its place."""


class ScaleError(CrawlerError):
    """What several machines share, PostgreSQL and the object store, cannot be used: not named, refused, of another release."""


class UnreachableError(ScaleError):
    """PostgreSQL or the object store does not answer: what was asked may work later."""


class BlobError(ScaleError):
    """A blob of the object store is missing, or is not what its name says."""


class ShardHeldError(ScaleError):
    """Somebody else has taken a shard."""


class FencedError(ScaleError):
    """A shard was taken by another since: nothing that the former holder has of it may be published."""


def reason(error: OSError) -> str:
    """Return what the system refused, on which file, and what to do about it where that is known."""
    what = error.strerror or str(error)
    advice = ADVICE.get(error.errno or 0, "")
    return f"{error.filename}: {what}{advice}" if error.filename else f"{what}{advice}"


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """Return "; did you mean 'lists'?", or "" where nothing allowed is similar."""
    near = likeliest(word, allowed)
    return f"; did you mean {near!r}?" if near else ""


def likeliest(word: str, allowed: Iterable[str]) -> str | None:
    """Return which of the words allowed is meant; capitals, full-width signs and what stands around a word count for nothing."""
    folded = {_folded(name): name for name in allowed}
    near = get_close_matches(_folded(word), folded, n=1)
    return folded[near[0]] if near else None


def _folded(word: str) -> str:
    return normalize("NFKC", word).casefold().strip(" \"'“”‘’《》「」,，。")

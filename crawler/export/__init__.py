"""Exports: selected documents in the formats of others. Reads the archive, also while a crawl writes it; writes elsewhere.

One module a format, each a function that writes documents under a target; `export` puts what it wrote in place when it is whole.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from crawler.errors import CrawlerError
from crawler.export import bag, corpus, document, feeds, parquet, tree, wacz
from crawler.export.document import Job, write_lines

__all__ = ["FORMATS", "ExportError", "Job", "export", "write_lines"]

# Format -> what writes it to a file or folder that is not there yet, and how many documents that were.
FORMATS: Mapping[str, Callable[[Job, Path], int]] = {
    "jsonl": document.write_jsonl,
    "parquet": parquet.write,
    "hugo": tree.write_hugo,
    "hexo": tree.write_hexo,
    "atom": feeds.write_atom,
    "jsonfeed": feeds.write_json,
    "bagit": bag.write,
    "corpus": corpus.write,
    "wacz": wacz.write_wacz,
    "cdxj": wacz.write_cdxj,
}


class ExportError(CrawlerError):
    """An export cannot be written where or how it was asked for."""


def export(job: Job, form: str, target: Path, *, replace: bool = False) -> int:
    """Write the export and return how many documents it holds; `target` appears when it is whole.

    Raises ExportError where something stands there already and may not be replaced, OSError (disk).
    """
    place = target.resolve()
    _check_is_apart(target, place, job.root)
    if place.exists() and not replace:
        raise ExportError(f"{target}: there is something already; choose another --to, or --force")
    partial = place.with_name(f"{place.name}.partial")
    _clear(partial)
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        number = FORMATS[form](job, partial)
        _clear(place)
        partial.rename(place)
    finally:
        _clear(partial)
    return number


def _check_is_apart(target: Path, place: Path, root: Path) -> None:
    """Raise ExportError where an export would stand in the archive, or would replace a folder that we stand in."""
    if place.is_relative_to(root.resolve()):
        raise ExportError(f"{target}: is inside the archive {root}; choose a place outside")
    if root.resolve().is_relative_to(place):
        raise ExportError(f"{target}: holds the archive {root}; choose a place outside")
    if Path.cwd().is_relative_to(place):
        raise ExportError(f"{target}: holds the folder you are in; name one that is not there yet")


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

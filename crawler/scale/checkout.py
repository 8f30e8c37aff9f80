"""An archive is made of a manifest: every blob compared with its name, and nothing asked of the store that the disk has already."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from hashlib import file_digest
from pathlib import Path

from crawler.archive.layout import OWNER_FILE, is_private
from crawler.backup.copying import make_folder
from crawler.backup.restoring import WRITABLE
from crawler.scale.local import PARTIAL
from crawler.scale.manifest import Manifest, ShardFile
from crawler.scale.store import BlobStore

AT_ONCE = 16  # files at a time


def check_out(store: BlobStore, manifest: Manifest, target: Path) -> int:
    """Write the archive of a manifest in the place of what is there, which it uses where it is the same; return how many bytes were fetched.

    It takes its place when it is whole. BlobError, UnreachableError, OSError: what was there still is.
    """
    partial = target.with_name(target.name + PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for path in manifest.files:
        make_folder(partial, path)

    def bring(path: str) -> int:
        return _bring(store, path, manifest.files[path], partial, target)

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            fetched = sum(pool.map(bring, manifest.files))
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    os.sync()
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return fetched


def _bring(store: BlobStore, path: str, file: ShardFile, partial: Path, held: Path) -> int:
    """Bring one file to its place: from the disk if it is there as it should be, else from the store; return how many bytes were fetched."""
    if _is_same(held / path, file):
        os.link(held / path, partial / path)
        return 0
    with (partial / path).open("xb") as target:
        for part in file.parts:
            store.copy(part.blob, target)
    (partial / path).chmod(OWNER_FILE if is_private(path) else WRITABLE)
    return file.size


def _is_same(path: Path, file: ShardFile) -> bool:
    try:
        with path.open("rb") as held:
            return (
                os.fstat(held.fileno()).st_size == file.size and file_digest(held, "sha256").hexdigest() == file.digest
            )
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False

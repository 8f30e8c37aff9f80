"""One file at a time into a backup: linked to the backup before where it is the same, else copied, its digest taken on the way."""

import errno
import os
import shutil
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from crawler.archive.layout import EVIDENCE, OWNER_FILE, OWNER_FOLDER, WITHHELD, is_private
from crawler.warc import whole_bytes

CHUNK = 1 << 20  # bytes read at a time
UNREADABLE = {
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.EISDIR,
    errno.ENXIO,
}  # what is the fault of one file: no right, a link, none
READ_ONLY = 0o444  # one file stands in many backups: whoever edits it edits all


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file that a catalog points to, and what it says of it."""

    path: str  # relative to the archive
    digest: str | None = None  # SHA-256, hex; None: the catalog does not know it
    last_record: int | None = None  # of evidence: byte where the last record begins that the catalog knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A file that is not what the catalog says, in the archive and in the backup before."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The backup before."""

    folder: Path
    digests: dict[str, str]


@dataclass(slots=True, kw_only=True)
class Copied:
    """What is in a backup so far. Copies; decides neither what nor when."""

    root: Path
    folder: Path
    earlier: Earlier | None = None
    digests: dict[str, str] = field(default_factory=dict)  # path -> SHA-256, hex
    copied: int = 0  # files
    linked: int = 0
    bytes_copied: int = 0

    def take(self, wanted: Wanted) -> Fault | None:
        """Bring one file into the backup, unless it is there; return what is wrong with it."""
        held = self.digests.get(wanted.path)
        if held is not None and self._serves(wanted, held):
            return None
        try:
            if not self._link(wanted):
                self._copy(wanted)
        except FileNotFoundError:
            return Fault(path=wanted.path, problem="the catalog points to it, and it is missing")
        except OSError as error:
            if error.errno not in UNREADABLE:
                raise
            return Fault(path=wanted.path, problem=f"cannot be read: {error.strerror}")
        if wanted.digest and self.digests[wanted.path] != wanted.digest:
            return Fault(path=wanted.path, problem=f"is not what the catalog says: expected sha256 {wanted.digest}")
        if wanted.last_record is not None and (self.folder / wanted.path).stat().st_size <= wanted.last_record:
            return Fault(
                path=wanted.path, problem=f"ends before the record at {wanted.last_record} that the catalog knows"
            )
        return None

    def keep_only(self, paths: set[str]) -> None:
        """Take out of the backup what the catalog no longer points to."""
        for path in self.digests.keys() - paths:
            (self.folder / path).unlink()
            del self.digests[path]

    def _serves(self, wanted: Wanted, held: str) -> bool:
        if wanted.last_record is not None:
            return (self.folder / wanted.path).stat().st_size > wanted.last_record
        return wanted.digest is None or wanted.digest == held

    def _link(self, wanted: Wanted) -> bool:
        """Link to the file of the backup before if it is the same; return whether it is, and the file system can."""
        if self.earlier is None or (digest := self.earlier.digests.get(wanted.path)) is None:
            return False
        before = self.earlier.folder / wanted.path
        if not (digest == wanted.digest if wanted.digest else _is_same(self.root / wanted.path, before)):
            return False
        target = self._place(wanted.path)
        try:
            os.link(before, target)
        except OSError:  # another file system, one without links, or too many of them
            return False
        target.chmod(_mode(wanted.path))
        self.digests[wanted.path] = digest
        self.linked += 1
        return True

    def _copy(self, wanted: Wanted) -> None:
        source, target = self.root / wanted.path, self._place(wanted.path)
        end = _end(source, wanted)
        try:
            self.digests[wanted.path] = copy_file(source, target, end)
        except OSError:
            self.digests.pop(wanted.path, None)
            raise
        target.chmod(_mode(wanted.path))
        self.copied += 1
        self.bytes_copied += target.stat().st_size

    def _place(self, path: str) -> Path:
        """Return where a file goes, with nothing there."""
        target = self.folder / path
        make_folder(self.folder, path)
        target.unlink(missing_ok=True)
        return target


def make_folder(root: Path, path: str) -> None:
    """Make the folder for a file of an archive, or of a backup; what is withheld is the operator's alone."""
    folder = (root / path).parent
    if is_private(path):
        (root / WITHHELD).mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def copy_file(source: Path, target: Path, end: int | None = None) -> str:
    """Copy a file with its times, up to a byte; return the SHA-256 of what was copied, in hex."""
    digest, left = sha256(), end
    with open(source, "rb", opener=_open_plain) as file, target.open("xb") as copy:
        while chunk := file.read(CHUNK if left is None else min(CHUNK, left)):
            digest.update(chunk)
            copy.write(chunk)
            left = None if left is None else left - len(chunk)
    shutil.copystat(source, target)
    return digest.hexdigest()


def _open_plain(path: str, flags: int) -> int:
    """Open a file, no link to one, and wait for nobody: a pipe in its place has no bytes."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _mode(path: str) -> int:
    return READ_ONLY & OWNER_FILE if is_private(path) else READ_ONLY


def _end(source: Path, wanted: Wanted) -> int | None:
    """Return where to cut evidence that may be growing: after a whole member. What it holds beyond the catalog, the next run fetches again."""
    if not wanted.path.startswith(f"{EVIDENCE}/"):
        return None
    start = wanted.last_record or 0
    return whole_bytes(source, start if source.stat().st_size > start else 0)


def _is_same(source: Path, before: Path) -> bool:
    """Return whether neither size nor time of a file differ from its copy: for what has no digest in the catalog."""
    try:
        now, then = source.stat(), before.stat()
    except FileNotFoundError:
        return False
    return (now.st_size, now.st_mtime_ns) == (then.st_size, then.st_mtime_ns)

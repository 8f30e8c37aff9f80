"""Archives that released code made of the campus, packed; and the campus as it stood when it was last asked."""

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from tests.campus import Campus
from tests.campus.stories.webplus import NEWS, RESEARCH

HERE = Path(__file__).parent
PORT = 18642  # its addresses stand in the archives, so it cannot be any free one
LOCK = Path(tempfile.gettempdir()) / f"campus-{PORT}.lock"  # two checkouts that test at one time take turns
CRAWLS = tuple(datetime(2026, 11, day, 3, tzinfo=UTC) for day in (1, 6, 12))  # when the archives were made …
LATER = datetime(2027, 1, 20, 3, tzinfo=UTC)  # … and a time when everything in them is due again
EDITED, WITHHELD, GONE = NEWS[0].path, NEWS[1].path, RESEARCH[3].path


def packed() -> list[Path]:
    return sorted(HERE.glob("*.tar.xz"))


def unpack(file: Path, folder: Path) -> Path:
    """Return the archive, taken out of its package."""
    with tarfile.open(file) as package:
        if hasattr(tarfile, "data_filter"):
            package.extractall(folder, filter="data")
        else:  # Python 3.11.2, of Debian 12
            package.extractall(folder)
    return folder / "archive"


@contextmanager
def campus(*, is_changed: bool = True) -> Iterator[Campus]:
    """Serve the campus whose addresses the archives hold, before or after an article was edited and another removed."""
    with FileLock(LOCK, timeout=300), Campus(port=PORT, validators=True) as served:
        if is_changed:
            change(served)
        yield served


def change(served: Campus) -> None:
    page = served.pages["webplus", EDITED]
    served.pages["webplus", EDITED] = replace(page, body=page.body.replace("八所小学".encode(), "九所小学".encode()))
    del served.pages["webplus", GONE]

"""`python -m tests.archives CHECKOUT NAME`: make `NAME.tar.xz` with the code of another checkout; see README.md beside this file."""

import os
import subprocess
import sys
import tarfile
import tempfile
from datetime import timedelta
from pathlib import Path

from tests.archives import CRAWLS, HERE, WITHHELD, campus, change
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import environment
from tests.mirror_files import cut_word


def main(checkout: Path, name: str) -> None:
    with tempfile.TemporaryDirectory() as made, campus(is_changed=False) as served:
        folder = Path(made)
        write_seeds(folder / "seeds", served.port)
        (folder / "old.md").write_bytes(cut_word())
        _scrapy(checkout, folder, 0, "crawl", "news", "-a", "site=webplus,enorth")
        change(served)
        _scrapy(checkout, folder, 1, "crawl", "news", "-a", "site=webplus", "-a", "full=1")
        _scrapy(checkout, folder, 2, "crawl", "news", "-a", "site=webplus")
        _scrapy(checkout, folder, 2, "import", "old.md", hours=1)
        _scrapy(
            checkout, folder, 2, "withhold", served.url("webplus", WITHHELD), "--reason", "asked by its author", hours=2
        )
        with tarfile.open(HERE / f"{name}.tar.xz", "w:xz", preset=9) as package:
            package.add(folder / "archive", "archive", filter=_anonymous)


def _scrapy(checkout: Path, folder: Path, crawl: int, *arguments: str, hours: int = 0) -> None:
    settings = {
        "ARCHIVE_DIR": "archive",  # relative: where it was made is nobody's business
        "SEEDS_DIR": "seeds",
        "CLOCK": "tests.simulated.clock",
        "READER_PROCESSES": 1,
    }
    given = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
    now = CRAWLS[crawl] + timedelta(hours=hours)
    told = {"PYTHONPATH": os.fspath(checkout), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    ended = subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments, *given],
        cwd=folder,
        env={**environment(), **told, "SIMULATED_NOW": now.isoformat()},
        check=False,
    )
    if ended.returncode not in (0, 7):  # 7: a site showed fewer articles than before
        raise SystemExit(ended.returncode)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Return a member without its owner; of the lock nothing."""
    if member.name.endswith((".lock", "-wal", "-shm")):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = int(CRAWLS[-1].timestamp())
    return member


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])

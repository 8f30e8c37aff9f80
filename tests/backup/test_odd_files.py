"""What stands in an archive beside what its catalog knows: no link leads out of it, and one odd file costs one file."""

import os
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from crawler.backup import backup, restore
from tests import hostile

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
MOMENTS = count()


def clock() -> datetime:
    return NOW + timedelta(seconds=next(MOMENTS))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    hostile.build(root)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (root / "reports").mkdir()
    (root / "reports" / "link.html").symlink_to(outside / "secret.txt")
    (root / "reports" / "folder").symlink_to(outside)
    (root / "elsewhere").symlink_to(outside)
    os.mkfifo(root / "reports" / "pipe")
    (root / "reports" / "run.json").write_text("{}")
    withheld = root / "withheld" / "media" / "aa"
    withheld.mkdir(parents=True)
    (root / "withheld" / f"{'0' * 32}.json").write_text("{}")
    (withheld / "a.jpg").write_text("x")
    return root


def test_no_link_leads_out_of_an_archive(root: Path, tmp_path: Path) -> None:
    (medium,) = [path for path in (root / "media").rglob("*") if path.is_file()]
    medium.unlink()
    medium.symlink_to(tmp_path / "outside" / "secret.txt")
    made = backup(root, tmp_path / "backups", clock=clock, pauses=())
    assert [fault.path for fault in made.faults] == [str(medium.relative_to(root))]
    files = {str(path.relative_to(made.folder)): path for path in made.folder.rglob("*") if path.is_file()}
    assert "reports/run.json" in files
    assert not [name for name, path in files.items() if path.is_symlink() or path.read_bytes() == b"secret"]


def test_names_that_no_manifest_can_hold_are_told_of(root: Path, tmp_path: Path) -> None:
    (root / "reports" / "a\nb").write_text("x")
    Path(os.fsdecode(os.fsencode(root) + b"/reports/\xff")).write_text("x")
    made = backup(root, tmp_path / "backups", clock=clock, pauses=())
    assert sorted(fault.path for fault in made.faults) == ["reports/\\udcff", "reports/a\\nb"]
    assert restore(tmp_path / "backups", tmp_path / "restored").faults == ()


def test_what_is_withheld_stays_the_operators_alone(root: Path, tmp_path: Path) -> None:
    first = backup(root, tmp_path / "backups", clock=clock, pauses=())
    second = backup(root, tmp_path / "backups", clock=clock, pauses=())
    restore(tmp_path / "backups", tmp_path / "restored")
    for folder in (first.folder, second.folder, tmp_path / "restored"):
        assert (folder / "withheld").stat().st_mode & 0o077 == 0
        files = [path for path in (folder / "withheld").rglob("*") if path.is_file()]
        assert len(files) == 2
        assert not [path for path in files if path.stat().st_mode & 0o077]

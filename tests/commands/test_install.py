"""The wheel, installed outside of the checkout: the commands are called campus-archive, and work in a folder of their own."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests import scrapy_process
from tests.campus import Campus
from tests.campus.seed_files import write_seeds
from tests.crawl_harness import PROJECT, environment


def run(*words: str | Path, cwd: Path) -> str:
    """Run a command that must end well; return what it printed."""
    ours = {"SCRAPY_SETTINGS_MODULE", "ARCHIVE_DIR", "SEEDS_DIR", "PYTHONPATH"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive, built without the network."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "--directory", folder, cwd=PROJECT)
    return folder


def installed(wheel: Path, folder: Path) -> Path:
    """Return the command of a wheel that is alone in an environment, beside the libraries of this one."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(packages)
    command = folder / "bin" / "campus-archive"
    command.write_text(
        f"#!{folder}/bin/python\nfrom crawler.console import main\nif __name__ == '__main__':\n    main()\n"
    )
    command.chmod(0o755)
    return command


def test_a_wheel_makes_a_folder_crawls_and_verifies(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    command = installed(wheel, tmp_path / "environment")
    run(command, "init", "lake", "--contact", "archive@lake.example", cwd=tmp_path)
    lake = tmp_path / "lake"
    with Campus() as campus:
        write_seeds(lake / "seeds", campus.port)
        told = run(command, "crawl", "news", "-a", f"url={campus.url('vsb', '/info/1012/2301.htm')}", cwd=lake)
    assert "all well (exit code 0)" in told
    assert "no fault" in run(command, "verify", cwd=lake / "seeds"), "also below the folder"
    version = run(command, "version", cwd=lake)
    assert f"archive:    {lake}/archive\n" in version
    assert "archive@lake.example" in version
    assert f"program:    {tmp_path}/environment" in version


def test_wheel_and_source_archive_hold_the_same_package(built: Path) -> None:
    (wheel,), (source,) = built.glob("*.whl"), built.glob("*.tar.gz")
    package = {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "crawler").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("crawler/")} == package
    with tarfile.open(source) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert names >= package | {"pyproject.toml", "README.md", "README.zh-CN.md", "LICENSE", "docs/settings.md"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_every_command(shell: str) -> None:
    done = scrapy_process.run("completion", shell, env=environment())
    assert done.returncode == 0, done
    for name in ("crawl", "verify", "init", "shell"):
        assert name in done.stdout
    assert "repair" in done.stdout

"""`scrapy version`: which program this is, where it looks, and how to report a fault."""

import argparse
import platform
from pathlib import Path

import scrapy
from scrapy.commands.version import Command as VersionCommand

from crawler import __version__
from crawler.archive.layout import CATALOG
from crawler.sites import read_sites
from crawler.terminal import ArchiveCommand, echo


class Command(ArchiveCommand, VersionCommand):
    """Scrapy's own, after what concerns an archive."""

    requires_project = False
    default_settings = VersionCommand.default_settings

    def short_desc(self) -> str:
        return "Print the version, where archive and site files are looked for, and how to report a fault"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        root, seeds = Path(self.settings["ARCHIVE_DIR"]), Path(self.settings["SEEDS_DIR"])
        sites, problems = read_sites(seeds)
        catalog = "" if (root / CATALOG).is_file() else " (no catalog yet)"
        echo(f"campus-archive {__version__}, Scrapy {scrapy.__version__}, Python {platform.python_version()}")
        echo(f"program:    {Path(__file__).parents[1]}")
        echo(f"archive:    {root.resolve()}{catalog}")
        held = f"{len(sites)} sites, {len(problems)} problems" if seeds.is_dir() else "no such folder yet"
        echo(f"site files: {seeds.resolve()} ({held})")
        echo(f"user agent: {self.settings['USER_AGENT']}")
        echo("To report a fault, send these lines, the command, what it printed, and one URL where it happens.")
        if opts.verbose:
            super().run(args, opts)

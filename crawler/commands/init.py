"""`campus-archive init`: a folder with an archive, site files and settings of its own."""

import argparse
import re
import sys
from pathlib import Path

from scrapy.exceptions import UsageError

from crawler.terminal import ArchiveCommand

CONTACT = re.compile(r"https?://[^\s()<>]+|[^\s()<>@]+@[^\s()<>@]+\.[^\s()<>@]+")
ASKED = "Who can be reached about this crawl? A web page or an e-mail address, sent with every request: "
CONFIGURATION = "# In this folder and below it, `campus-archive` and `scrapy` work on this archive.\n[settings]\ndefault = archive_settings\n"
SETTINGS = '''"""The settings of this archive. What does not stand here is as the program has it: `campus-archive settings --get NAME`."""

import os
from pathlib import Path

from crawler.settings import *

_here = Path(__file__).parent
ARCHIVE_DIR = str(_here / os.environ.get("ARCHIVE_DIR", "archive"))
SEEDS_DIR = str(_here / os.environ.get("SEEDS_DIR", "seeds"))

# Who asks: sent with every request.
USER_AGENT = os.environ.get("CRAWLER_USER_AGENT", f"{BOT_NAME} (+%s; archive of university news)")
'''
NEXT = """{folder} is ready. Next:
    cd {folder}
    campus-archive crawl news -a url=https://news.example.edu.cn/info/1135/70226.htm    # one article of your site
    campus-archive browse
Site files go to seeds/, one a site; `campus-archive sites --suggest NAME` tells what is known of a university."""


class Command(ArchiveCommand):
    """Make the folder; nothing that is there is written over."""

    requires_project = False

    def syntax(self) -> str:
        return "FOLDER [--contact PAGE_OR_ADDRESS]"

    def short_desc(self) -> str:
        return "Make a folder for an archive, with its site files and settings"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}: scrapy.cfg, archive_settings.py, seeds/ and archive/. The contact is asked for on a terminal. "
            "Exit code: 0 done; 1 it could not be written; 2 a mistake in the command, or there is an archive already."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--contact", metavar="PAGE_OR_ADDRESS", help="where whoever is crawled can reach you")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("expected one folder: campus-archive init my-archive", print_help=False)
        folder = Path(args[0])
        if (folder / "scrapy.cfg").exists():
            raise UsageError(f"{folder}: has a scrapy.cfg already; nothing was changed", print_help=False)
        contact = opts.contact
        if contact is None and sys.stdin.isatty():
            contact = input(ASKED)
        if not CONTACT.fullmatch(contact or ""):
            raise UsageError("--contact: expected a web page (https://…) or an e-mail address", print_help=False)
        for name in ("archive", "seeds"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "archive_settings.py").write_text(SETTINGS % contact, encoding="utf-8")
        (folder / "scrapy.cfg").write_text(CONFIGURATION, encoding="utf-8")
        print(NEXT.format(folder=folder))

"""How a run begins in the catalog: its row, its sites, their seeds. The same whether it crawls or is made again from its evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from crawler.catalog import group
from crawler.catalog.tables import links, runs
from crawler.catalog.tables import sites as site_rows
from crawler.items import Site
from crawler.pages.discovery import seed_links
from crawler.urls import former_origins


def register(db: Database, run: str, sites: Sequence[Site], *, started: datetime, arguments: Mapping[str, str]) -> None:
    """Write the row of a run, its sites and their seeds; the links of hosts that a site left go with it."""
    with group(db):
        runs.start(db, run, started=started, arguments=arguments)
        for site in sites:
            site_rows.save(db, site, now=started)
            for old, new in former_origins(site):
                links.move(db, site.key, old=old, new=new)
            links.add(db, site.key, seed_links(site), found=started, found_on=None)

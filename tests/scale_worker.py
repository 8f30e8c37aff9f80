"""A worker as a process of its own, whose crawls may be another command."""

import asyncio
from pathlib import Path

from crawler.clock import utc_now
from crawler.scale.child import Nursery
from crawler.scale.machine import Machine
from crawler.scale.tasks import COMMANDS, Crew, Rhythm
from crawler.scale.working import work, worker_name
from tests.programs import LOADED, execute


def main(database: str, store: str, folder: str, lease: str, slots: str, *command: str) -> int:
    with Machine.open(database, store, Path(folder), utc_now) as machine:
        crew = Crew(
            machine=machine,
            name=worker_name(),
            rhythm=Rhythm(lease=float(lease), publish=3),
            settings=() if command else ("-s", "READER_PROCESSES=1", "-s", "MEDIA_ENABLED=0"),
            commands={"crawl": command} if command else COMMANDS,
            nursery=Nursery(execute, LOADED) if command else Nursery(),
        )
        return asyncio.run(work(crew, int(slots), until_done=True))

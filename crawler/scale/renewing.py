"""A lease is renewed while its shard is being worked on, and given up in time where that cannot be."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from crawler.errors import ScaleError
from crawler.scale.database import SharedDatabase, leases
from crawler.scale.database.leases import Lease

BEATS = 6  # in the time of a lease
LAST = 4  # of them: without an answer until then, or to one more question, who works is told, and has a last one to end
ASKING = ThreadPoolExecutor(4, "renewal")
"""Asks PostgreSQL for all leases, and does nothing else: archives that are published or brought keep other threads busy for minutes."""


@dataclass(slots=True)
class Renewal:
    """Whether a lease is ours. It is lost as soon as PostgreSQL says so, or has not answered for two thirds of it."""

    database: SharedDatabase
    lease: Lease
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""

    async def keep(self) -> None:
        """Renew the lease until it is lost."""
        assert self.lease.seconds is not None, "taken by hand"
        beat, loop = self.lease.seconds / BEATS, asyncio.get_running_loop()
        answered = loop.time()
        while not self.lost.is_set():
            await asyncio.sleep(beat)
            asked = loop.time()
            try:
                # A machine that is gone says so to nobody: an answer is not waited for without end.
                seconds = max(beat, answered + LAST * beat - asked)
                is_ours = await asyncio.wait_for(loop.run_in_executor(ASKING, self._renew), seconds)
            except (ScaleError, TimeoutError) as error:
                if loop.time() >= answered + LAST * beat:
                    self.lose(f"the lease could not be renewed: {str(error) or 'PostgreSQL does not answer'}")
            else:
                answered = asked
                if not is_ours:
                    self.lose("taken by another since")

    def lose(self, why: str) -> None:
        """Say that the lease is not ours any more."""
        self.why = self.why or why
        self.lost.set()

    def _renew(self) -> bool:
        with self.database.transaction() as db:
            return leases.renew(db, self.lease)

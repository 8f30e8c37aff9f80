"""A lease is renewed while its shard is being worked on, and given up in time where that cannot be."""

import asyncio
import time
from dataclasses import dataclass, field

from crawler.errors import ScaleError
from crawler.scale.database import SharedDatabase, leases
from crawler.scale.database.leases import Lease

BEATS = 6  # in the time of a lease
LAST = 4  # of them: without an answer until then, who works is told, and has the rest of the lease to end


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
        answered = time.monotonic()
        while not self.lost.is_set():
            await asyncio.sleep(self.lease.seconds / BEATS)
            asked = time.monotonic()
            try:
                if not await asyncio.to_thread(self._renew):
                    self.lose("taken by another since")
                answered = asked
            except ScaleError as error:
                if time.monotonic() - answered > self.lease.seconds * LAST / BEATS:
                    self.lose(f"the lease could not be renewed: {error}")

    def lose(self, why: str) -> None:
        """Say that the lease is not ours any more."""
        self.why = self.why or why
        self.lost.set()

    def _renew(self) -> bool:
        with self.database.transaction() as db:
            return leases.renew(db, self.lease)

"""A clock for crawls in tests: `-s CLOCK=tests.simulated.clock`, with the time at its start in SIMULATED_NOW. It goes on from there."""

import os
from datetime import datetime, timedelta
from time import monotonic

STARTED = monotonic()


def clock() -> datetime:
    return datetime.fromisoformat(os.environ["SIMULATED_NOW"]) + timedelta(seconds=monotonic() - STARTED)

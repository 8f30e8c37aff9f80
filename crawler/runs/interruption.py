"""Interruption: work outside the event loop that SIGTERM ends as Ctrl-C does."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block where either signal comes: Scrapy's handlers talk to an event loop that has ended.

    For the main thread, in which Python handles signals; what is done in the block must bear to be broken off anywhere.
    """
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

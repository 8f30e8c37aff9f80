"""Telling people: which alarms are worth a message now, and the message by webhook, e-mail or whatever apprise knows.

apprise is imported only where an address is set. Telling takes a few seconds at most and never fails a run; addresses hold
secrets and are never logged.
"""

import logging
import threading
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.catalog.tables.issues import WHOLE_ARCHIVE, Alarm
from crawler.controls import UNFIT

logger = logging.getLogger(__name__)

REMIND_AFTER = timedelta(days=1)  # an alarm that stands is told again
SECONDS = 6.0  # a run that was told to stop must end within ten
MOST = 40  # lines of one message


def due(standing: Sequence[Alarm], now: datetime) -> list[Alarm]:
    """Return the alarms nobody was told of yet, or so long ago that they are told again."""
    return [alarm for alarm in standing if alarm.told is None or now - alarm.told >= REMIND_AFTER]


def notice(run: str, raised: Sequence[Alarm], over: Sequence[Alarm]) -> tuple[str, str]:
    """Return title and text of the message."""
    title = f"campus-archive: {len(raised)} alarms" if raised else "campus-archive: over"
    lines = [f"run {run}", *(shown(f"! {alarm}") for alarm in raised), *(shown(f"over: {alarm}") for alarm in over)]
    more = [f"… and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return title, "\n".join([*lines[:MOST], *more])


def tell(urls: Sequence[str], title: str, text: str) -> bool:
    """Send a message to every address; return whether all of them took it in time. Never raises."""
    taken: list[bool] = []
    thread = threading.Thread(target=_send, args=(urls, title, text, taken), name="notice", daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not taken:
        logger.error("the alarms were not told: no address took them within %.0f s", SECONDS)
    elif not taken[0]:
        logger.error("the alarms were not told to everybody: an address of ALARM_URLS is wrong or did not take them")
    return taken == [True]


def tell_failure(urls: Sequence[str], run: str, message: str) -> None:
    """Tell people at once, where the catalog cannot keep an alarm."""
    if urls:
        tell(urls, *notice(run, [Alarm(site=WHOLE_ARCHIVE, code="storage_failed", message=message)], []))


def shown(text: str) -> str:
    """Return a text of others on one line, without what only a machine would act upon. Does not escape HTML.

    Titles and addresses are whatever a publisher, or who broke into their site, wrote.
    """
    return " ".join(unicodedata.normalize("NFC", UNFIT.sub("", text.replace("\r", " "))).split())


def _send(urls: Sequence[str], title: str, text: str, taken: list[bool]) -> None:
    try:
        import apprise

        courier = apprise.Apprise()
        known = [courier.add(url) for url in urls]
        sent = courier.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT)
        taken.append(bool(sent) and all(known))
    except ImportError:
        logger.error("ALARM_URLS is set, but apprise is not installed: pip install apprise")
        taken.append(False)
    except Exception as error:  # noqa: BLE001 - whatever a service does; its message may hold the address
        logger.error("the alarms cannot be told: %s", type(error).__name__)
        taken.append(False)

"""What the settings say about watching over the runs: the disk, the alarms, the metrics, the log."""

from dataclasses import dataclass
from pathlib import Path

from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The defaults watch nothing but the run itself: for tests and for runs inside another program."""

    min_free: int = 0  # bytes that must be free for a run to begin and to go on
    alarm_urls: tuple[str, ...] = ()  # where alarms go, as apprise writes addresses: secrets
    metrics: Path | None = None  # Prometheus text file, relative to the archive unless absolute

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> "Policy":
        """Read MIN_FREE_BYTES, ALARM_URLS and METRICS_FILE."""
        metrics = settings.get("METRICS_FILE")
        return cls(
            min_free=settings.getint("MIN_FREE_BYTES"),
            alarm_urls=tuple(settings.get("ALARM_URLS", "").split()),
            metrics=Path(metrics) if metrics else None,
        )

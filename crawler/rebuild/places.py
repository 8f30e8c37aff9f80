"""Where the records stand that later ones refer to."""

from pathlib import Path

from crawler.catalog.scratch import Scratch
from crawler.errors import EvidenceError
from crawler.warc import Record


class Places:
    """Record id -> file and offset, of the responses read so far."""

    def __init__(self) -> None:
        self._places = Scratch()

    def keep(self, record_id: str, file: Path, offset: int) -> None:
        self._places[record_id] = f"{offset} {file}"

    def find(self, record_id: str, asking: Record) -> tuple[Path, int]:
        """Return file and offset of a record. EvidenceError names the one that refers to a record nobody has."""
        place = self._places.get(record_id)
        if place is None:
            raise EvidenceError(
                f"{asking.url}: its record {asking.record_id} refers to {record_id}, which stands in no file of warc/"
            )
        offset, _, file = place.partition(" ")
        return Path(file), int(offset)

    def close(self) -> None:
        self._places.close()

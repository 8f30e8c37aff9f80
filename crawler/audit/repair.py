"""What an audit found, mended from the rest of the archive. Nothing that holds information is deleted: what is replaced goes to `orphans/`.

Each repair is made by the evidence of two witnesses that agree: bytes and the digest of their row, a record and the digest it states.
Where they do not, the fault is left to a person. Afterwards everything touched is looked at again by the same checks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from crawler.audit import verify
from crawler.audit.finding import Code, Finding
from crawler.audit.job import Audit
from crawler.audit.mending import MENDERS, ORDER
from crawler.audit.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A fault, what was done about it, and whether it is gone."""

    finding: Finding
    done: str
    is_mended: bool


def repair(audit: Audit, db: Database, found: Iterable[Finding]) -> Iterator[Repaired]:
    """Mend what can be mended; yield every fault, and those that appeared on the way, when all was looked at again."""
    found = list(found)
    touched, done = set[str](), dict[tuple[Code, str], str]()
    for finding in sorted(found, key=lambda finding: ORDER.index(finding.code)):
        touched |= _touched(db, finding)
        if told := _mend(audit.root, db, finding):
            done[finding.code, finding.object] = told
        touched |= _touched(db, finding)
    left = _look_again(audit, db, touched)
    for finding in found:
        key = (finding.code, finding.object)
        yield Repaired(finding=finding, done=done.get(key, finding.advice), is_mended=key in done and key not in left)
    for key, finding in left.items():
        if key not in {(one.code, one.object) for one in found}:
            yield Repaired(finding=finding, done="it was found after the repair", is_mended=False)


def _mend(root: Path, db: Database, finding: Finding) -> str | None:
    mender = MENDERS.get(finding.code)
    if mender is None:
        return None
    with db.atomic():
        return mender(root, db, finding)


def _touched(db: Database, finding: Finding) -> set[str]:
    """Return the files to be looked at again for a fault."""
    table, _, key = finding.object.partition("/")
    if finding.code is not Code.EVIDENCE_ROW:
        return {finding.path}
    column = "id" if table == "visits" else "url"
    return {str(path) for (path,) in db.execute(f"SELECT warc FROM {table} WHERE {column} = ?", [key])}


def _look_again(audit: Audit, db: Database, touched: set[str]) -> dict[tuple[Code, str], Finding]:
    again = replace(audit, scope=Scope(among=frozenset(touched)), looked=lambda _path, _size: None)
    return {(finding.code, finding.object): finding for finding in verify(again, db)}

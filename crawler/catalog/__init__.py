"""The catalog: one SQLite file that knows every link, visit, document and run. No other files, no network, no clock; SQL stands nowhere else.

    migrations/  the tables, indexes, triggers and views, as scripts
    tables/      a module a table, or a few that hang together: its rows are written, and read back by who writes them
    queries/     what people, reports, audits and exports ask, across tables; nothing in it writes

Modules of functions that take the database first. The caller wraps the writes that belong together in one `with group(db):`, from one thread
at a time.
"""

import contextlib
import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog.schema import MIGRATIONS
from crawler.catalog.tables import texts
from crawler.errors import CatalogError

BUSY_SECONDS = 30.0  # how long a statement waits for another process that writes
PAGES = 4096  # copied at a step: 16 MB
CACHE_KIB = 32_000  # pages kept in memory: the indexes of 300,000 links
WAL_VERSIONS = b"\x02\x02"  # in bytes 18 and 19 of the file (sqlite.org/fileformat2.html, 1.3)
LOG_IS_NEEDED = "; beside it stands a log of a crawl that did not end, which is read where it can be written: run one, or mount it writable once"

__all__ = ["close_catalog", "copy_catalog", "group", "is_immutable", "open_catalog", "open_reader", "over", "reindex"]


def open_catalog(path: Path) -> Database:
    """Return the catalog, created or brought up to this release; any thread may use it, one at a time.

    It is in write-ahead mode from its first day on, and never leaves it: readers go on while we write, however long they take, and hold up
    neither a run nor its start, which a change of the mode would wait for.
    One of an earlier release is migrated: all of its pending migrations or none, and
    a copy is kept of what it was, `catalog.db.before-<first pending migration>`. That costs a read and a write of the file once a release, and
    is what to go back to where a release turns out to be a mistake. Nothing removes it; a catalog without a site has none.
    CatalogError: not a catalog, damaged, not writable, or written by a newer release.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level="IMMEDIATE")
    except (OSError, sqlite3.Error) as error:
        raise CatalogError(f"{path}: cannot be opened: {error}{_what_to_do(path, error)}") from error
    try:
        db = _prepared(connection)
        _check_release(db, path)
        db.execute("PRAGMA journal_mode = WAL").fetchall()
        _migrate(db, path)
    except sqlite3.Error as error:
        connection.close()
        raise CatalogError(f"{path}: not usable as a catalog: {error}{_what_to_do(path, error)}") from error
    except CatalogError:
        connection.close()
        raise
    return db


def close_catalog(db: Database) -> None:
    """Close the catalog: all it holds is in its one file then, unless somebody reads it just then. An empty log and its index stay beside it.

    SQLite needs both where it may not write, on a volume mounted read-only, say, and cannot make them there. It removes them with the last
    connection, if that may write: so the last one is one that only reads.
    """
    with contextlib.suppress(sqlite3.Error, CatalogError), closing(open_reader(_path(db), any_release=True)):
        db.execute("PRAGMA busy_timeout = 0")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        db.close()
    db.close()


def open_reader(path: Path, *, any_release: bool = False) -> Database:
    """Return the catalog for reading only: a write raises sqlite3.OperationalError.

    CatalogError if there is none, it cannot be read, or, unless the caller asks for what every release has, one of an earlier release.
    """
    if not path.is_file():
        raise CatalogError(f"{path}: no catalog here; {_where_instead(path.parent)}")
    mode = "immutable=1" if is_immutable(path) else "mode=ro"
    try:
        _roll_back(path)
        uri = f"{path.resolve().as_uri()}?{mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
        db = _prepared(connection)
        _check_release(db, path)
        if not db.table_names():
            raise CatalogError(
                f"{path}: is empty; `scrapy rebuild --from-evidence` makes a catalog of the evidence in warc/"
            )
        if not any_release:
            _check_is_migrated(db, path)
    except sqlite3.Error as error:
        hint = (
            LOG_IS_NEEDED
            if mode == "mode=ro" and _beside(path, "-wal").exists() and not _is_writable(path.parent)
            else _what_to_do(path, error)
        )
        raise CatalogError(f"{path}: cannot be read: {error}{hint}") from error
    return db


def over(connection: sqlite3.Connection) -> Database:
    """Return a connection that somebody else made as our functions take it."""
    return _Catalog(connection, execute_plugins=False)


def copy_catalog(db: Database, target: Path) -> None:
    """Write the catalog as it is now to another file: one file, with no log beside it.

    The read transaction around it pins the moment. Without it SQLite would begin again whenever somebody else writes (sqlite.org/backup.html),
    and never come to an end beside a crawl; in write-ahead mode it holds up nobody. Raises sqlite3.Error.
    """
    db.execute("BEGIN")
    try:
        db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
        with closing(sqlite3.connect(target)) as copy:
            db.conn.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        db.execute("ROLLBACK")


def is_immutable(path: Path) -> bool:
    """Return whether the catalog is in write-ahead mode, alone, where nothing can be written: a copy on a read-only volume.

    SQLite opens that only with the promise that nobody changes it. With a log and its index beside it these are read too.
    """
    log = _beside(path, "-wal")
    if _is_writable(path.parent) or _beside(path, "-shm").exists() or (log.exists() and log.stat().st_size):
        return False
    with path.open("rb") as file:
        return file.read(20)[18:] == WAL_VERSIONS


class _Catalog(Database):
    """Takes the right to write where a transaction begins: one that reads first is refused it at once while somebody else writes, and cannot wait."""

    amended: object = None  # what an operator corrects of it (`catalog.amended`), where that is laid over

    @contextmanager
    def atomic(self) -> Generator[Database]:
        if self.conn.in_transaction:
            with super().atomic():
                yield self
            return
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            yield self
            self.conn.execute("COMMIT")
        except BaseException:
            self.rollback()
            raise


def _where_instead(folder: Path) -> str:
    """Return what to do about a folder without a catalog."""
    if folder.is_file():
        return f"{folder} is a file; expected the folder of an archive, -s ARCHIVE_DIR={folder.parent}"
    if (folder / "archive/catalog.db").is_file():
        return f"there is one below it: -s ARCHIVE_DIR={folder / 'archive'}"
    if any(folder.glob("warc/*.warc.gz")):
        return "`scrapy rebuild --from-evidence` makes one of the evidence in warc/"
    return "`scrapy crawl news` makes one, `-s ARCHIVE_DIR=…` names another"


def _what_to_do(path: Path, error: Exception) -> str:
    """Return what to do about a catalog that cannot be used, as the end of a sentence."""
    if path.is_dir():
        return "; it is a folder; expected a file"
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return "; `scrapy rebuild --from-evidence` makes it again of the evidence in warc/, `scrapy restore` takes a backup"
    return ""


def _roll_back(path: Path) -> None:
    """Undo what a process left half written that died before the catalog was in write-ahead mode: who only reads may not."""
    if _beside(path, "-journal").exists() and _is_writable(path.parent):
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            connection.execute("SELECT 1 FROM sqlite_schema").fetchall()


def _path(db: Database) -> Path:
    return Path(db.execute("PRAGMA database_list").fetchone()[2])


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=True)


def reindex(db: Database) -> None:
    """Make every index again from its table; what of that a damaged file does not let through stays as it is."""
    with contextlib.suppress(sqlite3.DatabaseError):
        db.execute("REINDEX")


@contextmanager
def group(db: Database) -> Iterator[None]:
    """Make the writes within one transaction, and what they recorded searchable: all of it or nothing."""
    with db.atomic():
        yield
        texts.index(db)


def _migrate(db: Database, path: Path) -> None:
    pending = MIGRATIONS.pending(db)
    if not pending:
        return
    if MIGRATIONS.applied(db) and db.execute("SELECT 1 FROM sites LIMIT 1").fetchone():
        _keep(db, path.with_name(f"{path.name}.before-{pending[0].name}"))
    with db.atomic():  # a migration is a savepoint in it
        MIGRATIONS.apply(db)


def _keep(db: Database, copy: Path) -> None:
    partial = copy.with_name(copy.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        copy_catalog(db, partial)
        partial.replace(copy)
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        message = f"{copy}: the catalog cannot be copied before it is migrated: {error}; it was left as it is"
        raise CatalogError(message) from error


def _prepared(connection: sqlite3.Connection) -> Database:
    db = over(connection)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = NORMAL")  # with WAL: a power cut may lose the last groups, never the file
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return db


def _check_release(db: Database, path: Path) -> None:
    """Refuse a database of somebody else's, and one with migrations this release does not know."""
    applied = {migration.name for migration in MIGRATIONS.applied(db)}
    known = applied | {migration.name for migration in MIGRATIONS.pending(db)}
    ours = {migration.name for migration in MIGRATIONS._migrations}
    if newer := sorted(known - ours):
        raise CatalogError(f"{path}: written by a newer release (migration {newer[-1]}): update this program")
    if not applied and db.table_names():
        raise CatalogError(f"{path}: a database, but not a catalog of this program: choose another ARCHIVE_DIR")


def _check_is_migrated(db: Database, path: Path) -> None:
    """Refuse to read what has not all tables of this release: it cannot be migrated by who only reads."""
    if pending := [migration.name for migration in MIGRATIONS.pending(db)]:
        missing = f"it lacks the migration {pending[0]}"
        raise CatalogError(
            f"{path}: written by an earlier release ({missing}): `scrapy verify`, or the next run, brings it up to date and keeps a copy of it"
        )

"""An older catalog becomes one of this release: all of its pending migrations or none, and a copy of what it was.

The copy is `catalog.db.before-<first pending migration>`, beside the catalog. It costs a read and a write of the file once a release, and is
what to go back to where a release turns out to be a mistake. Nothing removes it; a catalog without a site has none.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from crawler.catalog.schema import MIGRATIONS
from crawler.errors import CatalogError


def migrate(db: Database, path: Path) -> None:
    """Bring a catalog up to this release. Raises sqlite3.Error and CatalogError; then it is as it was."""
    pending = [migration.name for migration in MIGRATIONS.pending(db)]
    if not pending:
        return
    if _has_rows(db):
        _keep(path, copy_before(path, pending[0]))
    with db.atomic():  # a migration is a savepoint in it
        MIGRATIONS.apply(db)


def copy_before(path: Path, migration: str) -> Path:
    """Return where the copy of a catalog stands that was made before a migration."""
    return path.with_name(f"{path.name}.before-{migration}")


def _has_rows(db: Database) -> bool:
    return bool(MIGRATIONS.applied(db)) and db.execute("SELECT 1 FROM sites LIMIT 1").fetchone() is not None


def _keep(path: Path, copy: Path) -> None:
    partial = copy.with_name(copy.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE").fetchall()
        partial.replace(copy)
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        message = f"{copy}: the catalog cannot be copied before it is migrated: {error}; it was left as it is"
        raise CatalogError(message) from error

"""What triggers keep in `tallies`, `bylines` and `unlinked`, against what is found anew: they differ only where somebody wrote without them."""

from sqlite_utils import Database

from crawler.catalog.tables.media import UNLINKED

COUNTS = (("tallies", "kind, site, value, number", "number"), ("bylines", "role, name, articles", "articles"))
WRONG = """
SELECT count(*) FROM (
    SELECT * FROM (SELECT {columns} FROM {table} WHERE {number} <> 0 EXCEPT SELECT {columns} FROM counted_{table} WHERE {number} <> 0)
    UNION ALL
    SELECT * FROM (SELECT {columns} FROM counted_{table} WHERE {number} <> 0 EXCEPT SELECT {columns} FROM {table} WHERE {number} <> 0)
)
"""


def wrong(db: Database) -> list[tuple[str, int]]:
    """Return each table of counts that is not right, with how many rows differ. Reads every document."""
    found = []
    for table, columns, number in COUNTS:
        (rows,) = db.execute(WRONG.format(table=table, columns=columns, number=number)).fetchone()
        if rows:
            found.append((table, int(rows)))
    (documents,) = db.execute(f"SELECT count(*) FROM ({UNLINKED} EXCEPT SELECT document FROM unlinked)").fetchone()
    return [*found, ("unlinked", int(documents))] if documents else found


def recount(db: Database) -> None:
    """Count everything anew."""
    with db.atomic():
        for table, columns, _ in COUNTS:
            db.execute(f"DELETE FROM {table}")
            db.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM counted_{table}")
        db.execute(f"INSERT OR IGNORE INTO unlinked {UNLINKED}")

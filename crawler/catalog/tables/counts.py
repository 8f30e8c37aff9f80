"""What triggers count in `tallies` and `bylines`, against what is counted anew: they differ only where somebody wrote without them."""

from sqlite_utils import Database

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
    return found


def recount(db: Database) -> None:
    """Count everything anew."""
    with db.atomic():
        for table, columns, _ in COUNTS:
            db.execute(f"DELETE FROM {table}")
            db.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM counted_{table}")

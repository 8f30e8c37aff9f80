"""The search finds what a plain scan of the texts finds, for every kind of query the bench asks."""

from pathlib import Path

from bench.room import PLANTED, build, labelled, misses
from crawler.catalog import open_reader, tokens


def test_no_query_misses_a_document_and_exact_titles_come_first(tmp_path: Path) -> None:
    build(tmp_path, 400)
    db = open_reader(tmp_path / "catalog.db")
    queries = labelled(db)
    assert len({query.text for query in queries}) > 60
    assert {query.kind for query in queries} >= {"planted", "Traditional", "phrase", "title", "name", "two characters"}
    assert misses(db, queries) == []
    (frequent,) = db.execute(
        "SELECT count(*) FROM document_search WHERE document_search MATCH ?", [tokens.query(PLANTED[2][0])]
    ).fetchone()
    assert frequent > 50
    db.close()

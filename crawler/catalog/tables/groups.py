"""The groups: each document under the first of its copies, found by keys they share and told by comparing the texts.

    settle(ids) -> for each, earliest first: sign -> documents with its keys -> compare -> its place -> who depends on it

A document's place depends on nothing but the documents that came before it, by capture time, then URL: of the groups with a document that
it is like it belongs to the earliest, and where there is none it is a first itself. When a place changes, those that came later and lean
on it, or may, are settled again; so groups do not depend on the order of visits. Equal documents
(`duplicate_of`) have no text and no place of their own: the view `copies` shows them beside the one they repeat.

Nothing here grows with the archive: of each key the EARLIEST documents are looked at, of these the NEAREST that share the rarest keys,
and STRONGEST + FOREMOST of them are read at most. A phrase that ten thousand notices share costs no more than one that forty do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, nlargest
from json import dumps, loads
from operator import eq

from sqlite_utils import Database

from crawler.catalog.moment import from_text
from crawler.dedup.digest import normalise
from crawler.dedup.signature import ALGORITHM, may_be_alike, packed, signature, unpacked
from crawler.dedup.similarity import Text, liken

EARLIEST = 32  # documents of one key
NEAREST = 32  # of those that share keys with a document
LEAST_WEIGHT = 1.5 / EARLIEST  # a key weighs 1 / (documents it led to): one phrase that very many share is no trace
STRONGEST, FOREMOST = (
    4,
    8,
)  # of those the ones that are compared: by keys shared, and by time; a text of 1,500 letters takes 0.5 ms

When = tuple[str, str]  # capture time of the first version, then URL: what came first

SETTLING = """
SELECT documents.url, documents.archived, documents.language, texts.body,
       signatures.row, signatures.keys, signatures.algorithm
FROM documents
LEFT JOIN texts ON texts.document = documents.id AND documents.duplicate_of IS NULL
LEFT JOIN signatures ON signatures.document = documents.id
WHERE documents.id = ?
"""
SHARING = """
SELECT (
    SELECT json_group_array(signature)
    FROM (SELECT signature FROM signature_keys WHERE key = wanted.value ORDER BY captured, signature LIMIT ?)
)
FROM json_each(?) AS wanted
"""
NEAR = """
SELECT signatures.keys, signatures.letters, documents.id, documents.url, documents.archived, documents.language,
       coalesce(firsts.archived, documents.archived), coalesce(firsts.url, documents.url), coalesce(firsts.id, documents.id)
FROM signatures
JOIN documents ON documents.id = signatures.document
LEFT JOIN group_members ON group_members.document = signatures.document
LEFT JOIN documents AS firsts ON firsts.id = group_members.first
WHERE signatures.row IN (SELECT value FROM json_each(?)) AND signatures.document <> ? AND signatures.algorithm = ?
"""
MEMBERS = """
SELECT documents.url, coalesce(kin, 'first'), coalesce(similarity, 1.0)
FROM documents LEFT JOIN group_members ON group_members.document = documents.id
WHERE documents.id = :first OR group_members.first = :first
ORDER BY documents.archived, documents.url
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a document stands in a group that it is not the first of."""

    first: str
    matched: str  # the document it was found to be like: the first, or a member
    kin: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settling:
    """A document that is to be settled."""

    id: str
    when: When
    text: Text | None  # None for a duplicate
    row: int | None  # of signatures
    keys: tuple[int, ...]  # as stored, none where another algorithm made them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """A document that shares keys with the one that is settled, and may be like it."""

    id: str
    when: When
    language: str | None
    shared: int  # keys
    first: str  # of its group, itself if it has none
    begun: When  # when that one was captured


def settle(db: Database, ids: Iterable[str]) -> None:
    """Put documents that were recorded, amended or displaced into their groups, with all that leans on them.

    In the transaction that wrote them, after it did. An id that is no document is skipped.
    """
    given = set(ids)
    waiting = list(_moments(db, given))
    heapify(waiting)
    settled: set[str] = set()
    texts: dict[str, Text] = {}
    while waiting:
        _, document = heappop(waiting)
        if document not in settled:
            settled.add(document)
            for later in _settle(db, document, texts, is_given=document in given):
                heappush(waiting, later)


def members(db: Database, document: str) -> list[tuple[str, str, float]]:
    """Return (URL, kin, similarity) of the documents in the group of one, by when they were captured; of the first its kin is `first`."""
    place = _place(db, document)
    return db.execute(MEMBERS, {"first": place.first if place else document}).fetchall()


def _settle(db: Database, document: str, texts: dict[str, Text], *, is_given: bool) -> Iterator[tuple[When, str]]:
    """Settle one document; yield those that came later and lean on it, or may now, if anything about it changed.

    `texts` are those that were compared already: of a template it is always the same ones.
    """
    this = _settling(db, document)
    keys = signature(this.text.letters) if this.text else ()
    if keys != this.keys:
        _sign(db, this, keys)
    near = _near(db, this, keys)
    before, place = _place(db, document), _found_place(db, this, near, texts)
    if place != before:
        _put(db, document, place)
    if is_given or place != before:
        yield from _leaning(db, document)
    if is_given or (place and place.first) != (before and before.first):
        yield from ((other.when, other.id) for other in near if other.when > this.when)


def _found_place(db: Database, this: _Settling, near: Iterable[_Near], texts: dict[str, Text]) -> _Place | None:
    """Return the place of a document: the earliest groups are asked first, in each the earliest documents."""
    if this.text is None:
        return None
    for other in _compared([other for other in near if other.when < this.when]):
        if other.id not in texts:
            texts[other.id] = _text(db, other)
        if (likeness := liken(texts[other.id], this.text)) is not None:
            return _Place(
                first=other.first,
                matched=other.id,
                kin=likeness.kin,
                similarity=round(likeness.similarity, 4),
            )
    return None


def _compared(earlier: list[_Near]) -> list[_Near]:
    """Return what to compare a document with, in that order: of a template the foremost are others, of a copy the strongest may be late."""
    foremost = sorted(earlier, key=lambda other: (other.begun, other.when))
    strongest = sorted(foremost, key=lambda other: -other.shared)[:STRONGEST]
    return [other for n, other in enumerate(foremost) if n < FOREMOST or other in strongest]


def _near(db: Database, this: _Settling, keys: tuple[int, ...]) -> list[_Near]:
    """Return at most NEAREST documents that may be like this one: those that share the rarest keys."""
    weights: dict[int, float] = defaultdict(float)
    for (holders,) in db.execute(SHARING, [EARLIEST, dumps(keys)]).fetchall():
        rows = loads(holders)
        for row in rows:
            weights[row] += 1 / len(rows)
    nearest = nlargest(NEAREST, (row for row in weights if weights[row] > LEAST_WEIGHT), key=weights.__getitem__)
    length = len(this.text.letters) if this.text else 0
    found: list[_Near] = []
    for held, letters, document, url, archived, language, *group in db.execute(
        NEAR, [dumps(nearest), this.id, ALGORITHM]
    ):
        shared = sum(map(eq, keys, unpacked(held)))  # all of them: a late document is not in the window of every key
        if may_be_alike(shared, letters, length):
            begun, begun_url, first = group
            found.append(
                _Near(
                    id=document,
                    when=(archived, url),
                    language=language,
                    shared=shared,
                    first=first,
                    begun=(begun, begun_url),
                )
            )
    return found


def _settling(db: Database, document: str) -> _Settling:
    url, archived, language, body, row, keys, algorithm = db.execute(SETTLING, [document]).fetchone()
    return _Settling(
        id=document,
        when=(archived, url),
        text=None if body is None else Text(normalise(body), language),
        row=row,
        keys=unpacked(keys) if algorithm == ALGORITHM else (),
    )


def _text(db: Database, other: _Near) -> Text:
    (body,) = db.execute("SELECT body FROM texts WHERE document = ?", [other.id]).fetchone()
    return Text(normalise(body), other.language)


def _sign(db: Database, this: _Settling, keys: tuple[int, ...]) -> None:
    """Write the signature of a text in the place of the one before; none for a text without."""
    captured = int(from_text(this.when[0]).timestamp())
    if this.row is not None:
        (held,) = db.execute("SELECT keys FROM signatures WHERE row = ?", [this.row]).fetchone()
        gone = [(key, captured, this.row) for key in unpacked(held)]
        db.conn.executemany("DELETE FROM signature_keys WHERE key = ? AND captured = ? AND signature = ?", gone)
        db.execute("DELETE FROM signatures WHERE row = ?", [this.row])
    if this.text and keys:
        row = (this.row, this.id, len(this.text.letters), ALGORITHM, packed(keys))
        sql = "INSERT INTO signatures (row, document, letters, algorithm, keys) VALUES (?, ?, ?, ?, ?)"
        number = db.execute(sql, row).lastrowid
        fresh = [(key, captured, number) for key in keys]
        db.conn.executemany("INSERT INTO signature_keys (key, captured, signature) VALUES (?, ?, ?)", fresh)


def _place(db: Database, document: str) -> _Place | None:
    sql = "SELECT first, matched, kin, similarity FROM group_members WHERE document = ?"
    row = db.execute(sql, [document]).fetchone()
    return _Place(**dict(zip(_Place.__slots__, row, strict=True))) if row else None


def _put(db: Database, document: str, place: _Place | None) -> None:
    if place is None:
        db.execute("DELETE FROM group_members WHERE document = ?", [document])
        return
    db.execute(
        """
        INSERT INTO group_members (document, first, matched, kin, similarity) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (document) DO UPDATE SET
            first = excluded.first, matched = excluded.matched, kin = excluded.kin, similarity = excluded.similarity
        """,
        [document, place.first, place.matched, place.kin, place.similarity],
    )


def _leaning(db: Database, document: str) -> Iterator[tuple[When, str]]:
    """Yield the documents whose place is that of being like this one."""
    rows = db.execute("SELECT document FROM group_members WHERE matched = ?", [document]).fetchall()
    return _moments(db, [member for (member,) in rows])


def _moments(db: Database, ids: Iterable[str]) -> Iterator[tuple[When, str]]:
    sql = "SELECT archived, url, id FROM documents WHERE id IN (SELECT value FROM json_each(?))"
    for archived, url, document in db.execute(sql, [dumps(list(ids))]).fetchall():
        yield (archived, url), document

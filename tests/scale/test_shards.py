"""What is published of a shard is what comes back, and only who has the shard publishes it."""

import gzip
import json
import os
import shutil
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from crawler.archive.layout import CATALOG
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.catalog.queries.selection import Selection
from crawler.clock import utc_now
from crawler.errors import BlobError, FencedError, ScaleError, ShardHeldError
from crawler.export import Job, export
from crawler.scale.connected import connected, place
from crawler.scale.database import SharedDatabase, heads, leases
from crawler.scale.local import LocalShard, make_room
from crawler.scale.machine import Machine, adopt, bring, check_out_by_hand, eject, publish_by_hand
from crawler.scale.manifest import BlobPart, Manifest, ShardFile, dump, load
from crawler.scale.publishing import assemble
from crawler.scale.replay import write_union_index
from crawler.scale.store import BlobStore
from tests import archives
from tests.rebuild_harness import TABLES, files, tables
from tests.scale_harness import add_shards, let_leases_end

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one machine, as this release finds it."""
    root = archives.unpack(archives.packed()[-1], tmp_path_factory.mktemp("released"))
    close_catalog(open_catalog(root / CATALOG))
    return root


@pytest.fixture
def machine(database: SharedDatabase, tmp_path: Path) -> Machine:
    return machine_of(database, tmp_path, "machine")


def machine_of(database: SharedDatabase, folder: Path, name: str) -> Machine:
    store = BlobStore.open(str(folder / "store"))
    return Machine(database=database, store=store, root=folder / name, clock=utc_now)


def evidence(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in root.glob("warc/*")}


def test_what_is_adopted_is_ejected_byte_by_byte_and_row_by_row(
    archive: Path, machine: Machine, tmp_path: Path
) -> None:
    published = adopt(machine, archive, "one")
    assert published.faults == ()
    eject(machine, "one", tmp_path / "ejected")
    assert evidence(tmp_path / "ejected") == evidence(archive) != {}
    assert files(tmp_path / "ejected") == files(archive)
    assert tables(tmp_path / "ejected") == tables(archive)
    assert len(TABLES) > 20
    assert (tmp_path / "ejected/withheld").stat().st_mode & 0o777 == 0o700
    with pytest.raises(ScaleError, match="is not empty"):
        eject(machine, "one", tmp_path / "ejected")
    with pytest.raises(ScaleError, match="there is such a shard already"):
        adopt(machine, archive, "one")
    with pytest.raises(ScaleError, match=r"its site .* is in the shard one already"):
        adopt(machine, archive, "two")


def test_a_shard_goes_from_machine_to_machine_and_a_stale_one_moves_nothing(
    archive: Path, machine: Machine, tmp_path: Path
) -> None:
    adopt(machine, archive, "one")
    stale = check_out_by_hand(machine, "one", force=False)
    other = machine_of(machine.database, tmp_path, "other")
    with pytest.raises(ShardHeldError, match="by hand"):
        check_out_by_hand(other, "one", force=False)
    local = check_out_by_hand(other, "one", force=True)
    (local.archive / "reports").mkdir(exist_ok=True)
    (local.archive / "reports/told.txt").write_text("written by the other")
    publish_by_hand(other, "one")
    with machine.database.transaction() as db:
        head = heads.required_head(db, "one")
    with pytest.raises(FencedError, match="taken by another since"):
        publish_by_hand(machine, "one")
    with machine.database.transaction() as db:
        assert heads.required_head(db, "one") == head
        leases.take(db, "one", machine.name, 60)
    assert bring(machine, stale, "one") == len("written by the other") + (local.archive / CATALOG).stat().st_size
    assert (stale.archive / "reports/told.txt").read_text() == "written by the other"
    assert bring(machine, stale, "one") == 0


def test_who_was_overtaken_while_publishing_moves_nothing(archive: Path, machine: Machine) -> None:
    add_shards(machine.database, "one")
    local = machine.local("one")
    shutil.copytree(archive, local.archive)
    with machine.database.transaction() as db:
        former = leases.take(db, "one", "former", 60)
    let_leases_end(machine.database.url)
    with machine.database.transaction() as db:
        leases.take(db, "one", "other", 0.001)
    with pytest.raises(FencedError):
        machine.publisher.publish(local, former)
    with machine.database.transaction() as db:
        assert heads.head(db, "one") is None


def test_a_blob_that_is_not_what_its_name_says_is_told_and_nothing_is_put_in_place(
    archive: Path, machine: Machine, tmp_path: Path
) -> None:
    adopt(machine, archive, "one")
    manifest = machine.manifest("one")
    digest = next(file.digest for path, file in sorted(manifest.files.items()) if path.startswith("warc/"))
    blob = tmp_path / "store/blobs" / digest
    data = blob.read_bytes()
    blob.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(BlobError, match="holds other bytes than its name says"):
        eject(machine, "one", tmp_path / "ejected")
    blob.unlink()
    with pytest.raises(BlobError, match="is missing"):
        eject(machine, "one", tmp_path / "ejected")
    assert not (tmp_path / "ejected").exists()


def test_of_evidence_that_grew_only_what_is_new_is_sent(tmp_path: Path) -> None:
    path = "warc/a.warc.gz"
    (tmp_path / "warc").mkdir()
    before, sent = None, []
    for text in (b"one", b"one two", b"one two", b"one two three", b"another beginning"):
        (tmp_path / path).write_bytes(text)
        found, new = assemble(tmp_path, {path: sha256(text).hexdigest()}, before)
        sent.append([b"".join(part.chunks()) for part in new.values()])
        before = load(dump(Manifest(shard="s", epoch=1, made="", files=found)))
        assert before.files == found
        assert found[path].size == len(text)
    assert sent == [[b"one"], [b" two"], [], [b" three"], [b"another beginning"]]


def test_shards_that_are_published_make_room_for_others(tmp_path: Path) -> None:
    for name in ("newest", "oldest", "unpublished"):
        LocalShard.of(tmp_path, name).base_on("m")
    for name, at in (("newest", 2), ("oldest", 1)):
        LocalShard.of(tmp_path, name).end()
        os.utime(tmp_path / name / "published", (at, at))
    assert make_room(tmp_path, 0) == []
    LocalShard.of(tmp_path, "newest").begin()
    assert make_room(tmp_path, 1 << 60) == ["oldest"]
    LocalShard.of(tmp_path, "newest").end()
    assert make_room(tmp_path, 1 << 60) == ["newest"]
    assert LocalShard.of(tmp_path, "unpublished").bases == ("m",)


def test_a_manifest_that_leads_out_of_its_archive_is_refused(machine: Machine, tmp_path: Path) -> None:
    add_shards(machine.database, "one")
    digest = machine.store.put(b"text")
    file = ShardFile(digest=digest, parts=(BlobPart(blob=digest, size=4),))
    manifest = machine.store.put(dump(Manifest(shard="one", epoch=1, made="", files={"../out": file})))
    with machine.database.transaction() as db:
        lease = leases.take(db, "one", "somebody", 60)
        heads.move(db, lease, manifest, heads.Extent(files=1, bytes=4, documents=0))
    with pytest.raises(ScaleError, match="outside of its archive"):
        eject(machine, "one", tmp_path / "ejected")


def test_the_index_of_all_evidence_leads_into_blobs_and_not_to_what_is_withheld(
    archive: Path, machine: Machine, tmp_path: Path
) -> None:
    adopt(machine, archive, "one")
    assert write_union_index(machine, tmp_path / "index.cdxj") == 1
    lines = (tmp_path / "index.cdxj").read_text("utf-8").splitlines()
    assert lines == sorted(lines)
    with closing(open_reader(archive / CATALOG)) as db:
        export(Job(root=archive, db=db, selection=Selection(), now=NOW), "cdxj", tmp_path / "single.cdxj")
    alone = [json.loads(line[line.index("{") :]) for line in (tmp_path / "single.cdxj").read_text("utf-8").splitlines()]
    found = [json.loads(line[line.index("{") :]) for line in lines]
    assert Counter(row["url"] for row in found) == Counter(row["url"] for row in alone)
    assert len({row["url"] for row in found}) > 20
    row = next(row for row in found if row["mime"] == "text/html")
    record = machine.store.read_range(row["filename"], int(row["offset"]), int(row["length"]))
    assert row["url"].encode() in gzip.decompress(record)


def test_sites_that_share_a_host_are_one_shard_and_settled_ones_stay() -> None:
    hosts = {"a": ["h1"], "b": ["h2", "cdn"], "c": ["cdn", "h3"], "d": ["h3"], "e": ["h5"]}
    sets = connected(hosts)
    assert sets == [["a"], ["b", "c", "d"], ["e"]]
    assert place(sets, {}) == (
        {"a": "a", "b": "b", "c": "b", "d": "b", "e": "e"},
        {"a": "a", "b": "b", "e": "e"},
    )
    shards, locks = place(sets, {"c": "c", "d": "d"})
    assert shards == {"a": "a", "b": "c", "c": "c", "d": "d", "e": "e"}
    assert locks == {"a": "a", "c": "c", "d": "c", "e": "e"}

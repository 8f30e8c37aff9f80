"""Blobs in a folder and over S3: put once, compared with their name, and what is wrong with the store is told."""

import io
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from crawler.clock import utc_now
from crawler.errors import BlobError, ScaleError, UnreachableError
from crawler.scale import store as stores
from crawler.scale.database import SharedDatabase, heads, leases
from crawler.scale.machine import Machine
from crawler.scale.manifest import BlobPart, Manifest, ShardFile, dump
from crawler.scale.store import NONE, BlobStore, Slice
from crawler.scale.sweeping import sweep
from tests.s3_server import S3Server
from tests.scale_harness import add_shards


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "s3":
        request.getfixturevalue("s3")
        return BlobStore.open("s3://archive/some/prefix")
    return BlobStore.open(str(tmp_path / "store"))


def test_what_is_put_is_read_listed_and_removed(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "SMALL", 1 << 20)
    small, large = b"text", bytes(range(256)) * 48_000
    (tmp_path / "large").write_bytes(b"before" + large + b"after")
    part = Slice(path=tmp_path / "large", start=6, size=len(large))
    name = sha256(large).hexdigest()
    assert store.put(small) == sha256(small).hexdigest()
    assert (store.put_slice(name, part), store.put_slice(name, part)) == (len(large), 0)
    assert store.read(sha256(small).hexdigest()) == small
    target = io.BytesIO()
    store.copy(name, target)
    assert target.getvalue() == large
    assert store.read_range(name, 250, 10) == large[250:260]
    for start in (len(large) - 5, len(large) + 5):  # of a blob that was cut off
        with pytest.raises(BlobError, match="other bytes than its name says"):
            store.read_range(name, start, 10)
    assert {blob.digest: blob.size for blob in store.blobs()} == {name: len(large), store.put(small): 4}
    store.remove([name])
    assert not store.has(name)
    with pytest.raises(BlobError, match="is missing"):
        store.read(name)
    with pytest.raises(BlobError, match="has changed"):
        store.put_slice(NONE, part)


def test_what_is_wrong_with_a_store_is_told(s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stores, "RETRY_SECONDS", 0.1)
    with pytest.raises(ScaleError, match="no such bucket"):
        BlobStore.open("s3://another")
    opened = BlobStore.open("s3://archive")
    s3.fails = 100
    with pytest.raises(UnreachableError, match="does not answer"):
        opened.put(b"given up")
    s3.fails = 0
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "minio:9000")
        with pytest.raises(ScaleError, match="AWS_ENDPOINT_URL: expected an address"):
            BlobStore.open("s3://archive")
    s3.refuses = True
    with pytest.raises(ScaleError, match="the object store refuses us"):
        BlobStore.open("s3://archive")
    s3.stop()
    with pytest.raises(UnreachableError, match="does not answer"):
        BlobStore.open("s3://archive")
    (tmp_path / "file").touch()
    for address in (str(tmp_path / "file"), "s3://", "http://archive"):
        with pytest.raises(ScaleError, match="expected s3://bucket/prefix, or a folder"):
            BlobStore.open(address)


def test_what_no_head_names_is_found_and_removed_after_its_grace(database: SharedDatabase, tmp_path: Path) -> None:
    store = BlobStore.open(str(tmp_path / "store"))
    machine = Machine(database=database, store=store, root=tmp_path, clock=utc_now)
    add_shards(database, "a")
    kept, superseded = store.put(b"kept"), store.put(b"superseded")
    for names in ((kept, superseded), (kept,)):
        files = {name: ShardFile(digest=name, parts=(BlobPart(blob=name, size=4),)) for name in names}
        with database.transaction() as db:
            lease = leases.take(db, "a", "somebody", 60, force=True)
            manifest = store.put(dump(Manifest(shard="a", epoch=lease.epoch, made="", files=files)))
            heads.move(db, lease, manifest, heads.Extent(files=len(files), bytes=4, documents=0))
    assert sweep(machine, grace=timedelta(days=7), remove=True).unreferenced == 0
    found = sweep(machine, grace=timedelta(0), remove=False)
    assert (found.blobs, found.unreferenced, found.removed) == (4, 2, 0)
    assert sweep(machine, grace=timedelta(0), remove=True).removed == 2
    assert {blob.digest for blob in store.blobs()} == {kept, manifest}

"""Who may do what with a shard."""

import pytest

from crawler.errors import FencedError, ScaleError, ShardHeldError, UnreachableError
from crawler.scale.database import SharedDatabase, connected, heads, leases, schema
from crawler.scale.database.heads import Extent
from tests.scale_harness import PASSWORD, Postgres, add_shards, let_leases_end

NOTHING = Extent(files=0, bytes=0, documents=0)


@pytest.fixture
def shards(database: SharedDatabase) -> SharedDatabase:
    add_shards(database, "a")
    return database


def test_a_shard_is_taken_by_one(shards: SharedDatabase) -> None:
    with shards.transaction() as db:
        first = leases.take(db, "a", "one", 60)
        with pytest.raises(ShardHeldError, match="checked out by one; its lease ends"):
            leases.take(db, "a", "other", 60)
        assert leases.release(db, first, None)
        assert leases.take(db, "a", "other", 60).epoch == first.epoch + 1


def test_a_lease_that_ended_can_be_taken_and_who_had_it_is_fenced_off(shards: SharedDatabase) -> None:
    with shards.transaction() as db:
        former = leases.take(db, "a", "one", 0.0)
    let_leases_end(shards.url)
    with shards.transaction() as db:
        leases.take(db, "a", "other", 0.0)
        assert not leases.renew(db, former)
        assert not leases.release(db, former, None)
        with pytest.raises(FencedError, match="taken by another since epoch 1"):
            heads.move(db, former, "m1", NOTHING)
        assert heads.head(db, "a") is None


def test_what_was_taken_by_hand_is_held_until_it_is_taken_by_force(shards: SharedDatabase) -> None:
    with shards.transaction() as db:
        by_hand = leases.take(db, "a", "a person", None)
        assert leases.held(db, "a", "a person") == by_hand
        with pytest.raises(ShardHeldError, match="by hand"):
            leases.take(db, "a", "worker", 60)
        leases.take(db, "a", "worker", 60, force=True)
        with pytest.raises(FencedError, match="not checked out here"):
            leases.held(db, "a", "a person")


def test_a_head_is_that_of_the_last_who_had_the_shard(shards: SharedDatabase) -> None:
    with shards.transaction() as db:
        lease = leases.take(db, "a", "one", 60)
        heads.move(db, lease, "m1", NOTHING)
        heads.move(db, lease, "m2", Extent(files=3, bytes=5, documents=1))
        head = heads.required_head(db, "a")
        assert (head.manifest, head.epoch, head.files) == ("m2", lease.epoch, 3)
        assert heads.heads(db) == [head]


def test_what_is_wrong_with_the_database_is_told(postgres: Postgres, shards: SharedDatabase) -> None:
    with pytest.raises(ScaleError, match="no such shard"), shards.transaction() as db:
        leases.take(db, "b", "one", 60)
    with pytest.raises(ScaleError, match="scrapy scale init"):
        SharedDatabase.open(postgres.url("postgres"))
    with pytest.raises(ScaleError, match="refuses us"):
        SharedDatabase.open(postgres.url("nowhere"))
    with pytest.raises(ScaleError, match=r"refuses us: .*authentication") as refused:
        SharedDatabase.open(shards.url.replace(PASSWORD, "another"))
    assert "another" not in str(refused.value)
    with pytest.raises(UnreachableError, match="does not answer"):
        SharedDatabase.open("postgresql://archive@127.0.0.1:9/archive")
    with connected(shards.url) as db:
        assert not schema.make(db)
        with db.transaction(force_rollback=True):
            db.execute("UPDATE scale_schema SET version = 99")
            with pytest.raises(ScaleError, match="update this program"):
                schema.check(db)

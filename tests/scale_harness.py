"""A PostgreSQL of our own on loopback, and what several machines share: started by the first test that asks, stopped with the last."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from crawler.scale.database import SharedDatabase, connected, schema

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"))
PASSWORD = "of-the-tests"
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "16MB",
    "fsync": "off",  # a server that is killed loses nothing by it, a machine would
}
SECONDS = 60


@dataclass
class Postgres:
    """A server with a data folder of its own."""

    folder: Path
    port: int

    @classmethod
    def make(cls) -> "Postgres":
        folder = Path(tempfile.mkdtemp(prefix="scale-postgres-"))
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            made = cls(folder, free.getsockname()[1])
        (folder / "password").write_text(PASSWORD)
        given = ["--auth=scram-sha-256", "--username=archive", f"--pwfile={folder / 'password'}"]
        made._run("initdb", f"--pgdata={folder / 'data'}", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8", *given)
        made.start()
        with connected(made.url("postgres")) as db:
            db.execute("CREATE DATABASE prepared")
        with connected(made.url("prepared")) as db:
            schema.make(db)
        return made

    def url(self, name: str) -> str:
        return f"postgresql://archive:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
        with (self.folder / "log").open("ab") as log:
            self._run(
                *("pg_ctl", "start", "--wait", f"--pgdata={self.folder / 'data'}"),
                *("--options", f"-p {self.port} {options} -c unix_socket_directories=''"),
                stdout=log,
            )

    def kill(self) -> None:
        """Kill the server as a power cut would: the first process and all it has started."""
        pid = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for _ in range(SECONDS * 100):
            if not any(Path(f"/proc/{one}").exists() for one in (pid, *children)):
                return
            time.sleep(0.01)
        raise AssertionError("PostgreSQL does not end")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate", f"--pgdata={self.folder / 'data'}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, stdout: object = subprocess.DEVNULL) -> None:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run(
            [PROGRAMS / program, *arguments], check=True, cwd=self.folder, stdout=stdout, stderr=stdout, **user
        )  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests."""
    server = Postgres.make()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(postgres: Postgres) -> Iterator[SharedDatabase]:
    """A database with our schema, and nothing in its tables."""
    with connected(postgres.url("prepared")) as db:
        names = db.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'scale_schema'"
        )
        db.execute(f"TRUNCATE {', '.join(name for (name,) in names)} RESTART IDENTITY".encode())
    with SharedDatabase.open(postgres.url("prepared")) as opened:
        yield opened


def add_shards(database: SharedDatabase, *shards: str) -> None:
    """Register shards of one site each, of which nothing is published."""
    with database.transaction() as db:
        for shard in shards:
            db.execute("INSERT INTO scale_shards (shard, lock) VALUES (%s, %s)", [shard, shard])
            db.execute(
                "INSERT INTO scale_sites (site, shard, hosts, definition, digest) VALUES (%s, %s, %s, %s, %s)",
                [shard, shard, [f"{shard}.example.edu.cn"], f"name: {shard}\n", shard],
            )


def let_leases_end(url: str) -> None:
    """Let every lease have ended, as if time had passed."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("UPDATE scale_shards SET lease_until = 'epoch' WHERE lease_until < 'infinity'")


def outcomes_of(database: SharedDatabase) -> list[tuple[str, int | None]]:
    """Return (shard, exit code) of every task that ended, in their order."""
    with database.transaction() as db:
        return [(row[0], row[1]) for row in db.execute("SELECT shard, code FROM scale_outcomes ORDER BY id")]


def write_seed(folder: Path, key: str, netloc: str, **more: object) -> None:
    """Write the file of a site on loopback."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"name: {key}", f'hosts: ["{netloc}"]', "scheme: http", f'lists: ["http://{netloc}/xyyw.htm"]']
    lines += [f'private_hosts: ["{netloc}"]', *(f"{name}: {value}" for name, value in more.items())]
    (folder / f"{key}.yaml").write_text("\n".join(lines) + "\n", "utf-8")

"""PostgreSQL, which all machines share: which sites are in which shard, who has taken it, where its head is. Its SQL stands in this folder alone.

`SharedDatabase` opens it; the other modules are of functions that take a connection first, and the caller's block is the transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from procrastinate import exceptions as queue_errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from crawler.errors import ScaleError, UnreachableError
from crawler.scale.database import schema

MOST_CONNECTIONS = 8  # of one process, beside those of its queue
PATIENCE_SECONDS = 5.0  # how long a statement waits for a connection
GONE = {"tcp_user_timeout": "20000", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}
"""How libpq finds out within half a minute that the machine at the other end is gone, and not within a quarter of an hour."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class SharedDatabase:
    """Connections to PostgreSQL, made as they are needed and made anew after it was away."""

    url: str
    pool: ConnectionPool[Connection]

    @classmethod
    def open(cls, url: str) -> Self:
        """Return the database, once it has answered and its schema is that of this release. UnreachableError, ScaleError."""
        with connected(url) as db:
            schema.check(db)
        pool = ConnectionPool(
            watchful(url),
            min_size=0,
            max_size=MOST_CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            check=ConnectionPool.check_connection,
            open=True,
        )
        return cls(url, pool)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection for one transaction. UnreachableError: PostgreSQL does not answer, or did not say how it ended."""
        with told(), self.pool.connection() as db:
            yield db

    def close(self) -> None:
        self.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def watchful(url: str) -> str:
    """Return how to connect so that a server that is gone is noticed. What the address itself says of that holds."""
    own = conninfo_to_dict(url)
    return make_conninfo(url, **{name: value for name, value in GONE.items() if name not in own})


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give one connection, outside of any transaction. UnreachableError, ScaleError."""
    try:
        conninfo_to_dict(url)
    except psycopg.Error:  # what it says names the address
        raise ScaleError("SCALE_DATABASE: expected postgresql://USER@HOST/DATABASE") from None
    with told(), psycopg.connect(url, autocommit=True, connect_timeout=round(PATIENCE_SECONDS)) as db:
        yield db


@contextmanager
def told() -> Iterator[None]:
    """Raise what PostgreSQL and the queue say as an error of ours. It names no address: that may hold a password."""
    try:
        yield
    except PoolTimeout as error:
        raise UnreachableError(
            f"PostgreSQL (SCALE_DATABASE) gives no connection within {PATIENCE_SECONDS:.0f} s"
        ) from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedFunction) as error:
        raise ScaleError(f"SCALE_DATABASE: {first_line(error)}: scrapy scale init makes the schema") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise _refusal(error) from error
    except psycopg.Error as error:
        raise ScaleError(f"SCALE_DATABASE: {first_line(error)}") from error
    except queue_errors.ConnectorException as error:
        raise UnreachableError(f"the queue does not answer: {error.__cause__ or error}") from error


def _refusal(error: psycopg.Error) -> ScaleError:
    """Return what a refused connection comes to: credentials and names are a mistake, anything else may pass."""
    text = first_line(error)
    if "authentication" in text or "pg_hba" in text or "does not exist" in text or "no password" in text:
        return ScaleError(f"SCALE_DATABASE: PostgreSQL refuses us: {text}")
    return UnreachableError(f"PostgreSQL (SCALE_DATABASE) does not answer: {text}")


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    return str(error).strip().partition("\n")[0]

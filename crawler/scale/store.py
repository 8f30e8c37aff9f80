"""The object store: blobs under the SHA-256 of what they hold, put once, compared with their name whenever they are read.

There is no lock in it and no name that comes to mean something else, for servers differ in what they make of conditional writes: some ignore
them. Two who put the same blob put the same bytes.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Self

import obstore
from obstore import exceptions
from obstore.store import LocalStore, ObjectStore, S3Store

from crawler.errors import BlobError, ScaleError, UnreachableError

BUCKET = re.compile(r"s3://[^/]+(/|$)")
BLOBS = "blobs"
CHUNK = 4 << 20  # bytes of a blob in memory at a time
SMALL = 2 * CHUNK  # bytes; what is no larger is put in one request
METADATA = "169.254.169.254"  # what gives machines of a cloud their credentials, asked where nobody named any
OUTSIDE = (
    "range was invalid",
    "Wanted range starting at",
    "416 Range Not Satisfiable",
)  # of bytes that a blob does not have
PANIC = "PanicException"  # what the client, which is no Python, raises where an endpoint is no address; it cannot be imported
NONE = "0" * 64  # no blob has this digest, as far as anybody knows
RETRIES = 3
RETRY_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Bytes of a file."""

    path: Path
    start: int
    size: int

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes. BlobError: the file is shorter."""
        left = self.size
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left:
                if not (chunk := file.read(min(CHUNK, left))):
                    raise BlobError(f"{self.path}: has become shorter while it was published")
                left -= len(chunk)
                yield chunk

    def digest(self) -> str:
        """Return the SHA-256 of the bytes, in hex."""
        digest = sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlob:
    """A blob as the store lists it."""

    digest: str
    size: int
    put: datetime


@dataclass(frozen=True, slots=True)
class BlobStore:
    """The blobs of all shards."""

    store: ObjectStore

    @classmethod
    def open(cls, address: str) -> Self:
        """Return the store of `s3://bucket/prefix`, or of a folder, once it has answered. ScaleError, UnreachableError."""
        is_file = Path(address).exists() and not Path(address).is_dir()
        if is_file or ("://" in address and not BUCKET.match(address)):
            raise ScaleError(f"SCALE_STORE: {address}: expected s3://bucket/prefix, or a folder for trying out")
        with _told("SCALE_STORE"):
            opened = cls(_s3(address) if "://" in address else LocalStore(Path(address).absolute(), mkdir=True))
        if not opened.has(NONE):  # who is refused learns so here, and that there is no such bucket only from a listing
            with _told(BLOBS):
                list(obstore.list(opened.store, _path(NONE)))
        return opened

    def has(self, digest: str) -> bool:
        """Return whether a blob is there."""
        try:
            with _told(digest):
                obstore.head(self.store, _path(digest))
        except BlobError:
            return False
        return True

    def put(self, data: bytes) -> str:
        """Put a small blob; return its digest."""
        digest = sha256(data).hexdigest()
        with _told(digest):
            obstore.put(self.store, _path(digest), data)
        return digest

    def put_slice(self, digest: str, given: Slice) -> int:
        """Put bytes of a file, unless they are there; return how many were sent. BlobError: they are not those of the digest."""
        if given.size <= SMALL:
            data = b"".join(given.chunks())
            if sha256(data).hexdigest() != digest:
                raise BlobError(f"{given.path}: has changed while it was published")
            self.put(data)
            return given.size
        if self.has(digest):
            return 0
        if given.digest() != digest:
            raise BlobError(f"{given.path}: has changed while it was published")
        with _told(digest):
            obstore.put(self.store, _path(digest), given.chunks())
        return given.size

    def read(self, digest: str) -> bytes:
        """Return what a small blob holds. BlobError: it is missing, or not what its name says."""
        with _told(digest):
            data = bytes(obstore.get(self.store, _path(digest)).bytes())
        if sha256(data).hexdigest() != digest:
            raise _damaged(digest)
        return data

    def copy(self, digest: str, target: BinaryIO) -> None:
        """Append what a blob holds to a file. BlobError: it is missing, or not what its name says; part of it may be in the file then."""
        found = sha256()
        with _told(digest):
            for chunk in obstore.get(self.store, _path(digest)).stream(min_chunk_size=CHUNK):
                found.update(chunk)
                target.write(chunk)
        if found.hexdigest() != digest:
            raise _damaged(digest)

    def read_range(self, digest: str, start: int, size: int) -> bytes:
        """Return some bytes of a blob; what they are, no digest says. BlobError: it is missing, or shorter."""
        with _told(digest):
            data = bytes(obstore.get_range(self.store, _path(digest), start=start, length=size))
        if len(data) != size:
            raise _damaged(digest)
        return data

    def blobs(self) -> Iterator[StoredBlob]:
        """Yield every blob that is there."""
        with _told(BLOBS):
            for batch in obstore.list(self.store, BLOBS):
                for found in batch:
                    name = found["path"].rpartition("/")[2]
                    yield StoredBlob(digest=name, size=found["size"], put=found["last_modified"])

    def remove(self, digests: Iterable[str]) -> None:
        """Remove blobs."""
        with _told(BLOBS):
            obstore.delete(self.store, [_path(digest) for digest in digests])


def _s3(address: str) -> ObjectStore:
    """Return a bucket; endpoint, region and credentials are those of the environment (AWS_…)."""
    return S3Store.from_url(
        address,
        client_options={"allow_http": True, "connect_timeout": "5s", "timeout": "60s"},
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )


def _path(digest: str) -> str:
    return f"{BLOBS}/{digest}"


def _damaged(digest: str) -> BlobError:
    return BlobError(f"{BLOBS}/{digest}: holds other bytes than its name says: bring it back from a copy of the store")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Raise what the client says as an error of ours."""
    try:
        yield
    except (exceptions.NotFoundError, FileNotFoundError) as error:
        raise BlobError(f"{BLOBS}/{what}: is missing in the object store") from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError) as error:
        raise ScaleError(f"SCALE_STORE: the object store refuses us: {_sentence(error)}") from error
    except (exceptions.BaseError, OSError) as error:
        if any(sign in str(error) for sign in OUTSIDE):
            raise _damaged(what) from error
        if METADATA in str(error):
            raise ScaleError(
                "SCALE_STORE: no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"
            ) from error
        if "NoSuchBucket" in str(error):
            raise ScaleError("SCALE_STORE: there is no such bucket") from error
        raise UnreachableError(f"the object store (SCALE_STORE) does not answer: {_sentence(error)}") from error

    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise ScaleError("SCALE_STORE: AWS_ENDPOINT_URL: expected an address as https://s3.example, or none") from None


def _sentence(error: BaseException) -> str:
    return str(error).partition("\n\n")[0].replace("\n", " ")[:300]

"""A ZIP file that is sent while it is written: what is done leaves memory, and every member has its sizes in front, as all readers want it."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from datasette.utils.asgi import AsgiStream

from crawler.browse.headers import Send

Member = tuple[str, bytes | Path]  # its name, and its content or where that stands
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time a ZIP file can say: the same members give the same bytes
PACKED = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".mp4", ".zip", ".docx", ".xlsx", ".pptx", ".rar")


class Window(io.BytesIO):
    """The end of a file that is written: what was taken of it is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = 0  # bytes

    def tell(self) -> int:
        return self.gone + super().tell()

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self.gone + super().seek(place - self.gone if whence == io.SEEK_SET else place, whence)

    def take(self) -> bytes:
        """Return what was written since, and forget it."""
        taken = self.getvalue()
        self.gone += len(taken)
        super().seek(0)
        self.truncate()
        return taken

    def truncate(self, size: int | None = None) -> int:
        return super().truncate(super().tell() if size is None else size)


def packed(members: Iterator[Member]) -> Iterator[bytes]:
    """Yield a ZIP file in pieces, one a member; a file that cannot be read is left out."""
    window = Window()
    with ZipFile(window, "w") as file:
        for name, content in members:
            data = content if isinstance(content, bytes) else _read(content)
            if data is None:
                continue
            entry = ZipInfo(name, EPOCH)
            is_stored = name == "mimetype" or name.endswith(PACKED)
            file.writestr(entry, data, ZIP_STORED if is_stored else ZIP_DEFLATED)
            yield window.take()
    yield window.take()


def _read(path: Path) -> bytes | None:
    """Return the content of a file, None where there is none, or a link, which is not followed."""
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None


class Download(AsgiStream):  # type: ignore[misc]  # datasette has no types
    """A ZIP file as an answer; its members are read in a thread."""

    def __init__(self, members: Iterator[Member], name: str, content_type: str) -> None:
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        super().__init__(None, headers=headers, content_type=content_type)
        self.pieces = packed(members)

    async def asgi_send(self, send: Send) -> None:
        fields = {**self.headers, "content-type": self.content_type}
        named = [[name.encode(), value.encode()] for name, value in fields.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": named})
        while piece := await asyncio.to_thread(next, self.pieces, b""):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

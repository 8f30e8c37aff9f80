"""Pictures and attachments of the archive: what cannot run anything is shown, everything else is handed over as a file."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from datasette.utils.asgi import AsgiFileDownload, NotFound
from sqlite_utils import Database

from crawler.browse.frame import archive_of, read

SHOWN = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/x-ms-bmp", "image/avif", "image/tiff"}
)
FOREVER = "public, max-age=31536000, immutable"  # a name is the digest of its content
LOCKED = "sandbox; default-src 'none'"
NAME = "SELECT name FROM media JOIN media_links USING (url) WHERE media_links.sha256 = ? AND name IS NOT NULL LIMIT 1"


async def page(datasette: Any, request: Any) -> Any:
    """Answer with the content of a medium that the catalog knows."""
    path = f"media/{request.url_vars['path']}"

    def ask(db: Database) -> tuple[str, str | None] | None:
        row = db.execute("SELECT type, sha256 FROM media_files WHERE path = ?", [path]).fetchone()
        if row is None:
            return None
        named = db.execute(NAME, [row[1]]).fetchone()
        return row[0], named[0] if named else None

    found = await read(datasette, ask)
    file = archive_of(datasette) / path
    if found is None or not file.is_file():
        raise NotFound(f"{path}: not in this archive")
    media_type, name = found
    headers = {"content-security-policy": LOCKED, "cache-control": FOREVER}
    if media_type in SHOWN:
        return AsgiFileDownload(str(file), content_type=media_type, headers=headers)
    headers["content-disposition"] = f"attachment; filename*=UTF-8''{_encoded(name or file.name, file)}"
    return AsgiFileDownload(str(file), content_type="application/octet-stream", headers=headers)


def _encoded(name: str, file: Path) -> str:
    """Return a file name for a Content-Disposition field (RFC 8187), with the ending that its content has."""
    whole = name if name.lower().endswith(file.suffix) else f"{name}{file.suffix}"
    return quote(whole, safe="")

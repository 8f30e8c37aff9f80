"""What processes that are started for it tell: for who has no event loop, or is to stay as small as it is."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from crawler.items import Boilerplate, MediaFile, MediaKind, Reason, Site
from crawler.runs.readers import Place, Readers


def examine_apart(body: bytes, url: str, kind: MediaKind) -> MediaFile | Reason:
    """Return what a medium is, or why that is not known."""

    async def examined() -> MediaFile | Reason:
        readers = Readers(1)
        try:
            await readers.start()
            return await readers.examine(body, url, kind)
        finally:
            await readers.close()

    return asyncio.run(examined())


def learn_apart(
    root: Path, samples: Sequence[tuple[Site, Sequence[Place]]], processes: int
) -> Mapping[str, Boilerplate]:
    """Return what the sample of each site teaches, by key, without those whose evidence cannot be read, or takes too long. Raises ReaderError."""

    async def learnt() -> list[Boilerplate | None]:
        readers = Readers(min(processes, len(samples)))
        try:
            await readers.start()
            return await asyncio.gather(*(readers.learn_at(root, places, site) for site, places in samples))
        finally:
            await readers.close()

    found = zip(samples, asyncio.run(learnt()), strict=True)
    return {site.key: taught for (site, _), taught in found if taught is not None}

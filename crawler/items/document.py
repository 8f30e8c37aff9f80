"""Documents: articles with identity, place, version and state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.items.media import MediaFile
from crawler.items.reading import Article
from crawler.items.site import Site
from crawler.items.terms import Reason, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time in which the page of a document was not there."""

    missed: datetime  # UTC, the first visit that did not find it
    last_missed: datetime
    run: str  # of the last miss
    misses: int = 1  # runs that did not find it
    reason: Reason | None = None  # of the last miss
    confirmed: datetime | None = None  # when it was taken for removed; None: not yet
    returned: datetime | None = None  # when it was found again


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentState:
    """What is known of a document: what the catalog says of it, or what was decided since."""

    id: str
    url: str
    site: str  # Site.key
    article: Article  # of the catalog: its body is "", it stands in the file
    characters: int  # of the body's Markdown
    family: str | None
    extractor: str
    version: int
    content_digest: str
    path: str | None
    captured: datetime  # when the first version was captured
    status: Status
    duplicate_of: str | None = None
    lastmod: datetime | None = None  # when this version was captured, from version 2 on
    absence: Absence | None = None  # the last one, confirmed or not, over or not

    def document(self, site: Site, files: Mapping[str, MediaFile]) -> "Document":
        """Return the document to be written: its site must be the one of this key, its article must have its body."""
        return Document(
            id=self.id,
            url=self.url,
            site=site,
            article=self.article,
            family=self.family,
            content_digest=self.content_digest,
            extractor=self.extractor,
            archived=self.captured,
            version=self.version,
            lastmod=self.lastmod,
            path=self.path,
            status=self.status,
            duplicate_of=self.duplicate_of,
            absence=self.absence,
            files=files,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article with identity and place."""

    id: str  # MD5 of the canonical URL, 32 hex digits
    url: str  # canonical
    site: Site
    article: Article
    family: str | None
    content_digest: str
    extractor: str  # version of the rules that read it
    archived: datetime  # UTC, capture time of version 1
    version: int = 1
    lastmod: datetime | None = None  # UTC, capture time of this version, from version 2 on
    path: str | None = None  # relative to the archive; None for a duplicate
    status: Status = Status.LIVE
    duplicate_of: str | None = None
    absence: Absence | None = None  # the last time its page was not there
    files: Mapping[str, MediaFile] = field(default_factory=dict)  # URL -> content, of its media that are stored

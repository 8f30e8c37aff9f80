"""Media: what an article shows or offers, what is fetched of it, and the files that this comes to."""

from dataclasses import dataclass, field

from crawler.items.terms import MediaKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, attachment or video of an article."""

    kind: MediaKind
    url: str  # absolute; for pictures the full-size variant
    caption: str | None = None
    name: str | None = None  # an attachment's name as shown
    content: bytes | None = field(
        default=None, compare=False, repr=False
    )  # of a picture that the page itself holds (data:)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """The content of a medium, as it stands in the archive: one file, whatever the number of its addresses."""

    sha256: str  # of its bytes, content-decoded, 64 hex digits
    path: str  # media/<aa>/<sha256>.<ext>, relative to the archive; the extension by content
    type: str  # media type (RFC 6838) by content: "image/jpeg"
    size: int  # bytes
    width: int | None = None  # pixels, of a picture
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLink:
    """One address of a medium that is due: what is requested, and for whom."""

    url: str  # as in the article
    site: str  # Site.key
    kind: MediaKind
    referer: str  # URL of the article that showed it first
    failures: int = 0  # attempts in a row that did not store it


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRules:
    """What is fetched of the media of articles."""

    kinds: frozenset[MediaKind] = frozenset({MediaKind.IMAGE, MediaKind.ATTACHMENT})
    largest: int = 50_000_000  # bytes of one file
    most: int = 200  # of one article; what comes after is left out

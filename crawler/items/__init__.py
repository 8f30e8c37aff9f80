"""The frozen values that cross our layers, in the order a page meets them.

Site -> Link -> Capture -> Reading (Article, Media) -> DocumentState -> Document -> Visit. Nothing here fetches, parses or stores.
Absent is None; times are aware (ours in UTC, a publisher's in the site's offset).
"""

from crawler.items.capture import Capture, Exchange, Host, Link, Listed, MirrorFile, Robots, Validators
from crawler.items.document import Absence, Document, DocumentState
from crawler.items.media import Media, MediaFile, MediaLink, MediaRules
from crawler.items.reading import Article, Boilerplate, Dropped, ListFigures, Reading
from crawler.items.site import (
    AcceptedGap,
    Expectations,
    Hours,
    Layout,
    Pace,
    Removal,
    Revisit,
    Selectors,
    Settling,
    Site,
)
from crawler.items.terms import (
    Kind,
    MediaKind,
    MediaOutcome,
    Obstacle,
    Outcome,
    Precision,
    Purpose,
    Reason,
    Role,
    Status,
)
from crawler.items.visit import Evidence, Visit, VisitFields

__all__ = [
    "Absence",
    "AcceptedGap",
    "Article",
    "Boilerplate",
    "Capture",
    "Document",
    "DocumentState",
    "Dropped",
    "Evidence",
    "Exchange",
    "Expectations",
    "Host",
    "Hours",
    "Kind",
    "Layout",
    "Link",
    "ListFigures",
    "Listed",
    "Media",
    "MediaFile",
    "MediaKind",
    "MediaLink",
    "MediaOutcome",
    "MediaRules",
    "MirrorFile",
    "Obstacle",
    "Outcome",
    "Pace",
    "Precision",
    "Purpose",
    "Reading",
    "Reason",
    "Removal",
    "Revisit",
    "Robots",
    "Role",
    "Selectors",
    "Settling",
    "Site",
    "Status",
    "Validators",
    "Visit",
    "VisitFields",
]

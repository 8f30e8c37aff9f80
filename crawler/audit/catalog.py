"""The catalog by itself: SQLite's own checks, rows that others name, versions, and the search index beside its texts."""

from collections import defaultdict
from collections.abc import Iterator

from crawler.archive.layout import CATALOG
from crawler.audit.finding import Code, Finding
from crawler.audit.scope import Audit
from crawler.catalog.queries import integrity
from crawler.catalog.tokens import bigrams


def check_catalog(audit: Audit) -> Iterator[Finding]:
    """Yield what is wrong within the catalog. What is damaged in the file itself comes first, for all else may follow from it."""
    if audit.scope.site is None:
        if damage := integrity.damage(audit.db):
            yield Finding(code=Code.CATALOG_DAMAGED, object=CATALOG, detail="; ".join(damage[:3]))
            return
        yield from _missing_rows(audit)
    db, site = audit.db, audit.scope.site
    for document, current, last in integrity.wrong_numbers(db, site):
        detail = f"the current version is {current}, the last one {last}"
        yield Finding(code=Code.VERSION_NUMBER, object=f"documents/{document}", detail=detail)
    for document, url, detail in integrity.incomplete(db, site):
        yield Finding(code=Code.ROW_MISSING, object=f"versions/{document}", detail=detail, consequences=(url,))
    yield from _evidence(audit)
    yield from _search(audit)


def _missing_rows(audit: Audit) -> Iterator[Finding]:
    """Yield each row that others name and that is not there, once, with the tables that do."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for parent, key, names in integrity.missing_rows(audit.db):
        named[parent, key].append(names)
    for (parent, value), children in sorted(named.items()):
        if parent != "media_files" or not _has_file(audit, value):
            detail = f"{parent} has no row {value}"
            yield Finding(
                code=Code.ROW_MISSING, object=f"{parent}/{value}", detail=detail, consequences=tuple(children)
            )


def _has_file(audit: Audit, sha256: str) -> bool:
    """Return whether the content is there: then its row is wrong or lost, which is told of its file."""
    return any((audit.root / "media" / sha256[:2]).glob(f"{sha256}.*"))


def _evidence(audit: Audit) -> Iterator[Finding]:
    for document, version, visit, url, is_there, of in integrity.without_evidence(audit.db, audit.scope.site):
        if visit is None:
            detail = "it names no visit"
        elif is_there and of != document:
            detail = f"the visit {visit} it names is of {of or 'no document'}"
        else:
            detail = f"the visit {visit} it names has no evidence"
        name = f"versions/{document}/{version}"
        yield Finding(code=Code.VERSION_EVIDENCE, object=name, detail=detail, consequences=(url,))


def _search(audit: Audit) -> Iterator[Finding]:
    """Yield what the index does not find, or finds wrongly: one finding a document."""
    db, site = audit.db, audit.scope.site
    for document, url in integrity.not_indexed(db, site):
        name = f"texts/{document}"
        yield Finding(
            code=Code.SEARCH_INDEX, object=name, detail="a search does not find the document", consequences=(url,)
        )
    if site is None:
        for row in integrity.stale_index(db):
            detail = "the index holds a text that is not there"
            yield Finding(code=Code.SEARCH_INDEX, object=f"document_search/{row}", detail=detail)
    if not audit.with_texts:
        return
    for document, texts, sizes in integrity.indexed(db, site):
        if sizes != [bigrams(text).count(" ") + 1 if text else 0 for text in texts]:
            detail = "the index has another number of words than the text"
            yield Finding(code=Code.SEARCH_INDEX, object=f"texts/{document}", detail=detail)

"""A frozen corpus for research: texts, what is known of them, the question that chose them, counts, and a digest to cite it by.

Made again from the same archive it has the same bytes: no clock, no address of this machine, an order of its own. What changes when the archive
changes is the digest.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path

from crawler.controls import visible
from crawler.export.document import ExportedDocument, Job, as_line

ARTICLES, COUNTS, SUMS, README = "articles.jsonl", "corpus.json", "SHA256SUMS", "README.md"
ABOUT = """# A corpus of campus news

{documents} articles of {universities} universities, as the archive held them on {until} (UTC).

- `articles.jsonl`: everything known of each article, a line of JSON each, with its text and its Markdown.
- `texts/<aa>/<id>.txt`: title, empty line, text.
- `corpus.json`: the question that chose them, and counts.
- `SHA256SUMS`: the digests of these files; `sha256sum -c SHA256SUMS` checks them.

Cite it as: Corpus of campus news [DS], {documents} articles of {universities} universities, state of {until}, sha256:{digest}.

The digest is that of `SHA256SUMS`. The rights in the articles are those of their publishers.
"""


@dataclass(slots=True, kw_only=True)
class Counts:
    """What is counted while documents are written."""

    universities: Counter[str] = field(default_factory=Counter)
    years: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    captured: list[datetime] = field(default_factory=list)  # the first and the last

    def add(self, document: ExportedDocument) -> None:
        self.universities[document.university] += 1
        self.years[str(document.published.year) if document.published else "undated"] += 1
        self.extractors[document.extractor] += 1
        self.characters += len(document.text)
        seen = [*self.captured, document.lastmod or document.archived]
        self.captured = [min(seen), max(seen)]


def write(job: Job, target: Path) -> int:
    """Write a folder; return how many documents it holds."""
    target.mkdir(parents=True)
    counts, sums = Counts(), dict[str, str]()
    with (target / ARTICLES).open("w", encoding="utf-8", newline="\n") as file:
        for document in job.documents():
            counts.add(document)
            file.write(as_line(document))
            name = f"texts/{document.id[:2]}/{document.id}.txt"
            sums[name] = _write(target / name, f"{document.title}\n\n{document.text}\n")
    with (target / ARTICLES).open("rb") as lines:
        sums[ARTICLES] = hashlib.file_digest(lines, "sha256").hexdigest()
    sums[COUNTS] = _write(target / COUNTS, _told(job, counts))
    digest = _write(target / SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))
    number = counts.universities.total()
    until = counts.captured[-1].isoformat(timespec="seconds") if counts.captured else "–"
    about = ABOUT.format(documents=number, universities=len(counts.universities), until=until, digest=digest)
    _write(target / README, about)
    return number


def _told(job: Job, counts: Counts) -> str:
    asked = {one.name: _plain(getattr(job.selection, one.name)) for one in fields(job.selection)}
    told = {
        "query": {name: value for name, value in asked.items() if value},
        "documents": counts.universities.total(),
        "characters": counts.characters,
        "universities": _sorted(counts.universities),
        "years": _sorted(counts.years),
        "extractors": _sorted(counts.extractors),
        "captured": [at.isoformat() for at in counts.captured],
    }
    return visible(json.dumps(told, ensure_ascii=False, indent=2)) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return sorted(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else value


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))


def _write(path: Path, text: str) -> str:
    """Write a file and return the digest of its bytes."""
    data = text.encode("utf-8", "surrogatepass")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()

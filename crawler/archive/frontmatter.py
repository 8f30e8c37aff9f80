"""A document as bytes, and back: YAML front matter, body, `<!--more-->` mark and closing link, in one fixed form.

The same document always gives the same bytes, and `render(*load(data)) == data` for everything `dump` wrote.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from crawler.archive.media_links import localise, places, restore
from crawler.archive.summary_divider import DIVIDER, divide
from crawler.items import Absence, Document, Media, MediaFile

CLOSING = "[转入文章首发地址]"
UNLIMITED = 1_000_000_000  # columns: a folded line would make a small edit a large diff

# Characters that end a line in YAML 1.1, or that a reader would not see: only a double-quoted scalar keeps them.
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
# Strings another YAML reader (1.2, Go, JavaScript) may take for a number or a truth value where PyYAML does not.
NUMBERLIKE = re.compile(r"[-+.]?\d[\d_.,:eExXoO+-]*|[yYnN]")
ASTRAL_ESCAPE = re.compile(r"\\U[0-9A-F]{8}")
SURROGATE = re.compile("[\ud800-\udfff]")


def dump(document: Document) -> bytes:
    """Return the Markdown file of a document, exactly as design.md shows it."""
    return render(metadata(document), _content(document))


def mark(data: bytes, absence: Absence) -> bytes:
    """Return the file of a document whose page was removed, or came back, with nothing else changed."""
    values, content = load(data)
    params = {key: value for key, value in values["params"].items() if key != "gone"}
    return render({**values, "params": _present({**params, "gone": _gone(absence)})}, content)


def link_media(data: bytes, files: Mapping[str, MediaFile]) -> bytes:
    """Return the file of a document with its links to these media (URL -> content) led to their files: as `dump` would write it."""
    values, content = load(data)
    before = values["params"].get("media", ())
    media = [_with_file(row, files.get(row["url"])) for row in before]
    text, closing, target = content.rpartition(CLOSING)
    params = {key: media if key == "media" else value for key, value in values["params"].items()}
    return render(
        {**values, "params": params}, f"{localise(restore(text, _urls(before)), _places(media))}{closing}{target}"
    )


def body_of(data: bytes) -> str:
    """Return the body in the file of a document, without mark and closing link, with the addresses that its page has."""
    values, content = load(data)
    media = values.get("params", {}).get("media", ())
    content = restore(content.rpartition(CLOSING)[0], _urls(media))
    return "\n\n".join(part.strip("\n") for part in content.split(DIVIDER, 1) if part.strip())


def _places(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return URL -> place of the rows of media that have a file."""
    return places((row["url"], row["path"]) for row in rows if "path" in row)


def _urls(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return place -> URL of the rows of media that have a file."""
    return {place: url for url, place in _places(rows).items()}


def load(data: bytes) -> tuple[dict[str, Any], str]:
    """Return front matter (times aware, texts as texts) and everything below it, mark and closing link included.

    Raises ValueError if the front matter is no YAML mapping.
    """
    try:
        values, content = frontmatter.parse(data.decode("utf-8-sig"), handler=Handler())
    except yaml.YAMLError as error:
        raise ValueError(f"front matter is no YAML: {error}") from error
    return values, content


def render(values: Mapping[str, Any], content: str) -> bytes:
    """Return the file for front matter in the order given and the text below it: one newline at the end, no CR."""
    block = _Block(values)
    if isinstance(block.get("params"), Mapping):
        block["params"] = _Block(block["params"])
    post = frontmatter.Post(content.replace("\r\n", "\n").replace("\r", "\n").strip(), handler=Handler())
    post.metadata = block
    return (frontmatter.dumps(post) + "\n").encode()


def metadata(document: Document) -> dict[str, Any]:
    """Return the front matter of a document: the keys of the older mirrors first, ours below `params`."""
    article, site = document.article, document.site
    return _present(
        {
            "title": _clean(article.title),
            "date": article.published,
            "urlname": document.id,
            "slug": document.id,
            "tags": list(site.tags),
            "categories": list(site.categories),
            "authorbox": False,
            "sidebar": False,
            "lastmod": _utc(document.lastmod),
            "params": _params(document),
        }
    )


def _params(document: Document) -> dict[str, Any]:
    article = document.article
    return _present(
        {
            "source_url": document.url,
            "site": document.site.key,
            "section": [*map(_clean, article.section)] or None,
            "source": article.source and _clean(article.source),
            "people": {_clean(role): [*map(_clean, names)] for role, names in article.people.items()} or None,
            "date_raw": article.date_raw and _clean(article.date_raw),
            "date_precision": article.precision and article.precision.value,
            "archived": _utc(document.archived),
            "version": document.version,
            "extractor": document.extractor,
            "content_digest": document.content_digest,
            "provenance": dict(article.provenance) or None,
            "media": [_with_file(_medium(medium), document.files.get(medium.url)) for medium in article.media] or None,
            "imported": dict(article.imported) or None,
            "gone": document.absence and _gone(document.absence),
        }
    )


def _gone(absence: Absence) -> dict[str, Any] | None:
    times = {"missed": absence.missed, "confirmed": absence.confirmed, "returned": absence.returned}
    return _present({name: _utc(at) for name, at in times.items()}) if absence.confirmed else None


def _medium(medium: Media) -> dict[str, Any]:
    texts = {"caption": medium.caption and _clean(medium.caption), "name": medium.name and _clean(medium.name)}
    return _present({"kind": medium.kind.value, "url": _clean(medium.url), **texts})


def _with_file(row: dict[str, Any], file: MediaFile | None) -> dict[str, Any]:
    """Return the row of a medium with the place of its content, behind its address."""
    if file is None:
        return row
    at = {"kind": row["kind"], "url": row["url"], "path": file.path, "sha256": file.sha256}
    return at | {key: value for key, value in row.items() if key not in at}


def _content(document: Document) -> str:
    body = _clean(document.article.body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    target = f"<{document.url}>" if "(" in document.url or ")" in document.url else document.url
    there = (
        (medium.url, document.files[medium.url].path)
        for medium in document.article.media
        if medium.url in document.files
    )
    return f"{localise(divide(body), places(there))}\n\n{CLOSING}({target})"


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(microsecond=0) if at else None


def _clean(text: str) -> str:
    """Return text that UTF-8 can hold: a page may write `&#xD800;`, half of a character."""
    return SURROGATE.sub("\ufffd", text)


class _Block(dict[str, Any]):
    """A mapping written one key a line; every other mapping is written as {key: value}."""


class Handler(YAMLHandler):
    """python-frontmatter's YAML with our dumper. Does not sort keys, fold lines or escape what is readable."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def export(self, metadata: dict[str, object], **_kwargs: object) -> str:
        """Return YAML by libyaml, or by PyYAML's own emitter (5 times slower) where libyaml would escape an emoji."""
        text = _yaml(metadata, _FastDumper)
        return _yaml(metadata, _PlainDumper) if ASTRAL_ESCAPE.search(text) else text


def _yaml(values: Mapping[str, object], dumper: type[yaml.CSafeDumper] | type[yaml.SafeDumper]) -> str:
    return str(yaml.dump(values, Dumper=dumper, allow_unicode=True, sort_keys=False, width=UNLIMITED)).rstrip("\n")


class _FastDumper(yaml.CSafeDumper):
    def ignore_aliases(self, _data: object) -> bool:
        return True


class _PlainDumper(yaml.SafeDumper):
    def ignore_aliases(self, _data: object) -> bool:
        return True


def _write_text(dumper: Any, value: str) -> yaml.Node:
    """Quote what a YAML reader would not read back as this very text; id `0123` and title `no` are texts."""
    quoted = INVISIBLE.search(value) or NUMBERLIKE.fullmatch(value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if quoted else None)  # type: ignore[no-any-return]


def _write_time(dumper: Any, value: datetime) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())  # type: ignore[no-any-return]


def _write_block(dumper: Any, value: _Block) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=False)  # type: ignore[no-any-return]


def _write_mapping(dumper: Any, value: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)  # type: ignore[no-any-return]


def _write_list(dumper: Any, value: list[Any]) -> yaml.Node:
    rows = any(isinstance(item, dict) for item in value)  # media: one a line
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=not rows)  # type: ignore[no-any-return]


WRITERS: dict[type, Callable[[Any, Any], yaml.Node]] = {
    str: _write_text,
    datetime: _write_time,
    _Block: _write_block,
    dict: _write_mapping,
    list: _write_list,
}
for _type, _writer in WRITERS.items():
    _FastDumper.add_representer(_type, _writer)
    _PlainDumper.add_representer(_type, _writer)

"""`scrapy rebuild`: documents read again by today's rules, or the whole archive made again from its evidence."""

import argparse
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from scrapy.exceptions import UsageError
from sqlite_utils import Database

from crawler.archive.layout import CATALOG
from crawler.catalog import close_catalog, open_catalog, open_reader
from crawler.catalog.queries.selection import Selection, count, select
from crawler.catalog.tables import documents
from crawler.catalog.tables import sites as site_rows
from crawler.clock import clock_of
from crawler.console import day, refuse_days
from crawler.errors import CatalogError, CrawlerError, RunLockedError
from crawler.ingest import Archive
from crawler.monitoring.exit_code import ExitCode
from crawler.pages.families import canonical_url
from crawler.rebuild import Remade, remake, try_remake
from crawler.rebuild.attempts import files_by_run
from crawler.rebuild.evidence import RecordedEvidence
from crawler.rebuild.rereading import Comparison, Findings, inline_sample, look_again, writing
from crawler.runs.lock import lock
from crawler.sites import read_sites
from crawler.terminal import ArchiveCommand, ProgressBar, Terminal, echo
from crawler.urls import document_id
from crawler.usage import Needs, unexpected

FORMAT = "campus-archive rebuild 1"  # of the JSON
LONGEST = 400  # characters of a sample on a terminal


class Command(ArchiveCommand):
    """Read again and write anew, or remake."""

    needs: ClassVar[Needs] = {"--may-lose": ["--from-evidence"]}

    def syntax(self) -> str:
        return "[--dry-run] [--versions] [--site KEY] [--url URL] [--since DAY] | --from-evidence [--dry-run]"

    def short_desc(self) -> str:
        return "Read documents again by today's rules, or make the whole archive again from its evidence"

    def long_desc(self) -> str:
        return (
            "With a catalog: read the selected documents, by default all, again from their evidence by today's rules and site files, show "
            "what differs, and write those documents anew: in place (--amend, the default), or as new versions (--versions) where title or "
            "body differ. Without a catalog, or with --from-evidence: make catalog and Markdown again from warc/ alone, beside those there "
            "are, and put them in place when they are whole; the old ones stand in before-rebuild/ until the next time. --dry-run writes "
            "nothing into the archive (from evidence: into a temporary folder, which TMPDIR names). "
            "Exit code: 0 done; 1 it could not be done, nothing was changed that is not told; 2 a mistake in the command, or an archive "
            "without catalog and evidence; 3 done, and some documents could not be read again (they stay as they were); 5 another run "
            "holds the archive; 6 the archive could not be written; 143 stopped (Ctrl-C): nothing is half done."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--dry-run", action="store_true", help="show what would differ, write nothing")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--amend", action="store_true", help="write anew in place, without new versions (the default)")
        how.add_argument("--versions", action="store_true", help="keep the old texts: what differs is a new version")
        how.add_argument(
            "--from-evidence", action="store_true", help="make everything again, as if there were no catalog"
        )
        parser.add_argument("--may-lose", action="store_true", help="even if documents have no evidence and are lost")
        parser.add_argument("--json", action="store_true", help="the report as JSON")
        filters = parser.add_argument_group("filters")
        filters.add_argument("--site", action="append", default=[], metavar="KEY")
        filters.add_argument("--url", action="append", default=[], metavar="URL")
        filters.add_argument("--since", type=day, metavar="YYYY-MM-DD", help="published then or later")
        filters.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="published then or earlier")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        root = Path(self.settings["ARCHIVE_DIR"])
        is_remade = opts.from_evidence or not (root / CATALOG).exists()
        check_filters(args, opts, is_remade=is_remade)
        if is_remade and not files_by_run(root):
            raise UsageError(
                f"{root}: neither {CATALOG} nor evidence in warc/; -s ARCHIVE_DIR=… names another archive",
                print_help=False,
            )
        try:
            if is_remade:
                self._remake(root, opts)
            else:
                self._read_again(root, opts)
        except KeyboardInterrupt:
            self.fail(
                ExitCode.STOPPED, "stopped; documents written anew until then stay so, all others are as they were"
            )
        except RunLockedError as error:
            self.fail(ExitCode.LOCKED, error)
        except CatalogError as error:
            raise UsageError(str(error), print_help=False) from error
        except CrawlerError as error:
            self.fail(1, error)
        except (OSError, sqlite3.Error) as error:
            self.fail(ExitCode.STORAGE_FAILED, error)

    def _remake(self, root: Path, opts: argparse.Namespace) -> None:
        assert self.settings is not None
        files, processes = sum(map(len, files_by_run(root).values())), self.settings.getint("READER_PROCESSES")
        with _progress("evidence", files) as (progress, task):

            def advance(_: Path) -> None:
                progress.advance(task)

            if opts.dry_run:
                remade = try_remake(root, processes=processes, advance=advance)
            else:
                with lock(root):
                    remade = remake(root, processes=processes, may_lose=opts.may_lose, advance=advance)
        told = [json.dumps(_remade_json(remade), ensure_ascii=False)] if opts.json else _remade_lines(remade, root)
        for line in told:
            echo(line)

    def _read_again(self, root: Path, opts: argparse.Namespace) -> None:
        """Read the selected documents again; the ids come from a reader of its own, which no write disturbs."""
        assert self.settings is not None
        sites, problems = read_sites(Path(self.settings["SEEDS_DIR"]))
        for problem in problems:
            echo(f"scrapy rebuild: {problem}; its documents are read by the definition in the catalog", error=True)
        with ExitStack() as stack:
            if not opts.dry_run:
                stack.enter_context(lock(root))
            db = open_reader(root / CATALOG) if opts.dry_run else open_catalog(root / CATALOG)
            stack.callback(db.close if opts.dry_run else lambda: close_catalog(db))
            chosen = stack.enter_context(closing(open_reader(root / CATALOG)))
            archive = Archive(
                root=root, db=db, warc=RecordedEvidence(db), run="", boilerplate=site_rows.boilerplate(db)
            )
            site_rows.check_known(chosen, opts.site)
            number, ids = choose(chosen, opts)
            progress, task = stack.enter_context(_progress("documents", number))
            findings = look_again(
                archive,
                ids,
                {site.key: site for site in sites},
                processes=self.settings.getint("READER_PROCESSES"),
                advance=lambda seen: progress.advance(task, seen),
                write=None if opts.dry_run else writing(archive, clock_of(self.settings)() if opts.versions else None),
            )
        if opts.json:
            echo(json.dumps(_findings_json(findings, is_trial=opts.dry_run), ensure_ascii=False))
        else:
            _print_findings(findings, is_trial=opts.dry_run)
        self.exitcode = 3 if findings.unread else 0


def check_filters(args: Sequence[str], opts: argparse.Namespace, *, is_remade: bool) -> None:
    """Raise UsageError where what is selected contradicts itself."""
    if args:
        raise UsageError(unexpected(args[0], "documents are named by --url"), print_help=False)
    if opts.url and (opts.site or opts.since or opts.until):
        raise UsageError("--url: names documents; expected no other filter beside it", print_help=False)
    refuse_days(opts.since, opts.until)
    if is_remade and (opts.site or opts.url or opts.since or opts.until or opts.versions):
        raise UsageError("a rebuild from evidence is of the whole archive: no filters, no --versions", print_help=False)


def choose(db: Database, opts: argparse.Namespace) -> tuple[int, Iterator[Sequence[str]]]:
    """Return how many documents the filters select, and their ids in batches. Raises UsageError."""
    if opts.url:
        ids = [document_id(canonical_url(url) or url) for url in opts.url]
        known = documents.existing(db, ids)
        unknown = [url for url, name in zip(opts.url, ids, strict=True) if name not in known]
        if unknown:
            raise UsageError(f"--url {unknown[0]}: no document of this archive", print_help=False)
        return len(ids), iter([ids])
    selection = Selection(sites=opts.site, since=opts.since, until=opts.until)
    return count(db, selection), select(db, selection)


@contextmanager
def _progress(what: str, total: int) -> Iterator[tuple[ProgressBar, Any]]:
    with ProgressBar() as progress:
        yield progress, progress.add_task(what, total=total)


def _remade_lines(remade: Remade, root: Path) -> list[str]:
    replayed = remade.replayed
    lines = [
        f"{replayed.runs} runs, {replayed.visits} visits and {replayed.media} media made again: {remade.documents} documents",
        f"compared with the catalog there was: {len(remade.different)} differ, {len(remade.added)} are new, {len(remade.lost)} lost",
    ]
    lines += [f"left out: {why}" for why in replayed.passed_over[:20]]
    if len(replayed.passed_over) > 20:
        lines.append(f"left out: {len(replayed.passed_over) - 20} more")
    lines.append(
        f"in place: {root}; what was there: {root}/before-rebuild" if remade.is_in_place else "nothing was written"
    )
    return lines


def _remade_json(remade: Remade) -> dict[str, Any]:
    replayed = remade.replayed
    return {
        "format": FORMAT,
        "runs": replayed.runs,
        "visits": replayed.visits,
        "media": replayed.media,
        "documents": remade.documents,
        "different": remade.different,
        "added": remade.added,
        "lost": remade.lost,
        "left_out": replayed.passed_over,
        "written": remade.is_in_place,
    }


def _findings_json(found: Findings, *, is_trial: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "read": found.read,
        "different": found.different,
        "fields": dict(found.fields),
        "confidence": _means(found.confidence, found.read),
        "characters": found.characters,
        "unread": found.unread,
        "written": None if is_trial else found.written,
        "samples": [_sample_json(look) for look in found.samples],
    }


def _sample_json(look: Comparison) -> dict[str, Any]:
    return {
        "document": look.document,
        "url": look.url,
        "confidence": look.confidence,
        "characters": look.characters,
        "changes": {change.field: inline_sample(change) for change in look.changes},
    }


def _print_findings(found: Findings, *, is_trial: bool) -> None:
    """Print tables: what differs, then samples."""
    console = Terminal()
    table = Table("field", "documents", title=f"{found.read} documents read again, {found.different} differ")
    for name, times in found.fields.most_common():
        table.add_row(name, str(times))
    console.print(table)
    before, after = _means(found.confidence, found.read)
    console.print(f"confidence, mean: {before:.3f} before, {after:.3f} after")
    console.print(f"characters: {found.characters[0]} before, {found.characters[1]} after")
    for look in found.samples:
        console.print(Text(look.url, style="bold"))
        for change in look.changes:
            console.print(Text(f"  {change.field}: {inline_sample(change)[:LONGEST]}"))
    for why in found.unread:
        echo(f"scrapy rebuild: not read again: {why}", error=True)
    echo("nothing was written" if is_trial else f"{found.written} documents were written anew")


def _means(sums: tuple[float, float], number: int) -> tuple[float, float]:
    return (sums[0] / number, sums[1] / number) if number else (0.0, 0.0)

"""`scrapy browse`: the archive's catalog in a browser, read-only."""

import argparse
import os
import socket
import webbrowser

from scrapy.exceptions import UsageError

from crawler.console import number
from crawler.errors import CrawlerError, UnreachableError
from crawler.terminal import ArchiveCommand, echo
from crawler.usage import unexpected

PORT = 8001  # Datasette's own
LAST_PORT = 65_535


class Command(ArchiveCommand):
    """Serve the reading room until it is interrupted."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Browse and search the archive with Datasette"

    def long_desc(self) -> str:
        return (
            "Serve ARCHIVE_DIR/catalog.db with Datasette, read-only; a crawl may write it meanwhile; a read-only volume will do. "
            "Where several machines share SCALE_DATABASE and SCALE_STORE, all that is published, unless -s ARCHIVE_DIR=PATH names an archive. "
            "Ctrl-C ends it. Exit code: 0 ended by the user; 1 the port is taken, or what the machines share does not answer; 2 there is no catalog."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument(
            "--port", type=number(PORT, 0, LAST_PORT), default=PORT, help=f"port to listen on (default: {PORT})"
        )
        parser.add_argument(
            "--no-sql", action="store_true", help="let nobody send SQL of his own (default: read-only, three seconds)"
        )
        parser.add_argument(
            "--collections",
            metavar="FILE",
            help="let readers keep collections, with tags and notes, in this file (default: off)",
        )
        parser.add_argument("--open", action="store_true", help="open it in the web browser")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(unexpected(args[0]))
        from crawler.browse.serving import room_of, serve  # a second's work at the start: only for who browses

        try:
            listening = bound(opts.host, opts.port)
        except OSError as error:  # taken, not ours to take, no such address
            why = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else "no such host"
            self.fail(1, f"{opts.host}:{opts.port}: {why}; --port and --host choose another")
            return
        try:
            with room_of(self.settings, sql=not opts.no_sql, collections=opts.collections) as room:
                address = f"http://{opts.host}:{listening.getsockname()[1]}/"
                echo(f"Reading room: {address}  (Ctrl-C ends it)")
                if opts.open:
                    webbrowser.open(address)
                serve(room, listening)
        except UnreachableError as error:
            self.fail(1, error)
        except CrawlerError as error:
            raise UsageError(str(error), print_help=False) from error
        finally:
            listening.close()


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises OSError."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)

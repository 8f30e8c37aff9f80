"""`python -m bench [MEASURE]`: print tables; exit 1: a bar missed, 2: a wrong call."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench.growth import holdings
from bench.hostile import hostile
from bench.layouts import layouts
from bench.memory import memory
from bench.profile import profile
from bench.quality import quality
from bench.recall import recall
from bench.recorded import NoRecordingsError
from bench.reposts import reposts
from bench.room import room
from bench.speed import CONTENDERS, speed
from bench.time import ageing
from bench.unseen import unseen
from bench.verify import verify

ROOT = Path(__file__).parent.parent


def main() -> int:
    options = _parser().parse_args()
    shared: Path = options.shared
    wanted = [options.measure] if options.measure else ["recall", "speed", "memory", "time"]
    met = True
    try:
        for name in wanted:
            met = _measure(name, shared.resolve(), options) and met
    except NoRecordingsError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    return 0 if met else 1


def _measure(name: str, shared: Path, options: argparse.Namespace) -> bool:
    measures: dict[str, Callable[[], bool]] = {
        "speed": lambda: speed(
            shared,
            pages=options.pages,
            closed=options.closed,
            rounds=options.rounds,
            concurrency=options.concurrency,
            settings=options.settings,
            only=options.only,
        ),
        "time": lambda: ageing(articles=options.articles, settings=options.settings),
        "reposts": lambda: reposts(options.documents),
        "layouts": lambda: layouts(
            names=options.names, alone=options.alone, again=options.again, settings=options.settings
        ),
        "room": lambda: room(documents=options.found, keep=options.archive),
        "holdings": lambda: holdings(options.grown, keep=options.archive, write=options.write),
        "hostile": hostile,
        "profile": lambda: profile(shared),
        "verify": lambda: verify(options.archives, faults=options.faults, seed=options.seed),
        "memory": lambda: memory(shared, pages=options.pages, totals=options.totals, settings=options.settings),
        "unseen": lambda: unseen(shared, keep=options.keep),
        "quality": lambda: quality(
            shared, unknown=options.unknown, rounds=options.rounds, write=options.write, keep=options.keep
        ),
        "recall": lambda: recall(
            shared, hosts=options.hosts, kills=options.kill, seed=options.seed, settings=options.settings
        ),
    }
    return measures["unseen" if name == "quality" and options.unseen else name]()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the crawl on recorded sites.")
    parser.add_argument(
        "measure",
        nargs="?",
        choices=(
            "quality",
            "speed",
            "memory",
            "recall",
            "time",
            "reposts",
            "verify",
            "room",
            "holdings",
            "layouts",
            "hostile",
            "profile",
        ),
        help="default: recall, speed, memory and time",
    )
    parser.add_argument(
        "--shared",
        type=Path,
        default=ROOT.parent / "shared",
        help="folder that holds `sites` and `bench` (default: %(default)s)",
    )
    parser.add_argument(
        "-s", dest="settings", action="append", default=[], metavar="NAME=VALUE", help="a setting for our crawl"
    )
    parser.add_argument("--pages", type=int, default=2000, help="pages of the mix (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of quality and speed (default: %(default)s)")
    judged = parser.add_argument_group("quality")
    judged.add_argument(
        "--unknown", action="store_true", help="judge ours with the rules of every CMS family switched off"
    )
    judged.add_argument(
        "--unseen", action="store_true", help="ours alone, without site files and what is learnt, and the worst hosts"
    )
    judged.add_argument(
        "--write", action="store_true", help="write the tables into docs/measured.md (also of holdings)"
    )
    judged.add_argument("--keep", type=Path, metavar="DIR", help="leave there what ours and the peers predict")
    timing = parser.add_argument_group("speed")
    timing.add_argument("--closed", action="store_true", help="cut the links to what is not in the mix (else: a 404)")
    timing.add_argument("--concurrency", type=int, default=16, help="requests at once to a host (default: %(default)s)")
    timing.add_argument("--only", choices=tuple(CONTENDERS), help="run one contender only")
    size = parser.add_argument_group("memory")
    size.add_argument("--totals", type=int, nargs="+", default=[2000, 20000], help="default: 2000 20000")
    copies = parser.add_argument_group("reposts")
    copies.add_argument("--documents", type=int, nargs="+", default=[10_000, 300_000], help="default: 10000 300000")
    reading = parser.add_argument_group("room")
    reading.add_argument("--found", type=int, default=100_000, help="documents (default: %(default)s)")
    reading.add_argument(
        "--archive",
        type=Path,
        metavar="DIR",
        help="keep the archive there, and take the one that is there (also of holdings: one a size)",
    )
    growing = parser.add_argument_group("holdings")
    growing.add_argument("--grown", type=int, nargs="+", default=[10_000, 100_000], help="default: 10000 100000")
    audited = parser.add_argument_group("verify")
    audited.add_argument("--archives", type=int, nargs="+", default=[1000, 10_000], help="default: 1000 10000")
    audited.add_argument("--faults", type=int, default=200, help="put into the last one (default: %(default)s)")
    found = parser.add_argument_group("recall")
    found.add_argument("--hosts", nargs="+", default=[], metavar="HOST", help="only these of the recorded sites")
    found.add_argument(
        "--kill", type=int, default=0, metavar="N", help="also crawl with N deaths by SIGKILL and compare"
    )
    found.add_argument(
        "--seed", type=int, default=1, help="of the moments of death, and of the faults (default: %(default)s)"
    )
    laid = parser.add_argument_group("layouts")
    laid.add_argument("names", nargs="*", metavar="NAME", help="only layouts whose names begin so")
    laid.add_argument("--alone", action="store_true", help="a run for each, not one for many")
    laid.add_argument("--again", action="store_true", help="also count the requests of an unchanged second run")
    old = parser.add_argument_group("time")
    old.add_argument("--articles", type=int, default=1000, help="of the site that ages (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())

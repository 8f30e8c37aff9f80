"""`python -m tests.campus --port 8642`: serve the campus until interrupted."""

import argparse
import signal
import threading

from tests.campus import Campus
from tests.campus.seed_files import DEMO_PORT
from tests.campus.server import ADDRESSES


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.campus", description="Serve the built-in campus on loopback."
    )
    parser.add_argument(
        "--port", type=int, default=DEMO_PORT, help="the port of all three hosts (default: %(default)s)"
    )
    parser.add_argument("--validators", action="store_true", help="send ETag and Last-Modified, answer 304")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Campus(port=options.port, validators=options.validators) as campus:
        print("campus:", *(campus.url(host, "/") for host in ADDRESSES), flush=True)  # printed once every host answers
        stop.wait()


if __name__ == "__main__":
    main()

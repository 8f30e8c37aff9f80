"""`python -m tests.commands.one_process` reads command lines, a JSON list a line, runs each in this one process, and prints how it ended, as JSON.

A second spent on loading Scrapy is spent once, not for every mistake that somebody can make.
"""

import contextlib
import io
import json
import sys

from scrapy.cmdline import execute


def main() -> None:
    for line in sys.stdin:
        code, out, err = ended(json.loads(line))
        print(json.dumps({"code": code, "stdout": out, "stderr": err}), flush=True)


def ended(arguments: list[str]) -> tuple[object, str, str]:
    """Run one command; return its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            execute(["scrapy", *arguments])
        except SystemExit as exited:
            code = exited.code
        except Exception:  # noqa: BLE001 - as Python itself would print it
            code = 1
            sys.excepthook(*sys.exc_info())
    return code or 0, out.getvalue(), err.getvalue()


if __name__ == "__main__":
    main()

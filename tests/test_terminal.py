"""What gets to a terminal or a log of texts that others wrote."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from rich.table import Table

from crawler.controls import UNFIT, for_xml, on_one_line, visible
from crawler.terminal import ProgressBar, Terminal, echo, guard
from crawler.usage import misfit

HOSTILE = "标题\x1b]0;owned\x07\x9b31m\u202e\u2028[red]x[/nope]\r\nERROR: forged \udc80"


@contextmanager
def guarded() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Yield what is written to standard output and standard error meanwhile."""
    before = logging.getLogRecordFactory()
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        guard()
        yield out, err
    logging.setLogRecordFactory(before)


def test_a_line_stays_one_line() -> None:
    with guarded() as streams:
        echo("titles:", HOSTILE)
        echo(HOSTILE, error=True)
    for stream in streams:
        assert stream.getvalue().count("\n") == 1
        assert not UNFIT.search(stream.getvalue())
        assert "标题" in stream.getvalue()


def test_a_table_shows_text_and_no_markup() -> None:
    table = Table("title")
    table.add_row(HOSTILE)
    with guarded() as (out, _):
        Terminal(width=200, force_terminal=True, color_system=None).print(table)
        Terminal(width=200).print(HOSTILE)
    assert not UNFIT.search(out.getvalue())
    assert out.getvalue().count("[red]x[/nope]") == 2


def test_a_log_has_no_forged_line() -> None:
    log = logging.getLogger("of this test")
    log.propagate = False
    with guarded() as (_, told):
        log.handlers = [logging.StreamHandler()]
        log.warning("%s: %s", "https://a.example/", HOSTILE)
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            log.exception("it failed")
        print(HOSTILE, file=sys.stderr)
    assert not UNFIT.search(told.getvalue())
    assert "\nERROR" not in told.getvalue().partition("it failed")[0]


class Item:
    """What has a message of megabytes, that must not be made."""

    def __str__(self) -> str:
        raise AssertionError("nobody writes it")


def test_a_message_that_nobody_writes_is_not_made() -> None:
    log = logging.getLogger("of this test")
    log.propagate, log.level = False, logging.DEBUG
    with guarded():
        log.handlers = [logging.StreamHandler()]
        log.handlers[0].setLevel(logging.WARNING)
        log.debug("%s", Item())


@given(st.text())
def test_json_stays_the_same_json(text: str) -> None:
    assert json.loads(on_one_line(json.dumps([text], ensure_ascii=False))) == [text]
    assert len(visible(json.dumps([text], ensure_ascii=False)).splitlines()) == 1


@given(st.text())
def test_what_is_for_xml_can_stand_in_it(text: str) -> None:
    element = etree.Element("title")
    element.text = for_xml(text)
    assert etree.fromstring(etree.tostring(element)) is not None


def test_how_far_a_command_is_stands_in_a_log_once_a_minute() -> None:
    seconds = iter((0.0, 30.0, 61.0, 61.0, 100.0, 122.0, 122.0))
    with redirect_stderr(io.StringIO()) as err, ProgressBar(clock=lambda: next(seconds)) as progress:
        task = progress.add_task("documents", total=9)
        for _ in range(3):
            progress.advance(task)
        counted = progress.add_task("verify", files=7, faults=0)
        progress.update(counted, faults=1)
    assert err.getvalue() == "documents: 2 of 9\nverify: 7 files, 1 faults\n"


@pytest.mark.parametrize(
    ("value", "default", "fits"),
    [
        ("20MB", 50_000_000, False),
        ("9", 50_000_000, True),
        ("1.5", 60, False),
        ("1.5", 0, True),
        ("0.5", 10.0, True),
        ("-1", 2, False),
        ("-1", -1, True),
        ("yes", True, False),
        ("False", True, True),
        ("anything", "archive", True),
        ("anything", None, True),
    ],
)
def test_the_value_of_a_setting_has_the_type_of_its_default(value: str, default: object, *, fits: bool) -> None:
    assert (misfit(value, default) is None) is fits

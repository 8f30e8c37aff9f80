"""The measurement of quality: what it asks, how it judges and what it writes. The pages it measures on are not here."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bench.bars import FIELDS, Field, misses, shown
from bench.gold import Gold, find_gold, json_lines, manifest, without_what_is_not_given
from bench.measured import BEGIN, END, NoMarksError, markdown, rewritten
from bench.pace import Pace, Spread, paces, spread
from bench.peers import MODULES, Contender, Missing, run_peers, version_of
from bench.quality import MEASURED, Quality, section
from bench.recorded import NoRecordingsError
from bench.unseen import unseen, worst

GOOD: dict[str, float | None] = {field.name: 0.0 if field.lower else 1.0 for field in FIELDS}
LEAKS = Field("leaks", 0.01, lower=True)
TITLE = Field("title", 0.985)

PEERS = """
import json, sys
peer, gold, folder = sys.argv[1:]
for line in open(gold, encoding="utf-8"):
    file = json.loads(line)["file"]
    print(json.dumps({"file": file, "kind": "article", "title": "T", **({"error": "E"} if file == "b.html" else {})}))
print(f"{peer}: median 1.50 ms, p90 2.25 ms, sum 0.01 s over 2 pages", file=sys.stderr)
"""
SCORE = """
import json
print(json.dumps({"all": {"body_f1": 0.5, "title": 1.0, "day": 0.0, "date_invented": 0.0}, "a.cn": {"pages": 2, "body_f1": 0.5}}))
"""


@pytest.fixture
def gold(tmp_path: Path) -> Gold:
    """Two gold pages with a runner of peers and a scorer of the same form as the real ones."""
    folder = tmp_path / "bench"
    (folder / "pages").mkdir(parents=True)
    rows = '{"file": "a.html", "url": "https://a.cn/1", "title": "一\u2028二"}\n{"file": "b.html", "url": ""}\n'
    (folder / "gold.jsonl").write_text(rows, encoding="utf-8")
    (folder / "peers.py").write_text(PEERS, encoding="utf-8")
    (folder / "score.py").write_text(SCORE, encoding="utf-8")
    return find_gold(tmp_path)


def test_the_manifest_has_a_line_a_page_also_without_an_address(gold: Gold) -> None:
    assert manifest(gold.rows) == "a.html\thttps://a.cn/1\nb.html\t\n"


def test_without_the_gold_pages_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NoRecordingsError, match=r"gold\.jsonl: not there"):
        find_gold(tmp_path)


def test_what_is_never_given_is_no_figure() -> None:
    figures = {"title": 0.0, "day": 0.0, "date_invented": 0.0, "body_f1": 0.0, "kind_acc": 0.1}
    kept = without_what_is_not_given(figures, [{"kind": "article", "published": None}, {"kind": "other", "title": "x"}])
    assert kept == {"title": 0.0, "day": None, "date_invented": None, "body_f1": 0.0, "kind_acc": 0.1}


@pytest.mark.parametrize(
    ("field", "ours", "peers", "told"),
    [
        (TITLE, 0.985, {"a": 0.985}, []),
        (TITLE, 0.98, {"a": 0.9}, ["title: 0.980, the bar is ≥ 0.985"]),
        (TITLE, 0.99, {"a": 0.991, "b": 0.995, "c": None}, ["title: 0.990, b has 0.995"]),
        (LEAKS, 0.01, {"a": 0.01}, []),
        (LEAKS, 0.02, {"a": 0.03}, ["leaks: 0.020, the bar is ≤ 0.01"]),
        (LEAKS, 0.005, {"a": 0.004, "b": 0.001}, ["leaks: 0.005, b has 0.001"]),
        (LEAKS, 0.02, {"a": 0.01}, ["leaks: 0.020, the bar is ≤ 0.01", "leaks: 0.020, a has 0.010"]),
        (Field("image_order"), 0.1, {"a": None}, []),
        (Field("image_order"), 0.1, {}, []),
        (TITLE, None, {"a": None}, ["title: ours gives none"]),
    ],
)
def test_a_missed_bar_is_told_with_both_figures(
    field: Field, ours: float | None, peers: dict[str, float | None], told: list[str]
) -> None:
    of_peers = {peer: {field.name: value} for peer, value in peers.items()}
    assert list(misses({field.name: ours}, of_peers, [field])) == told


def test_every_field_is_judged() -> None:
    bad = {name: None if value is None else 1.0 - value for name, value in GOOD.items()}
    assert len(list(misses(bad, {"a": GOOD}))) == len(FIELDS) + sum(field.bar is not None for field in FIELDS)
    assert list(misses(GOOD, {"a": GOOD, "b": bad})) == []


def test_a_figure_has_three_digits_and_none_is_a_dash() -> None:
    assert [shown(0.98765), shown(1.0), shown(None)] == ["0.988", "1.000", "–"]


def test_ours_is_beside_trafilatura_on_three_groups_of_pages() -> None:
    times = {"ours": [1.0, 2.0, 12.0], "general": [3.0, 6.0, 9.0], "trafilatura": [10.0, 20.0, 10.0]}
    known, others, alone = paces(times, ["vsb", "webplus", None])
    assert (known.pages, known.ratio, known.is_met) == (2, 0.1, True)
    assert (others.pages, others.ratio, others.is_met) == (1, 1.2, False)
    assert (alone.pages, alone.ratio, alone.is_met) == (3, 0.6, True)
    assert [one.pages for one in paces(times, ["vsb"] * 3)] == [3, 3]


def test_a_third_of_the_time_is_asked_on_pages_of_a_family() -> None:
    times = {"ours": [4.0], "general": [4.0], "trafilatura": [10.0]}
    assert [one.is_met for one in paces(times, ["vsb"])] == [False, True]


def test_the_spread_of_times() -> None:
    assert spread([float(n) for n in range(100, 0, -1)]) == Spread(50.5, 91.0)
    assert str(Spread(3.14, 10.0)) == "3.1 / 10.0"


def test_a_peer_is_run_in_its_environment(gold: Gold, tmp_path: Path) -> None:
    found = next(run_peers(gold, tmp_path, Path(sys.executable)))
    assert isinstance(found, Contender)
    assert (found.name, found.median, found.p90, found.failed) == ("trafilatura", 1.5, 2.25, 1)
    assert found.figures == {"body_f1": 0.5, "title": 1.0, "day": None, "date_invented": None}
    assert [one["file"] for one in json_lines(tmp_path / "trafilatura.jsonl")] == ["a.html", "b.html"]


def test_a_peer_that_is_not_installed_is_told(gold: Gold, tmp_path: Path) -> None:
    assert list(run_peers(gold, tmp_path, tmp_path / "no/python")) == [
        Missing(peer, "no .venv-peers: make bench-peers") for peer in MODULES
    ]
    missing = version_of("gne", Path(sys.executable))
    assert str(missing) == "gne did not take part: ModuleNotFoundError: No module named 'gne'"


@pytest.fixture
def found() -> Quality:
    fast = Pace("of a known CMS", 1, Spread(1, 2), Spread(10, 20), 1 / 3)
    return Quality(
        pages=2,
        hosts=1,
        ours=Contender("ours", "1", GOOD, 1, 2),
        general=Contender("general", "1", GOOD | {"title": 0.5}, 1, 2),
        peers=[Contender("trafilatura-precision", "2.3", GOOD | {"title": None}, 10, 20, failed=1)],
        missing=[Missing("gne", "why")],
        paces=[fast, replace(fast, group="all, by the general rules alone", ours=Spread(30, 40), at_most=1.0)],
    )


def test_the_table_has_a_row_a_field_and_a_column_a_contender(found: Quality) -> None:
    assert found.heads == ["", "bar", "ours", "general rules alone", "trafilatura, precision 2.3"]
    assert ["title", "≥ 0.985", "1.000", "0.500", "–"] in found.rows
    assert [row[0] for row in found.rows] == [*(field.name for field in FIELDS), "ms a page, median / p90"]
    assert {len(row) for row in found.rows} == {len(found.heads)}


def test_ours_is_judged_or_its_general_rules(found: Quality) -> None:
    slow = "pages all, by the general rules alone: 3.00 of trafilatura's time, the bar is ≤ 1.00"
    assert list(found.faults()) == [slow]
    assert list(found.faults(unknown=True)) == ["title: 0.500, the bar is ≥ 0.985", slow]


def test_the_readme_says_what_was_missed_and_who_was_missing(found: Quality) -> None:
    text = section(found, date(2026, 11, 24))
    assert "2 real pages of 1 hosts" in text
    assert "2026-11-24" in text
    assert "gne did not take part: why; trafilatura-precision raised an error on 1 of 2 pages\n\n" in text
    assert text.endswith("\n\nBars missed:\n\n" + "\n".join(f"- {fault}" for fault in found.faults()))
    assert "Every bar is met." in section(replace(found, paces=found.paces[:1]), date(2026, 11, 24))


def test_only_what_stands_between_the_marks_is_written_anew() -> None:
    text = f"# A\n\n{BEGIN}\nold\n{END}\n\nrest\n"
    once = rewritten(text, "new\n\n| a |")
    assert once == f"# A\n\n{BEGIN}\nnew\n\n| a |\n{END}\n\nrest\n"
    assert rewritten(once, "new\n\n| a |") == once


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{END}"])
def test_without_its_marks_nothing_is_written(text: str) -> None:
    with pytest.raises(NoMarksError, match="once each"):
        rewritten(text, "new")


def test_the_page_of_measurements_has_the_marks() -> None:
    assert "measured" in rewritten(MEASURED.read_text(encoding="utf-8"), "measured")


def test_a_markdown_table() -> None:
    assert markdown(["", "a"], [["x", 1]]) == "|  | a |\n| --- | ---: |\n| x | 1 |"


def test_the_hosts_whose_bodies_are_read_worst_stand_first() -> None:
    hosts: dict[str, dict[str, float | None]] = {
        "a.cn": {"pages": 3, "body_f1": 0.9},
        "b.cn": {"pages": 1, "body_f1": None},
        "c.cn": {"pages": 2, "body_f1": 0.0},
    }
    assert [row[:3] for row in worst(hosts)] == [["c.cn", "2", "0.000"], ["a.cn", "3", "0.900"], ["b.cn", "1", "–"]]
    assert len(list(worst(hosts, 1))) == 1


def test_pages_nobody_has_seen_are_read_each_for_itself(gold: Gold, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        (gold.folder / name).write_text("<title>运动会</title><p>x", encoding="utf-8")
    assert unseen(tmp_path, keep=tmp_path / "kept") is False
    lines = json_lines(tmp_path / "kept" / "unseen-none.jsonl")
    assert [line["file"] for line in lines] == ["a.html", "b.html"]

"""Every golden page under `tests/pages/` is read as its `expected.yaml` says."""

import pytest

from tests.golden import Case, cases, shown

CASES = [
    pytest.param(case, id=case.name, marks=[pytest.mark.xfail(strict=True, reason=wrong)] if wrong else [])
    for case in cases()
    for wrong in [case.about.get("wrong")]
]


@pytest.mark.parametrize("case", CASES)
def test_a_golden_page_is_read_as_its_case_says(case: Case) -> None:
    assert shown(case.read()) == dict(case.expected)


def test_every_case_is_complete() -> None:
    lacking = [case.name for case in cases() if not case.folder.joinpath("expected.yaml").exists()]
    assert not lacking, f"write them with `python -m tests.golden`, then read them: {lacking}"

"""Which parameters change nothing on a site."""

from crawler.policies.spellings import Spellings

HOST = "https://news.example.edu.cn"


def seen(*pages: tuple[str, str]) -> Spellings:
    spellings = Spellings()
    for address, signature in pages:
        spellings.add(f"{HOST}{address}", signature)
    return spellings


def with_and_without(pair: str, numbers: range = range(3)) -> list[tuple[str, str]]:
    return [(f"/{n}.html{query}", f"text {n}") for n in numbers for query in ("", f"?{pair}")]


def test_a_value_that_changes_nothing_on_a_few_pages_is_left_out() -> None:
    spellings = seen(*with_and_without("lang=en"))
    assert spellings.bare(f"{HOST}/9.html?id=3&lang=en") == f"{HOST}/9.html?id=3"
    assert spellings.bare(f"{HOST}/9.html?lang=zh") is None
    assert seen(*with_and_without("lang=en", range(2))).bare(f"{HOST}/9.html?lang=en") is None


def test_a_parameter_of_which_every_value_changes_nothing_is_left_out() -> None:
    spellings = seen(("/list", "a"), *((f"/list?t={n}", "a") for n in range(3)))
    assert spellings.bare(f"{HOST}/list?t=99") == f"{HOST}/list"


def test_a_parameter_that_changes_something_once_is_never_left_out_as_a_whole() -> None:
    first = [("/list", "a"), ("/list?page=1", "a"), ("/list?page=0", "a"), ("/list?page=01", "a")]
    spellings = seen(("/list", "a"), ("/list?page=2", "b"), *first)
    assert spellings.bare(f"{HOST}/list?page=3") is None
    assert seen(*first, ("/list?page=2", "b")).bare(f"{HOST}/list?page=3") is None

"""What a site answers where nothing is: known by a guess, or where it stands under several addresses."""

from crawler.policies.answers import SAME, SAME_ARTICLE, Answers


def test_a_page_under_several_addresses_is_the_answer_to_anything() -> None:
    answers = Answers()
    found = []
    for n in range(SAME):
        found.append(answers.is_nothing("a", f"/{n}", is_article=False))
        answers.add("a", f"/{n}", is_guess=False)
    assert found == [False] * (SAME - 1) + [True]
    assert not answers.is_nothing("a", "/9", is_article=True), "an article may stand in several columns"
    assert SAME < SAME_ARTICLE


def test_the_answer_to_a_guess_is_one_from_then_on() -> None:
    answers = Answers()
    answers.add("a", "/sitemap.xml", is_guess=True)
    assert answers.is_nothing("a", "/gone", is_article=True)
    assert not answers.is_nothing("b", "/gone", is_article=False)


def test_a_page_that_is_read_twice_is_one_page() -> None:
    answers = Answers()
    for _ in range(2 * SAME):
        answers.add("a", "/list", is_guess=False)
    assert not answers.is_nothing("a", "/list", is_article=False)

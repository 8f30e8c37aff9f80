"""The reading room in Chromium, over the built-in campus: axe finds nothing serious, nothing is asked of another host, six clicks are enough."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.campus.screenshots import PAGES, screenshots
from tests.crawl_harness import Crawled
from tests.room_harness import VIEWS, browser, is_examined, page_of, served

GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def address(crawled: Crawled) -> Iterator[str]:
    with served(crawled.archive.root) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


def faults(page: Page) -> list[str]:
    """Return what axe finds grave; it is run past the page's own policy, which forbids every script."""
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found if fault["impact"] in GRAVE]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(("size", "language"), VIEWS)
def test_pages_are_accessible_and_ask_nothing_of_another_host(
    chromium: Browser, address: str, size: str, language: str
) -> None:
    with page_of(chromium, size=size, language=language) as (page, seen):
        for number, (name, path) in enumerate(PAGES.items()):
            page.goto(address + path)
            assert page.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[language]
            assert overflow(page) <= 0, name
            if is_examined(number, language):
                assert faults(page) == [], name
    assert [url for url in seen if not url.startswith(f"{address}/")] == []


@pytest.mark.parametrize("first", [0, pytest.param(1, marks=pytest.mark.soak)])
def test_dark_pages_have_contrast_too(chromium: Browser, address: str, first: int) -> None:
    with page_of(chromium, size="desktop", language="zh", dark=True) as (page, _):
        for name, path in [*PAGES.items()][first::2]:
            page.goto(address + path)
            assert faults(page) == [], name


def test_from_the_first_page_to_hits_of_one_university_by_keyboard(chromium: Browser, address: str) -> None:
    with page_of(chromium, size="phone", language="zh") as (page, _):
        page.goto(address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.get_by_role("searchbox", name="检索词").fill("图书馆")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=*")
        expect(page.get_by_role("heading", name="3 篇文章")).to_be_visible()
        page.get_by_text("缩小范围，带走结果").click()  # folded on a phone
        page.get_by_role("link", name="湖光大学", exact=True).click()
        expect(page.get_by_role("heading", name="2 篇文章")).to_be_visible()
        assert page.locator("mark").first.inner_text() == "图书馆"
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("heading", name="2 articles")).to_be_visible()
        page.get_by_role("link", name="Help").first.click()
        expect(page.get_by_role("heading", name="Searching")).to_be_visible()  # the cookie kept the choice


def test_one_command_makes_a_picture_of_every_page(
    chromium: Browser, address: str, crawled: Crawled, tmp_path: Path
) -> None:
    root = crawled.archive.root
    names = {path.name for path in screenshots(chromium, address, root, tmp_path, looks=[("phone", "en", True)])}
    assert {f"{name}-phone-en-dark.png" for name in PAGES} <= names
    assert names == {path.name for path in tmp_path.iterdir()}

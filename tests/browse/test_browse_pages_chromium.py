"""The pages on articles, sites, people and campaigns in headless Chromium: accessible, at home, and deaf to what is hostile."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Locator

from tests import hostile
from tests.crawl_harness import Crawled
from tests.room_harness import SIZES, VIEWS, browser, is_examined, page_of, served

SEVERE = ("serious", "critical")
WIDER = """[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, pre'))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def address(crawled: Crawled) -> Iterator[str]:
    with served(crawled.archive.root) as found:
        yield found


def paths(crawled: Crawled) -> Sequence[str]:
    """One page of each kind."""
    archive = crawled.archive
    article = archive.values("SELECT document FROM media WHERE sha256 NOTNULL AND kind = 'image' LIMIT 1")[0]
    copied = archive.values("SELECT duplicate_of FROM documents WHERE duplicate_of NOTNULL LIMIT 1")[0]
    person = archive.values("SELECT name FROM people LIMIT 1")[0]
    visit = archive.values("SELECT id FROM visits WHERE outcome = 'new' LIMIT 1")[0]
    return (
        f"/article/{article}", f"/article/{copied}", f"/campaign/{copied}", "/campaigns", f"/campaigns?q={quote('图书馆')}", "/sites", "/site/vsb",
        f"/words?q={quote('图书馆')}", "/look", "/runs",
        "/people", f"/person/{quote(person)}", "/sources", f"/capture/{visit}",
        f"/collection?ids={article},{copied}&q={quote('图书馆')}", "/article/" + "0" * 32,
    )  # fmt: skip


@pytest.mark.parametrize(("size", "language"), VIEWS)
def test_every_page_is_accessible_fits_and_asks_nobody_else(
    crawled: Crawled, chromium: Browser, address: str, size: str, language: str
) -> None:
    faults: list[object] = []
    refused: set[str] = set()  # what a page in its sandbox names: no byte of it leaves the browser
    with page_of(chromium, size=size, language=language) as (page, seen):
        page.on("requestfailed", lambda request: refused.add(request.url) if request.failure == "csp" else None)
        for number, path in enumerate(paths(crawled)):
            page.goto(address + path)
            if is_examined(number, language):
                faults += [(path, fault["id"], fault["nodes"][0]["html"][:200]) for fault in _severe(page)]
            if page.evaluate("document.documentElement.scrollWidth") > SIZES[size][0]:
                faults.append((path, page.evaluate(WIDER)))
    assert faults == []
    asked = {one for one in seen if one.startswith("http") and not one.startswith(address)}
    assert asked <= refused


def test_pages_are_accessible_in_the_dark(crawled: Crawled, chromium: Browser, address: str) -> None:
    with page_of(chromium, size="desktop", language="zh", dark=True) as (page, _):
        for path in paths(crawled)[::3]:
            page.goto(address + path)
            assert [(path, fault["id"]) for fault in _severe(page)] == []


def _severe(page: Any) -> list[dict[str, Any]]:
    violations = Axe().run(page).response["violations"]
    return [fault for fault in violations if fault["impact"] in SEVERE]


def test_a_hostile_article_does_nothing(chromium: Browser, tmp_path: Any) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    hostile.build(root)
    with served(root) as address, page_of(chromium, size="desktop", language="en") as (page, seen):
        dialogs: list[str] = []
        refused: set[str] = set()
        page.on("requestfailed", lambda request: refused.add(request.url) if request.failure == "csp" else None)

        def dismiss(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", dismiss)
        for path in (
            f"/article/{hostile.ID}",
            "/capture/1",
            "/site/example",
            "/people",
            "/campaigns",
            "/",
            f"/search?q={quote('会议')}",
        ):
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            assert page.url == address + path
            assert page.title() != "owned"
        page.goto(f"{address}/capture/1/page")
        page.wait_for_load_state("networkidle")
        assert (page.title(), page.url) == ("x", f"{address}/capture/1/page")
        assert dialogs == []
        assert {one for one in seen if one.startswith("http") and not one.startswith(address)} <= refused


def test_a_newcomer_needs_six_clicks(crawled: Crawled, chromium: Browser, address: str) -> None:
    """Open, find what two universities wrote in May, read one, see where its text comes from and where else it was published, download it."""
    clicks: list[str] = []

    def click(place: Locator) -> None:
        clicks.append(place.inner_text() or place.input_value())
        place.click()

    with page_of(chromium, size="desktop", language="zh") as (page, _):
        page.goto(address)
        page.get_by_role("searchbox").first.fill("学")
        click(page.get_by_role("button", name="检索").first)
        page.locator("input[name=since]").fill("2024-05-01")
        page.locator("input[name=until]").fill("2024-05-31")
        click(page.get_by_role("button", name="检索").first)
        universities = {text.split(" · ")[0] for text in page.locator(".hits li .meta").all_inner_texts()}
        assert len(universities) >= 2
        click(page.locator(".hits li h3 a").first)
        assert page.locator("article.document h1").count() == 1
        click(page.get_by_role("link", name="证据").first)
        assert page.url.endswith("#evidence")
        with page.expect_download() as download:
            click(page.get_by_role("link", name="下载 Markdown"))
        assert download.value.suggested_filename.endswith(".md")
    assert len(clicks) <= 6


def test_versions_and_copies_are_one_click_from_an_article(crawled: Crawled, chromium: Browser, address: str) -> None:
    first = crawled.archive.values("SELECT duplicate_of FROM documents WHERE duplicate_of NOTNULL LIMIT 1")[0]
    with page_of(chromium, size="phone", language="en") as (page, _):
        page.goto(f"{address}/article/{first}")
        page.get_by_role("link", name="copy elsewhere").click()
        assert page.url.endswith("#copies")
        assert page.locator(".timeline li").count() >= 2

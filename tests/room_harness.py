"""The reading room on a loopback port of its own, and a headless browser in front of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from crawler.browse import reading_room
from crawler.browse.protocol import Protocol

CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=60_000)  # ms, on a loaded machine
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
VIEWS = [  # each size and each language once in the quick tests
    ("desktop", "zh"),
    ("phone", "en"),
    pytest.param("desktop", "en", marks=pytest.mark.soak),
    pytest.param("phone", "zh", marks=pytest.mark.soak),
]


def is_examined(number: int, language: str) -> bool:
    """Return whether axe looks at a page of this number in this language: at each page once in the quick tests, with all views at both sizes."""
    return (number % 2 == 0) == (language == "zh")


@contextmanager
def served(archive: Path) -> Iterator[str]:
    """Serve the reading room over an archive; yield its address, without a slash at the end."""
    room = reading_room(archive)
    server = uvicorn.Server(
        uvicorn.Config(room.app(), host="127.0.0.1", port=0, log_level="warning", lifespan="on", http=Protocol)
    )
    listening = server.config.bind_socket()
    listening.listen()  # who asks before the server accepts, waits
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
        room.executor.shutdown()
        for database in room.databases.values():
            database.close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def page_of(chromium: Browser, *, size: str, language: str, dark: bool = False) -> Iterator[tuple[Page, list[str]]]:
    """Yield a page of that size in a browser that prefers the language, and what it asked for and what it complained of, which grows."""
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        locale=LANGUAGES[language],
        color_scheme="dark" if dark else "light",
    )
    page, seen = context.new_page(), list[str]()

    def asked(request: Request) -> None:
        seen.append(request.url)

    page.on("request", asked)
    page.on("console", lambda message: seen.append(f"console: {message.text}"))
    try:
        yield page, seen
    finally:
        context.close()

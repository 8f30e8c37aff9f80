"""What goes around every request and response: the language, and the policy by which a browser trusts no page of ours with anything."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from crawler.browse.language import COOKIE, LANGUAGE, TAGS, choose
from crawler.browse.spreadsheets import Disarming

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

YEAR = 31_536_000  # seconds
CSV = ".csv"
READING = ("GET", "HEAD", "OPTIONS")
MOST_SENT = 200_000  # bytes of a form: two thousand articles' ids
MOST_PARAMETERS = 100  # of one address: each may ask for a facet, which has a time of its own
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}


def guarded(app: App) -> App:
    """Return the application with our headers on whatever it answers; a policy that a page sets itself stays (a capture, which is framed)."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if scope["query_string"].count(b"&") >= MOST_PARAMETERS:
            await _refuse(send, 400, f"more than {MOST_PARAMETERS} parameters\n")
            return
        if scope["method"] not in READING and not 0 <= _length(scope) <= MOST_SENT:
            await _refuse(send, 413, f"expected a Content-Length of at most {MOST_SENT} bytes\n")
            return
        scope, asked = _without_choice(scope)
        cells = Disarming() if scope["path"].endswith(CSV) else None

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _headers(message["headers"], asked)}
            elif cells and message.get("body"):
                message = {**message, "body": cells.piece(message["body"])}
            await send(message)

        await app(scope, receive, sending)

    return wrapped


def _length(scope: Scope) -> int:
    """Return how many bytes are sent with a request, -1 where it does not say so."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 12 else -1


async def _refuse(send: Send, status: int, why: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *ALWAYS.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why.encode()})


def _without_choice(scope: Scope) -> tuple[Scope, str | None]:
    """Return the scope with the language in it and without `?lang=`, which a table would take for a column; and the language asked for."""
    sent = {name: value.decode("latin-1") for name, value in scope["headers"]}
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    asked = next((value for name, value in pairs if name == "lang" and value in TAGS), None)
    chosen = choose(asked=asked, cookies=sent.get(b"cookie", ""), accepted=sent.get(b"accept-language", ""))
    scope = {**scope, LANGUAGE: chosen}
    if any(name == "lang" for name, _ in pairs):
        scope["query_string"] = urlencode([pair for pair in pairs if pair[0] != "lang"]).encode()
    return scope, asked


def _headers(headers: list[tuple[bytes, bytes]], asked: str | None) -> list[tuple[bytes, bytes]]:
    there = {name.lower() for name, _ in headers}
    more = [(name, value) for name, value in ALWAYS.items() if name not in there]
    if b"vary" not in there:
        more.append((b"vary", b"Accept-Language, Cookie"))
    if asked:
        cookie = f"{COOKIE}={asked}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly"
        more.append((b"set-cookie", cookie.encode()))
    return [*headers, *more]

"""The text of a robots.txt before it is parsed, and what it says of us beyond its rules (RFC 9309). Protego parses and matches."""

import re

from protego import Protego

PARSED_BYTES = 500 * 1024  # RFC 9309, 2.5: a crawler must read at least so much
TOKEN = re.compile(r"[A-Za-z_-]+")  # RFC 9309, 2.2.1
COMPATIBLE = re.compile(r"^Mozilla/[\d.]+ \(compatible; *([A-Za-z_-]+)")
GROUP = re.compile(r"^(\s*user-?\s?agent\s*:\s*)([A-Za-z_-]+)[^\r\n]*", re.IGNORECASE | re.MULTILINE)


def product_token(user_agent: str) -> str:
    """Return the name a robots.txt knows us by, "archive-bot" of "archive-bot/1.0 (+https://…)" (RFC 9309, 2.2.1).

    Of "Mozilla/5.0 (compatible; archive-bot/1.0)" too, whose first name is everybody's.
    """
    match = COMPATIBLE.match(user_agent)
    if match:
        return match[1]
    token = TOKEN.match(user_agent)
    return token[0] if token else user_agent


def rules_text(body: bytes) -> str:
    """Return the rules of a robots.txt: the whole lines of its first 500 KiB, without a byte order mark.

    A line that is cut off would be another rule: "Allow: /" of "Allow: /news/". "User-agent: Archive-Bot/1.0" names the token "Archive-Bot".
    """
    if len(body) > PARSED_BYTES:
        body = body[:PARSED_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    text = body.decode("utf-8-sig", errors="replace").replace("\0", "\ufffd")
    return GROUP.sub(r"\1\2", text)


def delay_of(parsed: Protego, agent: str) -> float:
    """Return the least seconds between two requests that a robots.txt asks of us: Crawl-delay, Request-rate, 0 for none."""
    rate = parsed.request_rate(agent)
    return max(parsed.crawl_delay(agent) or 0.0, rate.seconds / rate.requests if rate else 0.0)

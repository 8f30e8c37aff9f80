"""The text of an older mirror, mended: what its program broke on the way from the page to Markdown.

Seen in mirrors of 2022 and 2023: the summary mark in the middle of a word, inline elements as paragraphs of their own, pictures piled up at the
end in reverse order, and the address of one picture as a picture for each of its characters. Text that is none of that stays as it is.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urljoin, urlsplit

MARK = re.compile(r"((?<!\n)\n++|)<!--\s*+more\s*+-->(\n*+)")
PICTURE = re.compile(r"!\[((?:[^\]\n!]|!(?!\[))*+)\]\(\s*+<?((?:[^)>\s!]|!(?!\[))*+)>?\s*+\)")  # none within one
CAPTION = "图"  # of every picture
MIN_SPLIT = 8  # pictures whose addresses are single characters: fewer are no address
ENDED = re.compile(r"[。！？；：…!?;:.”』」》）)\]】*—~～]\s*$")
BLOCK = re.compile(
    r"\s*(?:[#>|]|[-*+]\s|\d+[.、)]|!\[|\*\*[^*]+\*\*\s*$|<|```|（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、)"
)
INLINE = re.compile(r"[A-Za-z0-9@&.+\-/%]{1,24}")  # a word that stood in an element of its own: QQ, APP, 5G
GOES_ON = re.compile(r"\s*[\u4e00-\u9fff、，。；：！？）》”]")
COMMA = re.compile(r"[，、](?:\*\*)?$")  # nothing ends with one
PARTED = re.compile("[，、]")
LONG = 20  # characters: a shorter line without full stop and comma may be a heading
ROLE = re.compile(r"(?:记者|通讯员|摄影|摄|图|文|编辑|作者|供稿|审核)$")
PAIRS = {"（": "）", "《": "》", "“": "”", "【": "】", "(": ")"}
SPLIT_BOLD = re.compile(r"(?<=[^\s*])\*\* \*\*(?=[^\s*])")


def mend(text: str, url: str) -> str:
    """Return the body below the front matter of a mirror's file, without mark; `url` is the page its relative addresses belong to."""
    text = MARK.sub(_unmarked, text.replace("\r\n", "\n").replace("\u00a0", " "))
    blocks = [block.strip() for block in re.split(r"\n[ \t]*\n", text) if block.strip()]
    body, pictures = _parted(blocks)
    body = [SPLIT_BOLD.sub("", block) for block in _rejoined(body)]
    return "\n\n".join([*body, *_ordered(pictures, url)])


def _unmarked(mark: re.Match[str]) -> str:
    """Return what stands for the mark: between paragraphs a paragraph's end, within a line nothing."""
    return "\n\n" if len(mark[1]) > 1 or len(mark[2]) > 1 else ""


def _parted(blocks: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the blocks, and the pictures that are piled up below them."""
    end = len(blocks)
    while end and PICTURE.fullmatch(blocks[end - 1]):
        end -= 1
    return list(blocks[:end]), list(blocks[end:])


def _ordered(pictures: Sequence[str], url: str) -> list[str]:
    """Return piled-up pictures in the order of the page, the characters of an address as that address."""
    found = [match for block in pictures if (match := PICTURE.fullmatch(block))]
    if any(match[1] != CAPTION for match in found):  # captions of their own: not of those mirrors
        return list(pictures)
    ordered: list[str] = []
    letters: list[str] = []
    for match in reversed(found):
        letter = _letter(match[2], url)
        if letter is None:
            ordered += [*_address(letters), match[2]]
            letters = []
        else:
            letters.append(letter)
    return [f"![]({target})" for target in [*ordered, *_address(letters)]]


def _letter(target: str, url: str) -> str | None:
    """Return the character that was resolved against the page's address as if it were one, None for an address."""
    if target == _root(url):
        return "/"
    for letter in ("?", "#"):
        if target == urljoin(url, letter):
            return letter
    folder = urljoin(url, ".")
    if target == folder:
        return "."
    rest = target.removeprefix(folder)
    return rest if rest != target and len(rest) == 1 else None


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _address(letters: Sequence[str]) -> list[str]:
    """Return the addresses that characters spell; nothing where they spell none."""
    spelt = "".join(letters)
    if len(letters) < MIN_SPLIT or not spelt.startswith(("http:", "https:", "//")):
        return []
    starts = [found.start() for found in re.finditer(r"https?://", spelt)]
    return [spelt[start:end] for start, end in zip(starts, [*starts[1:], len(spelt)], strict=True)]


def _rejoined(blocks: Sequence[str]) -> Iterator[str]:
    """Yield the blocks with the paragraphs that an inline element broke made whole."""
    rest = iter(blocks)
    current = next(rest, None)
    for block in rest:
        assert current is not None, "there was a first one"
        if _belongs(current, block):
            current += (" " if ROLE.search(current) else "") + block
        else:
            yield current
            current = block
    if current is not None:
        yield current


def _belongs(before: str, block: str) -> bool:
    """Return whether a block goes on with the sentence that the one before it broke off."""
    if COMMA.search(before) and not BLOCK.match(block):
        return True
    if (BLOCK.match(before) and not before.startswith("**")) or PICTURE.search(before) or ENDED.search(before):
        return False
    if _is_open(before) and not BLOCK.match(block):
        return True
    if BLOCK.match(block) or (len(before) < LONG and not PARTED.search(before)):
        return False
    return bool(INLINE.fullmatch(block) or (INLINE.search(before[-1:]) and GOES_ON.match(block)))


def _is_open(text: str) -> bool:
    """Return whether a bracket or quotation mark of the last sentence is not closed yet."""
    last = re.split(r"[。！？]", text)[-1]
    return any(last.count(mark) > last.count(end) for mark, end in PAIRS.items())

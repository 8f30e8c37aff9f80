"""What the three hosts have in common: cutting lists into pages, and an editor's paragraphs."""

from collections.abc import Sequence

from tests.campus.story import Story

LISTED = 22  # characters of a title in a list, then an ellipsis


def chunks(stories: Sequence[Story], size: int) -> list[Sequence[Story]]:
    return [stories[start : start + size] for start in range(0, len(stories), size)]


def neighbours(stories: Sequence[Story], story: Story) -> tuple[Story | None, Story | None]:
    """Return the next newer and the next older story of a list that is newest first."""
    index = stories.index(story)
    return (stories[index - 1] if index else None), (stories[index + 1] if index + 1 < len(stories) else None)


def paragraphs(blocks: Sequence[str], style: str = "") -> str:
    """Draw blocks: markup as it is, a text as a paragraph."""
    start = f'<p style="{style}">' if style else "<p>"
    return "\n".join(block if block.startswith("<") else f"{start}{block}</p>" for block in blocks)


def listed(title: str) -> str:
    """Return a title as lists show it."""
    return title if len(title) <= LISTED else f"{title[:LISTED]}..."

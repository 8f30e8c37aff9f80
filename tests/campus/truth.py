"""What a crawl of the campus must find, host by host: the articles, the lists, and what must never become a document.

The truth of an article stands beside its text in `stories/`; here is what belongs to a whole host.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.campus.sites import enorth, vsb, webplus
from tests.campus.stories.enorth import SECTIONS as CHANNELS
from tests.campus.stories.vsb import SECTIONS
from tests.campus.stories.webplus import SECTIONS as COLUMNS
from tests.campus.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One host. Paths are relative to it."""

    name: str
    sections: Mapping[str, Sequence[Story]]  # name -> its articles, newest first
    lists: tuple[str, ...]  # every list page
    never: tuple[str, ...]  # answer or fail, are linked, and must not become documents; the lists are not repeated here
    dead: tuple[str, ...] = ()  # of those: linked, and not answered with a page
    unfetched: tuple[str, ...] = ()  # paths or URLs that may not even be asked for
    forbidden: tuple[str, ...]  # strings of the surroundings: in no body

    @property
    def articles(self) -> tuple[Story, ...]:
        return tuple(story for stories in self.sections.values() for story in stories)

    def forbidden_in(self, story: Story) -> tuple[str, ...]:
        """List the strings that must not be in this article's body: the surroundings, its own, every other title."""
        titles = {other.title for other in self.articles} - {story.title}
        return (*self.forbidden, *story.forbidden, *sorted(titles))


CAMPUS: Mapping[str, Truth] = {
    "vsb": Truth(
        name=vsb.NAME,
        sections=dict(SECTIONS.values()),
        lists=tuple(path for key, (_, stories) in SECTIONS.items() for path in vsb.list_paths(key, stories)),
        never=("/", "/index.htm", vsb.FEED, *vsb.COLUMNS),
        unfetched=(vsb.PRIVATE, vsb.OUTSIDE),
        forbidden=vsb.FORBIDDEN,
    ),
    "webplus": Truth(
        name=webplus.NAME,
        sections={name: stories for _, name, stories in COLUMNS.values()},
        lists=tuple(path for key, (_, _, stories) in COLUMNS.items() for path in webplus.list_paths(key, stories)),
        never=("/", "/main.htm", webplus.SITEMAP, webplus.COLUMN, webplus.WALL, webplus.REDIRECT, webplus.LOGIN),
        forbidden=webplus.FORBIDDEN,
    ),
    "enorth": Truth(
        name=enorth.NAME,
        sections={name: stories for _, name, stories in CHANNELS.values()},
        lists=tuple(path for key, (_, _, stories) in CHANNELS.items() for path in enorth.list_paths(key, stories)),
        never=(
            "/",
            "/index.shtml",
            enorth.SOFT_404,
            enorth.MISSING,
            *(
                path
                for _, _, stories in CHANNELS.values()
                for story in stories
                for path in enorth.article_paths(story)[1:]
            ),
        ),
        dead=(enorth.MISSING,),
        forbidden=enorth.FORBIDDEN,
    ),
}

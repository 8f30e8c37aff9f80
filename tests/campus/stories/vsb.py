"""湖光大学: 24 articles in the two sections 校园要闻 (tree 1012) and 通知公告 (tree 1013), newest first."""

from tests.campus.stories.vsb_news import NEWS
from tests.campus.stories.vsb_notices import NOTICES

SECTIONS = {"xyyw": ("校园要闻", NEWS), "tzgg": ("通知公告", NOTICES)}
__all__ = ["HOT", "NEWS", "NOTICES", "SECTIONS", "STORIES"]

STORIES = (*NEWS, *NOTICES)
HOT = (NEWS[3], NEWS[9], NOTICES[2])  # shown in the sidebar of every page

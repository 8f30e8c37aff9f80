"""The language of a text, as far as an archive of Chinese news needs it: zh-Hans, zh-Hant, or en."""

import re

HAN = re.compile(r"[\u4e00-\u9fff]")
# Characters that one script has and the other writes otherwise; the commonest of each in running text.
TRADITIONAL = re.compile(
    "[國學會來這個們為與說時對發開關業從後動問還過經現實應員體點當將無論東車門長書見進義務機種華聯觀認證該變讓議護語資題類風飛馬黨歷權]"
)
SIMPLIFIED = re.compile(
    "[国学会来这个们为与说时对发开关业从后动问还过经现实应员体点当将无论东车门长书见进义务机种华联观认证该变让议护语资题类风飞马党历权]"
)
LETTER = re.compile("[A-Za-z]")
SAMPLE = 2000  # characters


def language_of(text: str) -> str | None:
    """Return a BCP 47 tag, or None for a text too short to tell."""
    sample = text[:SAMPLE]
    han = len(HAN.findall(sample))
    if han * 3 < len(sample):
        return "en" if len(LETTER.findall(sample)) > 20 else None
    return "zh-Hant" if len(TRADITIONAL.findall(sample)) > len(SIMPLIFIED.findall(sample)) else "zh-Hans"

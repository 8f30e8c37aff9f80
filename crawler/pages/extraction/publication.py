"""When an article was published: of all the dates of a page, the one to believe. How dates are printed and announced, `dates` knows."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.items import Capture, Precision, Site
from crawler.pages.extraction import dates, metadata
from crawler.pages.extraction.metadata_lines import MetadataLine, Place
from crawler.pages.extraction.page import Page, fold
from crawler.pages.extraction.witness import day_agrees

EVENT = re.compile(
    r"(?:地\s?点|地\s?址|会\s?场|举办地|活动地|主讲人?|报告人)\s?[:：]"
)  # beside these, above the body or in it, 时间 is the event's


def published_of(page: Page, site: Site, lines: list[MetadataLine], capture: Capture) -> dates.Published | None:
    """Return the publication time by the best voice: the site's selector, a labelled line, metadata, a line that is a date, the URL.

    Where a list showed another day, and one of the voices says that, it is believed: but not a word of the last edit.
    A column page (`list.htm` with a text) has none: what it shows is its last edit.
    """
    if page.family and page.family.is_list_url(page.url):
        return None
    voices = _voices(page, site, lines, ZoneInfo(site.timezone))
    found = [voice for voice in voices if voice and dates.not_after(voice, capture.fetched)]
    if not found:
        return None
    best = found[0]
    if capture.listed and best.rule != "site":
        told = (voice for voice in found if voice.rule != "updated" and day_agrees(capture.listed, voice.moment))
        best = next(told, best)
    # The same moment said more exactly by another voice (VSB shows the day and has the time in PubDate) is the same date.
    return next((other for other in found if _is_finer(other, best)), best)


def _is_finer(other: dates.Published, best: dates.Published) -> bool:
    """Tell the same day with its time, or the same minute with its seconds."""
    if best.precision is Precision.DAY:
        return other.precision is not Precision.DAY and other.moment.date() == best.moment.date()
    is_second = best.precision is Precision.MINUTE and other.precision is Precision.SECOND
    return is_second and other.moment.replace(second=0, microsecond=0) == best.moment


def _voices(page: Page, site: Site, lines: list[MetadataLine], zone: ZoneInfo) -> Iterable[dates.Published | None]:
    """Yield every date that a page states, the one to believe first."""
    if site.selectors.date:
        for element in page.select([site.selectors.date]):
            yield dates.in_text(fold(element.text_content()), zone, "site")
    dated = [line for line in lines if dates.MAY_HOLD.search(line.text)]
    yield from _labelled(dated, zone)
    near = [line for line in lines if line.place.is_near]
    of_event = {line.place for line in near if EVENT.search(line.text)}
    alone = [
        (line, found)
        for line in near
        if not (line.place in of_event and dates.is_stated(line.text))
        and (found := dates.alone(line.text, zone, line.linked))
    ]
    # What stands between title and body with the time of day is what the publisher means, whatever the template says for machines.
    for line, found in alone:
        if found.rule == "info" or (line.place is Place.ABOVE and found.precision is not Precision.DAY):
            yield found
    if page.family and page.family.script_date:
        yield dates.in_script(page.source, page.family.script_date, zone)
    yield dates.in_metas(page.metas, page.family.meta_date if page.family else (), zone)
    yield dates.in_json_ld(metadata.json_ld(page), zone)
    yield from _in_elements(page, near, zone)
    own = [line for line in near if line.place not in of_event]
    for line in own:
        yield dates.weakly_labelled(line.text, zone, "label")
    yield from (found for line, found in alone if line in own and found.rule != "cited")
    for line in dated:
        yield dates.updated(line.text, zone, "updated", line.linked)
    yield from (found for line, found in alone if line in own)
    yield from (dates.short(line.text, zone) for line in own if line.place is Place.ABOVE)
    path = urlsplit(page.url).path
    yield dates.in_url(path, page.family.url_date if page.family else None, zone)
    yield dates.in_any_url(path, zone)
    yield from _set_below(dated, zone)


def _labelled(lines: Iterable[MetadataLine], zone: ZoneInfo) -> list[dates.Published]:
    """Return the labelled dates; where the head says when the text was published, that comes before when it was made."""
    found = [(line, date) for line in lines for date in dates.labelled(line.text, zone, "label", line.linked)]
    is_told = any(line.place.is_near and not dates.is_of_making(date) for line, date in found)
    return sorted((date for _, date in found), key=lambda date: is_told and dates.is_of_making(date))


def _set_below(lines: Iterable[MetadataLine], zone: ZoneInfo) -> Iterable[dates.Published | None]:
    """Yield the dates among other metadata in lines below the beginning of a text: a template may set them under it."""
    for line in lines:
        found = dates.alone(line.text, zone, line.linked) if line.place in (Place.INSIDE, Place.BELOW) else None
        if found and found.rule == "info":
            yield found


def _in_elements(page: Page, near: list[MetadataLine], zone: ZoneInfo) -> Iterable[dates.Published | None]:
    """Yield what elements beside the title state for machines; those of a list of other articles stand elsewhere."""
    for shown, value in metadata.stated_times(page):
        if shown and any(shown in line.text for line in near):
            yield dates.in_element(shown, value, zone)

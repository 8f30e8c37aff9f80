"""Words over time: how often articles of each month and university hold them, as a plot, a table and CSV."""

import csv
import io
from typing import Any

from datasette import Response

from crawler.browse import plots
from crawler.browse.frame import language_of, read, rendered
from crawler.browse.parameters import understood
from crawler.catalog.queries.frequency import Frequency, frequency
from crawler.catalog.queries.universities import places

HEAD = ("month", "university", "articles_with_the_words", "articles", "share")


async def page(datasette: Any, request: Any) -> Any:
    """Answer with a plot, or as `/words.csv`."""
    asked = understood(request.args)
    is_asked = bool(asked.selection.words or asked.narrowed or request.url_vars["format"])
    found = await read(datasette, lambda db: frequency(db, asked.selection)) if is_asked else None
    if request.url_vars["format"]:
        return Response(_csv(found), content_type="text/csv; charset=utf-8")
    names = await read(datasette, lambda db: sorted({place.university for place in places(db).values()}))
    language = language_of(request)
    plot = plots.words_over_time(found, language) if found and found.months else None
    values = {"asked": asked, "found": found, "plot": plot, "csv": asked.url(path="/words.csv"), "names": names}
    return await rendered(datasette, request, "words.html", values)


def _csv(found: Frequency | None) -> str:
    """Return a row for each month and university that has articles in it, zeros too. Without words all articles are those with them."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for month in found.months if found else ():
        for name in sorted(found.articles if found else ()):
            number = found.articles[name].get(month, 0) if found else 0
            if found and number:
                row = (found.found.get(name, {}).get(month, 0), number, f"{found.share(month, name) or 0:.6f}")
                writer.writerow([month, name, *row])
    return out.getvalue()

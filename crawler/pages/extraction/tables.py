"""Tables: which hold data, and which only lay out a page."""

import re

from lxml.html import HtmlElement

from crawler.pages.extraction.page import fold

MAX_CELL = 400  # characters; a table with a longer cell lays out a page
DATA_ROWS = 2
SPAN = re.compile(r"^[0-9]{1,2}$")


def data_rows(table: HtmlElement) -> list[list[HtmlElement]]:
    """Return the rows of a table of data, without those that say and show nothing; nothing for a table that only lays out."""
    if table.xpath("boolean(.//table)"):
        return []
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if row and any(map(_has_ink, row))]
    wide = [row for row in rows if len(row) >= 2]
    if len(rows) < DATA_ROWS or len(wide) * 2 < len(rows):
        return []
    cells = [len(fold(cell.text_content())) for row in rows for cell in row]
    pictures = int(table.xpath("count(.//img)"))
    is_data = max(cells) <= MAX_CELL and sum(map(bool, cells)) * 3 >= len(cells) and pictures * 2 <= len(cells)
    return rows if is_data else []


def span(cell: HtmlElement) -> str:
    """Return the attributes by which a cell spans rows or columns."""
    return "".join(
        f' {name}="{value}"'
        for name in ("colspan", "rowspan")
        if SPAN.match(value := cell.get(name, "")) and 1 < int(value) < 50
    )


def _has_ink(cell: HtmlElement) -> bool:
    return bool(fold(cell.text_content())) or cell.xpath("boolean(.//img | .//video | .//iframe)")

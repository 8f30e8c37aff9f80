"""Datasette's own pages of tables, made to fit our policy and to be read out: no inline styles, a name for every field of its forms."""

import re

from crawler.browse.language import Language

STYLE = re.compile(r"\sstyle=\"[^\"<>]*\"")  # texts of the archive are escaped: a quotation mark is one of the template
FIELDS = re.compile(
    r"<(select|input type=\"text\"|textarea)(?=[^>]*\sname=\"(_filter_column|_filter_op|_filter_value|_sort|sql)(?:_\d+)?\")"
)


def fitting(markup: str, language: Language) -> str:
    """Return the markup of one of Datasette's templates without styles, its fields named in the reader's language."""
    _ = language.gettext
    names = {
        "_filter_column": _("Column"),
        "_filter_op": _("Condition"),
        "_filter_value": _("Value"),
        "_sort": _("Sort by"),
        "sql": _("SQL query"),
    }
    return FIELDS.sub(lambda found: f'<{found[1]} aria-label="{names[found[2]]}"', STYLE.sub("", str(markup)))

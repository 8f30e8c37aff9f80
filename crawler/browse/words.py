"""What the catalog's own words are called in the reader's language: fields of an article, ways to be a copy, outcomes of a visit."""

from crawler.browse.language import Language
from crawler.browse.plots import outcome_name
from crawler.items import Outcome


def named(word: str, language: Language) -> str:
    """Return the name of a word of the catalog; one that has none stays as it is."""
    if word in set(Outcome):
        return outcome_name(word, language)
    _ = language.gettext
    names = {
        "title": _("title"),
        "date": _("date"),
        "source": _("source"),
        "people": _("people"),
        "section": _("section"),
        "body": _("body"),
        "media": _("media"),
        "pictures": _("pictures"),
        "same": _("the same text"),
        "script": _("in the other script"),
        "edited": _("edited"),
        "excerpt": _("an excerpt"),
        "expanded": _("expanded"),
    }
    return names.get(word, word)

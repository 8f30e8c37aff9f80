"""Takedown: a document taken out of browse, search and export, with its reason and date; and given back exactly as it was.

    find -> evidence says so -> rows and files into withheld/<id>.json -> tombstone, in the same transaction -> files are removed
    find -> evidence says so -> files are put back -> rows are put back -> withheld/<id>.json is removed

Documents with the same text go with it, unless only the one is meant. The captures stay in the evidence. A crash at any instruction leaves the
document withheld or not, and at most files too many, which the next takedown removes.
"""

from crawler.takedown.returning import give_back
from crawler.takedown.withheld import Found, find
from crawler.takedown.withholding import Taken, finish_all, withhold

__all__ = ["Found", "Taken", "find", "finish_all", "give_back", "withhold"]

"""Backups: TARGET/<time>/, each a whole archive that can be browsed, hard-linked to the one before where nothing changed.

    catalog as it is now -> the files it points to -> again, for what changed meanwhile -> manifest -> its name without `.partial`

A crawl goes on meanwhile. It writes evidence and files before the rows that point to them, and takes no evidence away, so a file that is
copied after the catalog holds at least what that catalog says, with one exception: Markdown may be written anew, moved or taken away in
between (a new version, a correction, a copy that turns out to be the first). Each file is therefore compared, while it is copied, with
the digest that the copied catalog has of it, and where one differs the catalog is taken again, and after it only what differs from the
pass before: each pass is shorter, until nothing changed during one. What differs after the last pass is no race but damage, and told.
"""

from crawler.backup.copying import Copied, Fault
from crawler.backup.making import Backup, backup
from crawler.backup.restoring import Restored, restore
from crawler.backup.shelf import backups

__all__ = ["Backup", "Copied", "Fault", "Restored", "backup", "backups", "restore"]

"""`python -m crawler`: what is called `campus-archive` where a wheel is installed; the container has no other installation."""

import sys

from crawler.console import main

if __name__ == "__main__":  # not in the processes that read pages, which load this module again
    sys.argv[0] = "campus-archive"
    main()

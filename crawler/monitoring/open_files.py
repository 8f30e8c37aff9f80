"""How many files may be open at once: a run that has too few of them fails somewhere else each time, so it does not begin."""

import resource

OF_A_RUN = 100  # catalog, evidence, connections, and what Python has open; seen: 45
OF_A_READER = 10  # its pipes
UNLIMITED = resource.RLIM_INFINITY


def too_few_files(processes: int) -> str | None:
    """Return a sentence for a person if fewer files may be open than a run needs; where the system allows more, take them."""
    needed = OF_A_RUN + OF_A_READER * processes
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == UNLIMITED or soft >= needed:
        return None
    if hard != UNLIMITED and hard < needed:
        return f"{hard} files may be open at once, a run with {processes} readers needs {needed}: allow more, as in `ulimit -n 1024`"
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    return None

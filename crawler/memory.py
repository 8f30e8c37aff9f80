"""Memory that is free again goes back to the system: glibc keeps what large pages leave behind, in pieces between what is in use."""

import ctypes


def give_back() -> None:
    """Give free memory back, where the C library can (glibc, malloc_trim); takes milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)

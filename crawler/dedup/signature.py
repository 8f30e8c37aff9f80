"""The signature of a text: few numbers that it shares with every text it has much in common with, whatever else stands in that one.

MinHash over the set of its overlapping shingles of SHINGLE letters. Each of the SLOTS minima is a key by itself (an LSH band of one row): two
texts agree in a slot with the probability of their Jaccard similarity over shingles, so that a half, a third or a tenth of an article shares
keys with the whole of it, which bands of several rows lose. Long shingles keep what merely sounds alike apart. Decides nothing:
`similarity` does.
"""

from struct import pack, unpack

from rensa import RMinHash

SHINGLE = 12  # letters: of 8, the turns of phrase that every notice has would be keys
SLOTS = 40  # a tenth of an article shares none of them once in 70 times, a quarter never
SEED = 1
AT_ONCE = 20_000  # shingles in memory: those of a page of megabytes would take hundreds of them
ALGORITHM = f"{RMinHash.ALGORITHM_VERSION}-{SHINGLE}-{SLOTS}-{SEED}"  # keys of another one are never compared with ours
MIN_LETTERS = 60  # a shorter text is a caption or a pointer: nobody can tell whether it was copied
VALUE_BITS = 32
SMALLEST_PART = 0.1  # of the longer text: a sentence quoted is no copy


def signature(letters: str) -> tuple[int, ...]:
    """Return the keys of a normalised text, one a slot, the slot in the upper bits; none for a text that is too short to be told."""
    if len(letters) < MIN_LETTERS:
        return ()
    hashed = RMinHash(num_perm=SLOTS, seed=SEED)
    number = len(letters) - SHINGLE + 1
    for first in range(0, number, AT_ONCE):
        hashed.update([letters[n : n + SHINGLE] for n in range(first, min(first + AT_ONCE, number))])
    return tuple(slot << VALUE_BITS | value for slot, value in enumerate(hashed.digest()))


def packed(keys: tuple[int, ...]) -> bytes:
    """Return a signature as it is stored: 32 bits a slot, the lowest byte first."""
    return pack(f"<{len(keys)}I", *(key & 0xFFFFFFFF for key in keys))


def unpacked(data: bytes) -> tuple[int, ...]:
    """Return the keys of a stored signature."""
    return tuple(slot << VALUE_BITS | value for slot, value in enumerate(unpack(f"<{len(data) // 4}I", data)))


def may_be_alike(shared: int, letters: int, other: int) -> bool:
    """Return whether two texts that share so many keys are worth comparing; symmetric.

    Of two texts of one length that are alike 12 keys or more are shared, of a tenth and its whole three.
    """
    ratio = min(letters, other) / max(letters, other)
    return ratio >= SMALLEST_PART and shared >= 1 + int(5 * ratio)

"""Random streams with names: one independent stream for each purpose.

A stream is found by what it is for ("weather", "northeast"), never by a running number. With numbers, adding
a node or a disruption would move every later stream by one, all luck would change, and two designs would no
longer meet the same customers. With names, whoever is added draws from a stream of its own and nobody else
notices.
"""

from __future__ import annotations

from hashlib import sha256
from struct import unpack

import numpy as np


def stream(root: int, replication: int, *name: str) -> np.random.Generator:
    """Return the random stream of one purpose in one replication, always from its first draw.

    The same three give the same numbers in every process, whatever its hash seed. Making a stream costs about
    65 us, so ask for one per purpose and draw in blocks, never one per order.
    """
    if not name:
        raise ValueError("a random stream needs a name that says what it is for, such as 'weather', 'northeast'")
    if root < 0 or replication < 0:
        raise ValueError(
            f"stream {'/'.join(name)!r}: root and replication must not be negative, got {root} and {replication}"
        )
    seed = np.random.SeedSequence(root, spawn_key=(replication, *_words(name)))
    return np.random.Generator(np.random.Philox(seed))


def _words(name: tuple[str, ...]) -> tuple[int, ...]:
    """Turn a name into eight 32-bit words; each part's length keeps ("a", "bc") apart from ("ab", "c")."""
    spelled = "".join(f"{len(part)}:{part}/" for part in name)
    return unpack(">8I", sha256(spelled.encode()).digest())

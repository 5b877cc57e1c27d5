"""Random sequences with the dinucleotides of a given one."""

from __future__ import annotations

import math
from bisect import bisect
from itertools import accumulate, product
from typing import TYPE_CHECKING

import numpy as np

from graphkit.sequences.alphabet import runs
from graphkit.sequences.kmers import kmer_counts

if TYPE_CHECKING:
    import numpy.typing as npt


def dinucleotide_shuffle(
    codes: npt.NDArray[np.uint8], generator: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Shuffle a sequence and keep the count of every dinucleotide.

    Each stretch between breaks is shuffled on its own: breaks stay where they are, and so do
    the first and the last base of a stretch, as they must. All sequences with the same counts
    are equally likely.

    Parameters
    ----------
    codes : uint8 [L]
    generator
        Source of randomness; its state moves on.

    Returns
    -------
    shuffled : uint8 [L]
        A new array.

    References
    ----------
    Altschul and Erickson 1985, doi 10.1093/oxfordjournals.molbev.a040370. Their last exits are
    drawn here from the list of all valid ones (at most 27), so no draw is ever rejected.

    Examples
    --------
    >>> from graphkit.sequences import decode, encode
    >>> decode(dinucleotide_shuffle(encode("ACGUACCGNAU"), np.random.default_rng(4)))
    'ACCGUACGNAU'
    """
    shuffled = codes.copy()
    for start, end in zip(*(edges.tolist() for edges in runs(codes)), strict=True):
        if end - start > 3:  # up to three bases have one order only
            shuffled[start:end] = _shuffle_run(codes[start:end], generator)
    return shuffled


def _shuffle_run(
    codes: npt.NDArray[np.uint8], generator: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Draw a random Eulerian path through the graph whose edges are the dinucleotides."""
    follows = kmer_counts(codes, 2).reshape(4, 4).tolist()
    exits = _draw_exits(follows, int(codes[-1]), generator)
    queues = []
    for base, row in enumerate(follows):
        queue = [to for to, count in enumerate(row) for _ in range(count)]
        if base in exits:
            queue.remove(exits[base])
        generator.shuffle(queue)
        if base in exits:
            queue.append(exits[base])
        queues.append(iter(queue))
    base = int(codes[0])
    path = bytearray([base])
    for _ in range(len(codes) - 1):
        base = next(queues[base])
        path.append(base)
    return np.frombuffer(path, dtype=np.uint8)


def _draw_exits(
    follows: list[list[int]], last: int, generator: np.random.Generator
) -> dict[int, int]:
    """Choose by which base each base but `last` is left for the last time.

    A path uses up every dinucleotide if and only if these exits lead from everywhere to
    `last`. Each such choice is as likely as the number of ways to pick its dinucleotides.
    """
    sources = [base for base in range(4) if base != last and any(follows[base])]
    options = [[to for to in range(4) if to != base and follows[base][to]] for base in sources]
    choices = [dict(zip(sources, exits, strict=True)) for exits in product(*options)]
    choices = [exits for exits in choices if _all_reach(exits, last)]
    ways = [math.prod(follows[base][to] for base, to in exits.items()) for exits in choices]
    # Rounding could reach the sum itself.
    drawn = min(int(generator.random() * sum(ways)), sum(ways) - 1)
    return choices[bisect(list(accumulate(ways)), drawn)]


def _all_reach(exits: dict[int, int], last: int) -> bool:
    for start in exits:
        base = start
        for _ in range(4):
            base = exits.get(base, last)
        if base != last:
            return False
    return True

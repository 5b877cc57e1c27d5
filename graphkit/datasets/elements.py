"""Random elements to plant: as many truths as a test of discovery needs, none chosen by hand."""

from __future__ import annotations

import numpy as np

from graphkit.errors import InputError

_WORD = 4
_FEWEST_LETTERS = 3
_TRIES = 10_000


def random_elements(
    n_classes: int = 2, per_class: int = 3, *, lengths: tuple[int, int] = (6, 9), seed: int = 0
) -> tuple[tuple[str, ...], ...]:
    """Draw elements that are told apart by their letters.

    No word of four letters stands in two of them or twice in one, so that none is a variant of
    another; and each has at least three different letters, so that its letters in random order
    are not nearly the element itself.

    Parameters
    ----------
    n_classes, per_class
        How many.
    lengths
        Shortest and longest, in nucleotides.
    seed
        >= 0.

    Returns
    -------
    tuple of tuple of str [n_classes][per_class]
        As :class:`graphkit.datasets.SimulationParams` takes them.

    Raises
    ------
    InputError
        If an argument makes no sense, or so many elements cannot be told apart.

    Examples
    --------
    >>> random_elements(seed=1)
    (('GUUAAUU', 'UCCUACAC', 'CCCAUG'), ('AGCGUCGAC', 'CGCACGCUC', 'UUCAGGUC'))
    """
    shortest, longest = lengths
    for name, value, least in (
        ("n_classes", n_classes, 1),
        ("per_class", per_class, 1),
        ("seed", seed, 0),
        ("lengths", shortest, _WORD),
        ("lengths", longest, shortest),
    ):
        if value < least:
            raise InputError(f"{value} is too small", slot=name, remedy=f"Give at least {least}.")
    generator = np.random.default_rng(seed)
    found: list[str] = []
    taken: set[str] = set()
    for _ in range(_TRIES):
        if len(found) == n_classes * per_class:
            return tuple(
                tuple(found[start : start + per_class]) for start in range(0, len(found), per_class)
            )
        size = int(generator.integers(shortest, longest, endpoint=True))
        text = "".join("ACGU"[i] for i in generator.integers(4, size=size))
        words = {text[start : start + _WORD] for start in range(size - _WORD + 1)}
        apart = len(words) == size - _WORD + 1 and not words & taken
        if apart and len(set(text)) >= _FEWEST_LETTERS:
            taken |= words
            found.append(text)
    raise InputError(
        f"{n_classes * per_class} elements of {shortest} to {longest} letters share words",
        slot="per_class",
        remedy="Ask for fewer or shorter elements.",
    )

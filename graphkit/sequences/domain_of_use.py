"""Describe training sequences, so that a model can tell what is outside its domain.

A network answers whatever it is given, and is surest far from everything it knows. A domain of use
describes training sequences by a few numbers: how far the 3-mers lie from the mean spectrum, how
much they look like chance, how many 12-mers came before, and the longest complete open reading
frame. What lies farther out than nearly all of them is no question for the model.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from graphkit.errors import InputError, shorten
from graphkit.sequences.alphabet import BREAK
from graphkit.sequences.kmers import kmer_code, kmer_codes, kmer_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    Codes = npt.NDArray[np.uint8]
    Floats = npt.NDArray[np.float64]

SHORTEST = 200
"""Fewest known letters: below, a transcript is no long non-coding RNA by definition."""

MOST_UNKNOWN = 0.1
"""Largest share of letters that are not A, C, G, T or U."""

LEAST_APPLICABILITY = 0.01
"""Below this applicability a label is ``uncertain``; one training record in a hundred is."""

_K, _LONG_K = 3, 12
_STOPS = [kmer_code(codon) for codon in ("UAA", "UAG", "UGA")]
_START = kmer_code("AUG")
# Shares of training records at which a measure is remembered, finer towards the far end.
_SHARES = np.geomspace(1, 1e-4, 257)
# Counts more of each 3-mer: one that does not occur has a finite log frequency.
_EACH = 0.5
# Variance of a log frequency that is granted in every direction.
_RIDGE = 0.01
# Of fewer, the farthest out stands for more than LEAST_APPLICABILITY.
_FEWEST, _PARTS = 100, 5
# Share of training records below which a measure is worth a warning.
_WARNED = 0.03


class Applicability(NamedTuple):
    """Distance of a sequence from the training sequences.

    Parameters
    ----------
    value : float
        Share of training records that lie farther out, 0 to 1; 0 outside a stated limit.
    warnings : tuple of str
        What is unusual about the sequence.
    """

    value: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class DomainOfUse:
    """Statistics of training sequences; holds no sequence and no record.

    Spectra are log frequencies of 3-mers. How far one lies from the mean is Mahalanobis's distance.
    How much one looks like chance is Fisher's discriminant between training spectra and what the
    same transcripts would have if they were read backwards or their letters stood in any order:
    the order of letters in RNA is far from both, whatever its composition.

    Parameters
    ----------
    mean : float64 [64]
        Mean spectrum.
    precision : float64 [64, 64]
        Inverse covariance of the spectra.
    direction : float64 [64]
        Fisher's discriminant, greater for chance.
    trend : float64 [2, 2]
        Slope and intercept of the log distance, and of the discriminant, over the log of known
        letters: short transcripts have noisier spectra.
    measures : float64 [4, 257]
        Distance and discriminant (both less their trends), repetition and longest reading frame
        (codons) that a share of the training records reaches, for shares from 1 to 0.0001.
    rarity : float64 [257]
        The same of 1 less the smallest of a record's four shares.

    Raises
    ------
    InputError
        If the arrays are not of these shapes.

    Examples
    --------
    >>> from graphkit.datasets.background import markov_sequence
    >>> generator = np.random.default_rng(0)
    >>> domain = DomainOfUse.fit([markov_sequence(900, generator) for _ in range(200)])
    >>> domain.judge(markov_sequence(900, generator)).value > LEAST_APPLICABILITY
    True
    >>> domain.judge(np.tile([0, 3], 450).astype(np.uint8)).value
    0.0
    """

    mean: Floats
    precision: Floats
    direction: Floats
    trend: Floats
    measures: Floats
    rarity: Floats

    def __post_init__(self) -> None:
        n = 4**_K
        shapes = ((n,), (n, n), (n,), (2, 2), (4, len(_SHARES)), (len(_SHARES),))
        for one, shape in zip(fields(self), shapes, strict=True):
            values = np.array(getattr(self, one.name), dtype=np.float64)
            if values.shape != shape or not np.isfinite(values).all():
                raise InputError(f"is not {shape} finite numbers", slot=one.name)
            values.setflags(write=False)
            object.__setattr__(self, one.name, values)

    @classmethod
    def fit(cls, codes_list: Iterable[Codes]) -> Self:
        """Describe training sequences (uint8 [L] each); those under 200 known letters are left out.

        Raises
        ------
        InputError
            If fewer than 100 are left.
        """
        kept = [codes for codes in codes_list if _known(codes) >= SHORTEST]
        if len(kept) < _FEWEST:
            raise InputError(
                f"{len(kept)} sequences of {SHORTEST} known letters or more",
                slot="codes_list",
                remedy=f"A domain of use needs {_FEWEST}.",
            )
        counts = np.array([kmer_counts(codes, _K) for codes in kept])
        spectra = _spectra(counts)
        letters = np.log([_known(codes) for codes in kept])
        by_spectrum = _held_out(spectra, counts)
        trend = _trend(letters, by_spectrum)
        plain = np.column_stack(
            [
                by_spectrum - _line(trend, letters),
                [_repetition(codes) for codes in kept],
                [longest_orf(codes) for codes in kept],
            ]
        )
        measures = _reached(plain)
        rarest = np.array([min(map(_share, measures, row)) for row in plain])
        return cls(*_describe(spectra, counts), trend, measures, _reached(1 - rarest))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.ArrayLike]) -> Self:
        """Make what :meth:`arrays` was taken from.

        Raises
        ------
        InputError
            If an array is missing, unknown or of another shape.
        """
        for name in sorted({one.name for one in fields(cls)} ^ arrays.keys()):
            raise InputError("is unknown" if name in arrays else "is missing", slot=shorten(name))
        return cls(**{name: np.asarray(values) for name, values in arrays.items()})

    def arrays(self) -> dict[str, Floats]:
        """Return all there is to store, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def judge(self, codes: Codes) -> Applicability:
        """Say how far out a sequence (uint8 [L]) lies, and why."""
        known = _known(codes)
        outside = []
        if known < SHORTEST:
            outside.append(f"short: {known} known letters; a lncRNA has {SHORTEST} or more")
        if known < (1 - MOST_UNKNOWN) * len(codes):
            outside.append(f"unknown letters: {1 - known / len(codes):.0%}")
        if known < _LONG_K:
            return Applicability(0.0, tuple(outside))
        spectra = _spectra(kmer_counts(codes, _K)[None])
        by_spectrum = _by_spectrum(spectra, (self.mean, self.precision, self.direction))
        repetition, orf = _repetition(codes), longest_orf(codes)
        row = (*(by_spectrum - _line(self.trend, np.log([known])))[0], repetition, orf)
        shares = [_share(reached, x) for reached, x in zip(self.measures, row, strict=True)]
        says = (
            "foreign: its 3-mers are unlike those of the training transcripts",
            "order: its letters follow one another as by chance or backwards",
            f"repeats: {1 - repetition:.0%} of its {_LONG_K}-mers are distinct",
            f"may code for protein: an open reading frame of {orf} codons",
        )
        odd = [s for s, share in zip(says, shares, strict=True) if share < _WARNED]
        value = 0.0 if outside else _share(self.rarity, 1 - min(shares))
        return Applicability(value, (*outside, *odd))


def longest_orf(codes: Codes) -> int:
    """Return the codons of the longest open reading frame from AUG to a stop, the stop left out.

    Parameters
    ----------
    codes : uint8 [L]
        Read in three frames, forwards; a break ends a frame without completing it.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> longest_orf(encode("CCAUGGCUUAAAUG"))
    2
    """
    if len(codes) < 3:
        return 0
    codons = (codes[:-2].astype(np.int64) * 4 + codes[1:-1]) * 4 + codes[2:]
    broken = (codes[:-2] >= BREAK) | (codes[1:-1] >= BREAK) | (codes[2:] >= BREAK)
    starts, stops = (codons == _START) & ~broken, np.isin(codons, _STOPS) & ~broken
    longest = 0
    for frame in range(3):
        ends = np.flatnonzero((stops | broken)[frame::3])
        start = np.flatnonzero(starts[frame::3])
        following = np.searchsorted(ends, start)
        start, following = start[following < len(ends)], following[following < len(ends)]
        complete = stops[frame::3][ends[following]]
        sizes = (ends[following] - start)[complete]
        longest = max(longest, int(sizes.max(initial=0)))
    return longest


def _known(codes: Codes) -> int:
    return int(np.count_nonzero(codes < BREAK))


def _repetition(codes: Codes) -> float:
    """Return the share of 12-mers that occurred before; 0 where there is none."""
    words = kmer_codes(codes, _LONG_K)[0]
    return 1 - len(np.unique(words)) / max(1, len(words))


def _spectra(counts: npt.NDArray[np.integer]) -> Floats:
    """Return log frequencies relative to even ones."""
    n = counts.shape[1]
    found: Floats = np.log((counts + _EACH) * n / (counts.sum(axis=1, keepdims=True) + _EACH * n))
    return found


def _towards_chance(spectra: Floats, counts: npt.NDArray[np.integer]) -> Floats:
    """Return the direction from real spectra to those of chance and of reading backwards."""
    n = len(counts)
    cube = counts.reshape(n, 4, 4, 4)
    backwards = cube.transpose(0, 3, 2, 1).reshape(n, -1)
    letters = cube.sum(axis=(2, 3)) / np.maximum(counts.sum(axis=1), 1)[:, None]
    even = np.einsum("na,nb,nc->nabc", letters, letters, letters).reshape(n, -1)
    chance = np.concatenate(
        [_spectra(backwards), _spectra(even * counts.sum(axis=1, keepdims=True))]
    )
    within = np.cov(spectra.T) + np.cov(chance.T) + _RIDGE * np.eye(spectra.shape[1])
    found: Floats = np.linalg.solve(within, chance.mean(axis=0) - spectra.mean(axis=0))
    return found


def _describe(spectra: Floats, counts: npt.NDArray[np.integer]) -> tuple[Floats, Floats, Floats]:
    """Return mean, precision and direction of training spectra."""
    covariance = np.cov(spectra.T) + _RIDGE * np.eye(spectra.shape[1])
    mean: Floats = spectra.mean(axis=0)
    precision = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
    return mean, precision, _towards_chance(spectra, counts)


def _held_out(spectra: Floats, counts: npt.NDArray[np.integer]) -> Floats:
    """Return log distance and discriminant of each record as others describe them, ``[n, 2]``.

    Of few records a description knows its own too well: new ones would all look far out.
    """
    found = np.empty((len(spectra), 2))
    part = np.arange(len(spectra)) % _PARTS
    for number in range(_PARTS):
        others = _describe(spectra[part != number], counts[part != number])
        found[part == number] = _by_spectrum(spectra[part == number], others)
    return found


def _by_spectrum(spectra: Floats, description: tuple[Floats, Floats, Floats]) -> Floats:
    """Return log distance and discriminant of each spectrum, ``[n, 2]``."""
    mean, precision, direction = description
    off = spectra - mean
    distance = np.einsum("na,ab,nb->n", off, precision, off)
    return np.column_stack([np.log(np.maximum(distance, 1e-12)), spectra @ direction])


def _trend(x: Floats, y: Floats) -> Floats:
    """Return slope and intercept of each column of `y` over `x`, ``[C, 2]``; flat where x is."""
    off = x - x.mean()
    slope = off @ y / max(float(off @ off), np.finfo(np.float64).eps)
    return np.column_stack([slope, y.mean(axis=0) - slope * x.mean()])


def _line(trend: Floats, x: Floats) -> Floats:
    return x[:, None] * trend[:, 0] + trend[:, 1]


def _reached(values: Floats) -> Floats:
    """Return what each of the remembered shares of `values` (one column per measure) reaches."""
    # No value in between: the farthest record is not to lie beyond itself.
    found: Floats = np.quantile(values, 1 - _SHARES, axis=0, method="higher").T
    return found


def _share(reached: Floats, value: float) -> float:
    """Return the share of training records that reach `value`; 0 beyond all of them."""
    row = int(np.searchsorted(reached, value))
    return float(_SHARES[row]) if row < len(_SHARES) else 0.0

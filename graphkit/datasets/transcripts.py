"""Simulated transcripts: one background for all classes, elements planted at known positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.datasets.background import markov_sequence
from graphkit.errors import InputError
from graphkit.sequences.alphabet import decode, encode
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

CYTOPLASM_ELEMENTS = ("UGUAAAUA", "UUAUUUAUU", "GAAGAAG")
"""After Pumilio, AU-rich and purine-rich elements; here they are truth by construction only."""

NUCLEUS_ELEMENTS = ("ACUCCCA", "GCCUCCC", "CAGGUGAGU")
"""After C-rich (SIRLOIN) elements and the 5' splice site; truth by construction only."""


@dataclass(frozen=True, slots=True)
class Site:
    """Site of a planted element: ``sequence[start:end] == element`` (0-based, half-open)."""

    element: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SimulatedTranscript:
    """One transcript, its class and its planted sites in order of `start`."""

    record: Record
    label: str
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationParams:
    """Parameters of simulated transcripts.

    Parameters
    ----------
    n_transcripts
        How many; classes take turns, so they are balanced.
    classes : tuple of str [C]
        Labels.
    elements : tuple of tuple of str [C]
        The elements of each class, in the order of `classes`; letters A, C, G, U.
    n_sites
        Elements planted per transcript, drawn from those of its class.
    n_kinds
        Different elements among them at most; None for all of its class. A model that knows one
        element knows a class whose transcripts all hold it; with one kind each it needs them all.
    blank_share
        Chance that a transcript holds scrambled copies alone. Without such transcripts a model
        need not know the elements of one class: what has none of the others' is of it.
    length
        Shortest and longest transcript, in nucleotides; uniform between, ends included.
    shared_elements
        Draw the elements of every class from all elements together: the control in which
        planted elements say nothing about the class.
    scrambled_copies
        For each site, plant in the transcripts of every other class the same letters in random
        order. Base composition then says nothing about the class; the elements alone do.
        Shared elements need no such copies and get none.

    Raises
    ------
    InputError
        Naming the argument that makes no sense.

    Examples
    --------
    >>> SimulationParams(n_transcripts=10).classes
    ('Cytoplasm', 'Nucleus')
    """

    n_transcripts: int = 60
    classes: tuple[str, ...] = ("Cytoplasm", "Nucleus")
    elements: tuple[tuple[str, ...], ...] = (CYTOPLASM_ELEMENTS, NUCLEUS_ELEMENTS)
    n_sites: int = 6
    n_kinds: int | None = None
    blank_share: float = 0.0
    length: tuple[int, int] = (500, 1000)
    shared_elements: bool = False
    scrambled_copies: bool = True

    def __post_init__(self) -> None:
        _require(self.n_transcripts >= 0, "n_transcripts", f"is {self.n_transcripts}", "Give >= 0.")
        _require(
            len(set(self.classes)) == len(self.classes) > 0
            and all("|" not in name and name.split() == [name] for name in self.classes),
            "classes",
            f"are {self.classes}",
            "Give distinct names without '|' and white space.",
        )
        _require(
            len(self.elements) == len(self.classes) and all(self.elements),
            "elements",
            f"are {len(self.elements)} groups for {len(self.classes)} classes",
            "Give one non-empty tuple of elements per class, in the order of classes.",
        )
        for element in self.all_elements:
            _require(
                element != "" and set(element) <= set("ACGU"),
                "elements",
                f"contain {element!r}",
                "Write elements with the letters A, C, G, U.",
            )
        _require(self.n_sites >= 0, "n_sites", f"is {self.n_sites}", "Give >= 0.")
        kinds, blank = self.n_kinds, self.blank_share
        _require(kinds is None or kinds >= 1, "n_kinds", f"is {kinds}", "Give >= 1.")
        _require(0 <= blank <= 1, "blank_share", f"is {blank}", "Give 0 to 1.")
        shortest, longest = self.length
        _require(
            0 < shortest <= longest, "length", f"is {self.length}", "Give (shortest, longest)."
        )
        needed = self.n_planted * max(map(len, self.all_elements))
        _require(
            needed <= shortest,
            "length",
            f"starts at {shortest} nt, and {self.n_planted} planted stretches may need {needed} nt",
            "Give longer transcripts or plant fewer elements.",
        )

    @property
    def all_elements(self) -> tuple[str, ...]:
        """The elements of all classes."""
        return tuple(element for group in self.elements for element in group)

    @property
    def n_planted(self) -> int:
        """Stretches written over the background of one transcript, scrambled copies included."""
        copies = self.scrambled_copies and not self.shared_elements
        return self.n_sites * (len(self.classes) if copies else 1)


def simulate_transcripts(
    params: SimulationParams | None = None, *, seed: int = 0
) -> list[SimulatedTranscript]:
    """Simulate transcripts; the same `params` and `seed` give the same transcripts.

    All classes share one background (:mod:`graphkit.datasets.background`) and one distribution
    of lengths. Where an element occurs in the background by chance it stays, and is no site.
    Transcript ``i`` depends on ``(seed, i)`` alone: a larger simulation begins with a smaller one.

    Parameters
    ----------
    params
        What to simulate; None for the defaults.
    seed
        >= 0.

    Returns
    -------
    list of SimulatedTranscript [n_transcripts]
        Records named ``sim0001|label`` and on.

    Raises
    ------
    InputError
        If an element cannot be scrambled, as ``"AAAAAA"`` cannot.

    Examples
    --------
    >>> first = simulate_transcripts(SimulationParams(n_transcripts=2), seed=1)[0]
    >>> site = first.sites[0]
    >>> first.record.sequence[site.start : site.end] == site.element
    True
    """
    params = params or SimulationParams()
    _require(seed >= 0, "seed", f"is {seed}", "Give >= 0.")
    return [_simulate(params, index, seed) for index in range(params.n_transcripts)]


def _simulate(params: SimulationParams, index: int, seed: int) -> SimulatedTranscript:
    generator = np.random.default_rng((seed, index))
    own = index % len(params.classes)
    label = params.classes[own]
    codes = markov_sequence(
        int(generator.integers(params.length[0], params.length[1], endpoint=True)), generator
    )
    pool = params.all_elements if params.shared_elements else params.elements[own]
    stretches = [(element, True) for element in _draw(pool, params, generator)]
    # Nothing is drawn where no share is asked for: simulations without come out as ever.
    if params.blank_share > 0 and generator.random() < params.blank_share:
        stretches = [(_scramble(e, params.all_elements, generator), False) for e, _ in stretches]
    if params.scrambled_copies and not params.shared_elements:
        stretches += [
            (_scramble(element, params.all_elements, generator), False)
            for other, group in enumerate(params.elements)
            if other != own
            for element in _draw(group, params, generator)
        ]
    stretches = [stretches[i] for i in generator.permutation(len(stretches))]

    sites = []
    starts = _starts([len(text) for text, _ in stretches], codes.size, generator)
    for (text, is_site), start in zip(stretches, starts, strict=True):
        codes[start : start + len(text)] = encode(text)
        if is_site:
            sites.append(Site(text, start, start + len(text)))
    # The whole header is the identifier that reading the written FASTA gives back.
    name = f"sim{index + 1:04d}|{label}"
    record = Record(name, decode(codes), header=name)
    return SimulatedTranscript(record, label, tuple(sites))


def _draw(
    pool: Sequence[str], params: SimulationParams, generator: np.random.Generator
) -> list[str]:
    if params.n_kinds is not None and params.n_kinds < len(pool):
        pool = [pool[i] for i in generator.permutation(len(pool))[: params.n_kinds]]
    return [pool[i] for i in generator.integers(len(pool), size=params.n_sites)]


def _scramble(element: str, known: Sequence[str], generator: np.random.Generator) -> str:
    """Return the letters of `element` in a random order that is none of `known`."""
    for _ in range(100):
        text = "".join(generator.permutation(list(element)))
        if text not in known:
            return text
    raise InputError(
        f"{element!r} cannot be scrambled into anything but an element",
        slot="elements",
        remedy="Give other elements or scrambled_copies=False.",
    )


def _starts(sizes: Sequence[int], length: int, generator: np.random.Generator) -> list[int]:
    """Place stretches of the given sizes in this order, none overlapping, all ways alike."""
    free = length - sum(sizes)
    before = np.sort(generator.choice(free + len(sizes), size=len(sizes), replace=False))
    # The i-th chosen slot has before[i] - i free letters and the earlier stretches to its left.
    earlier = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if sizes else np.empty(0, dtype=int)
    starts: list[int] = (before - np.arange(len(sizes)) + earlier).astype(int).tolist()
    return starts


def _require(condition: bool, slot: str, reason: str, remedy: str) -> None:
    if not condition:
        raise InputError(reason, slot=slot, remedy=remedy)

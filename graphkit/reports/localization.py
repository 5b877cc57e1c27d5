"""Make the page of ``graphkit localize``: one HTML file that loads nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from graphkit.errors import printable
from graphkit.palette import group_colors
from graphkit.reports.pages import places, render
from graphkit.tasks.localize.predictions import LEAST_ODDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphkit.origin import Origin
    from graphkit.reports.tally import Tally
    from graphkit.tasks.localize.quantity import Quantity
    from graphkit.types import Neighbor, Prediction

NEAREST = 3
"""Measured transcripts that stand beside each row."""
PAGE = "localization.html.jinja"
MOST_ROWS = 2_000
MOST_REFUSED = 100
TOLD = ("summary", "species", "labels", "accuracy", "limits", "nearest")


@dataclass(frozen=True, slots=True)
class Run:
    """What was asked for.

    Parameters
    ----------
    source
        Name of the input.
    model
        Name or folder of the model.
    about
        What the model says of itself: name, summary, species, labels, accuracy, limits, nearest.
    uncertain
        The least probability that makes a label; None where odds against the next class do.
    by_gene
        Whether a row stands for a gene.
    """

    source: str
    model: str
    about: Mapping[str, str]
    uncertain: float | None
    by_gene: bool = False

    def rule(self, *, several: bool) -> str:
        """Return what a label needs: a class, or one of several that a record may have."""
        if several:
            return "a probability that is not near the label's threshold"
        if self.uncertain is None:
            return f"a class {LEAST_ODDS:g} times as likely as the next"
        return f"a probability of {self.uncertain:g} or more"

    def limit(self, n_classes: int) -> float | None:
        """Return the probability to draw a line at, where two classes have one."""
        least = LEAST_ODDS / (1 + LEAST_ODDS) if self.uncertain is None else self.uncertain
        return least if n_classes == 2 and least > 0.5 else None


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold one class's part of a bar: its width in per cent and the number of its colour."""

    name: str
    percent: float
    colour: int


@dataclass(frozen=True, slots=True)
class Bar:
    """Probabilities side by side, and the one that is written out."""

    parts: tuple[Segment, ...]
    probability: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table in the page, every text already cut and printable."""

    id: str
    full_id: str
    names: str
    length: int
    label: str
    measured: str
    colour: int | None
    bars: tuple[Bar, ...]
    value: str
    nearest: tuple[str, ...]
    votes: str
    applicability: str
    notes: tuple[str, ...]
    probability: float | None
    middle: float | None


# Words, and what to order by, the smallest first.
ORDERS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "name": ("by name", lambda row: row.id.casefold()),
    "gene": ("by gene", lambda row: row.names.casefold() or None),
    "longest": ("longest first", lambda row: -row.length),
    "label": ("by label", lambda row: row.label if row.bars else None),
    "surest": ("most probable first", lambda row: row.probability and -row.probability),
    "highest": ("highest {} first", lambda row: row.middle and -row.middle),
    "lowest": ("lowest {} first", lambda row: row.middle),
    "votes": ("most agreed first", lambda row: -int(row.votes.split()[0]) if row.votes else None),
    "apt": (
        "most apt first",
        lambda row: (row.applicability and -float(row.applicability)) or None,
    ),
    "notes": ("most notes first", lambda row: -len(row.notes)),
}


@dataclass(slots=True)
class Report:
    """Collect rows as they pass; what is kept does not grow with the input.

    Parameters
    ----------
    classes : tuple of str [C]
        The classes of the model, in order.
    quantity
        What its values mean, where it predicts one.
    several
        Whether a record may have several of the classes.
    """

    classes: tuple[str, ...]
    quantity: Quantity | None = None
    several: bool = False
    rows: list[Row] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    n_warned: int = 0
    n_known: int = 0
    n_related: int = 0
    n_outside: int = 0
    n_nearest: int = 0

    def add(self, prediction: Prediction, more: Mapping[str, object]) -> None:
        """Take in one row of the table, `more` being what its gene adds."""
        self.n_warned += bool(prediction.warnings)
        self.n_known += prediction.known_label is not None
        self.n_related += prediction.related_label is not None
        self.n_outside += prediction.outside
        self.n_nearest += bool(prediction.nearest)
        if not prediction.predicted and len(self.refused) < MOST_REFUSED:
            reason = prediction.status.removeprefix("not_predicted: ")
            self.refused.append((printable(prediction.id, limit=60), printable(reason, limit=300)))
        if len(self.rows) < MOST_ROWS:
            self.rows.append(self._row(prediction, more))

    def render(
        self, run: Run, tally: Tally, origin: Origin, *, template: str = PAGE, **more: Any
    ) -> str:
        """Return the page, or another `template` of it, which names `more`."""
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        known["classes"] = [(name, _colour(self.classes, name)) for name in self.classes]
        return render(
            template,
            **known,
            **more,
            origin=origin,
            run=run,
            about={key: printable(run.about.get(key, "")) for key in TOLD},
            source=printable(run.source, limit=120),
            model=printable(run.about.get("name") or run.model, limit=120),
            palette=group_colors(len(self.classes)),
            shares=self._shares(tally),
            tally=tally,
            orders=self._orders(),
            places=places(self.rows, {name: key for name, (_, key) in ORDERS.items()}),
            limit=None if self.several else run.limit(len(self.classes)),
            rule=run.rule(several=self.several),
        )

    def _orders(self) -> dict[str, str]:
        """Return the words of the orders that rows can be put in, by name."""
        if len(self.rows) < 2:
            return {}
        value = self.quantity and self.quantity.name
        return {
            name: words.format(value)
            for name, (words, key) in ORDERS.items()
            if (value or "{}" not in words) and any(key(row) is not None for row in self.rows)
        }

    def _row(self, prediction: Prediction, more: Mapping[str, object]) -> Row:
        names = [printable(name, limit=40) for name in (prediction.symbol, prediction.gene) if name]
        return Row(
            id=printable(prediction.id, limit=48),
            full_id=printable(prediction.id, limit=300),
            names=" · ".join(names),
            length=prediction.length,
            label=printable(prediction.label or "not predicted", limit=40),
            measured=printable(_measured(prediction), limit=80),
            colour=_colour(self.classes, prediction.label),
            bars=self._bars(prediction.probabilities or ()),
            value=interval(prediction.value),
            nearest=tuple(map(_neighbor, prediction.nearest)),
            votes=prediction.members_agree or "",
            applicability=_floored(prediction.applicability),
            notes=tuple(printable(note, limit=300) for note in _notes(prediction, more)),
            probability=max(prediction.probabilities or (), default=None),
            middle=prediction.value[0],
        )

    def _bars(self, probabilities: tuple[float, ...]) -> tuple[Bar, ...]:
        """Return one bar of all classes, or one for each of several labels."""
        parts = tuple(
            Segment(name, round(100 * p, 2), sorted(self.classes).index(name))
            for name, p in zip(self.classes, probabilities, strict=False)
        )
        if not self.several:
            return (Bar(parts, two_digits(max(probabilities))),) if parts else ()
        return tuple(
            Bar((part,), two_digits(p)) for part, p in zip(parts, probabilities, strict=True)
        )

    def _shares(self, tally: Tally) -> list[tuple[str, int, float, str]]:
        """Return name, count, per cent and style of each outcome that occurs."""
        names = sorted(tally.labels.keys() - {"uncertain"}) if self.several else self.classes
        colours = [_colour(self.classes, name) for name in names]
        counted = [
            (name, tally.labels[name], "unsure" if colour is None else f"c{colour}")
            for name, colour in zip(names, colours, strict=True)
        ]
        counted.append(("uncertain", tally.labels["uncertain"], "unsure"))
        counted.append(("not predicted", tally.refused, "none"))
        return [(name, n, 100 * n / tally.records, style) for name, n, style in counted if n]


def _notes(prediction: Prediction, more: Mapping[str, object]) -> tuple[str, ...]:
    status = () if prediction.predicted else (prediction.status.removeprefix("not_predicted: "),)
    outside = ("outside what the model was taught",) if prediction.outside else ()
    isoforms: tuple[str, ...] = ()
    if more.get("isoforms_agree") == "no":
        isoforms = (f"isoforms disagree: {more['isoform_labels']}",)
    unknown = _per_cent(prediction.fraction_n)
    letters = (f"{unknown} of the letters unknown",) if unknown else ()
    return (*status, *outside, *isoforms, *letters, *prediction.warnings)


def _measured(prediction: Prediction) -> str:
    """Return what the training set says of a sequence."""
    shares = (
        f"({_floored(prediction.query_coverage)} of this, "
        f"{_floored(prediction.reference_coverage)} of that)"
    )
    if prediction.known_label is not None:
        return f"measured: {prediction.known_label}{_measurement(prediction.measured)} {shares}"
    if prediction.related_label is not None:
        return f"related: {prediction.related_label} {shares}"
    return ""


def interval(value: tuple[float | None, float | None, float | None]) -> str:
    """Write a value and its interval, where there are any.

    Examples
    --------
    >>> interval((-1.234, -3.0, 0.5)), interval((2.0, None, None)), interval((None,) * 3)
    ('-1.23 (-3.00 to +0.50)', '+2.00', '')
    """
    middle, low, high = value
    if middle is None:
        return ""
    return f"{middle:+.2f}" if low is None else f"{middle:+.2f} ({low:+.2f} to {high:+.2f})"


def _measurement(measured: tuple[float | None, float | None, int | None]) -> str:
    """Write what was measured and in how many lines.

    Examples
    --------
    >>> _measurement((1.5, 0.25, 4)), _measurement((1.5, None, 1)), _measurement((None,) * 3)
    (', +1.50, sd 0.25, 4 lines', ', +1.50, 1 line', '')
    """
    value, sd, lines = measured
    if value is None:
        return ""
    spread = "" if sd is None else f", sd {sd:.2f}"
    return f", {value:+.2f}{spread}, {lines} line{'s' * (lines != 1)}"


def _neighbor(one: Neighbor) -> str:
    """Write what was measured of a neighbour and how alike it is read.

    Examples
    --------
    >>> from graphkit.types import Neighbor
    >>> _neighbor(Neighbor(17, -1.234, 1, 0.9749))
    '-1.23, 1 line, 0.97 (no. 17)'
    """
    lines = f"{one.lines} line{'s' * (one.lines != 1)}"
    return f"{one.value:+.2f}, {lines}, {_floored(one.similarity)} (no. {one.number})"


def _floored(share: float | None) -> str:
    """Write a share with two digits, 1.00 only where nothing is missing.

    Examples
    --------
    >>> _floored(0.999), _floored(1.0), _floored(None)
    ('0.99', '1.00', '')
    """
    return "" if share is None else f"{math.floor(100 * share) / 100:.2f}"


def _colour(classes: tuple[str, ...], label: str | None) -> int | None:
    """Return the place of a class among the sorted names: the same colour in every page.

    Of several labels the first counts.
    """
    name = (label or "").partition(";")[0]
    return sorted(classes).index(name) if name in classes else None


def two_digits(p: float) -> str:
    """Round a probability to two digits, never to 1.

    Examples
    --------
    >>> two_digits(0.734), two_digits(0.9996)
    ('0.73', '>0.99')
    """
    return ">0.99" if p > 0.995 else f"{p:.2f}"


def _per_cent(fraction: float | None) -> str:
    """Return a share of letters in per cent, where there is one worth telling.

    Examples
    --------
    >>> _per_cent(0.0), _per_cent(0.00001), _per_cent(0.25)
    ('', '<0.1 %', '25.0 %')
    """
    if not fraction:
        return ""
    return "<0.1 %" if fraction < 0.001 else f"{100 * fraction:.1f} %"

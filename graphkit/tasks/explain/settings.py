"""Settings of a run of ``explain``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.palette import OTHERS, class_colors

if TYPE_CHECKING:
    from collections.abc import Sequence

CAUTION = (
    "This shows what the model relies on, not what the cell does. A nucleotide with a high score"
    " moves the model's answer; that it also moves the RNA is a hypothesis to be tested."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Settings of a run.

    Parameters
    ----------
    source, model
        Names of the input and of the model.
    classes : tuple of str [C]
        Of the model.
    target
        The class explained; None for the one predicted for each record.
    method
        How predictions are explained.
    steps
        Of the gradients.
    shuffles
        Shuffles of each record that seqlets are called against.
    fdr
        False discovery rate of the seqlets of one record.
    seed
        Of everything random.
    n_tracks
        Records to draw.
    unit
        Of the scores, as :attr:`Ensemble.unit` has it.
    level
        Share of true values that an interval holds, of a model that predicts a value.
    several
        Whether the classes are labels, of which a record may have several.
    """

    source: str
    model: str
    classes: tuple[str, ...]
    target: str | None
    method: str
    steps: int
    shuffles: int
    fdr: float
    seed: int
    n_tracks: int
    unit: str = "log-odds"
    level: float | None = None
    several: bool = False

    def as_dict(self) -> dict[str, object]:
        """Return plain JSON values for the head of a summary."""
        return {"caution": CAUTION, **asdict(self)}


def class_of(
    classes: Sequence[str], wanted: str | None, *, default: str | None, slot: str = "target"
) -> str | None:
    """Return the class to explain: that which was asked for, or `default`.

    Of two classes one speaks for both, and one sign then means the same in every record. With
    more classes and none asked for it is None: each record's own.

    Parameters
    ----------
    classes
        The classes of the model.
    wanted
        A class, any case, or None.
    default
        What :attr:`Ensemble.positive` says.
    slot
        Where it was asked for.

    Raises
    ------
    InputError
        Where the model has no such class; lists those it has.

    Examples
    --------
    >>> class_of(("Cytoplasm", "Nucleus"), "nucleus", default="Cytoplasm")
    'Nucleus'
    """
    if wanted is None:
        return default
    folded = {name.casefold(): name for name in classes}
    if wanted in classes:
        return wanted
    if wanted.casefold() not in folded:
        raise InputError(
            f"the model has no class {wanted!r}",
            slot=slot,
            remedy=f"Choose one of {', '.join(classes)}.",
        )
    return folded[wanted.casefold()]


def against(classes: Sequence[str], target: str) -> str:
    """Name what speaks against a class.

    Examples
    --------
    >>> against(("A", "B"), "B"), against(("A", "B", "C"), "B")
    ('A', 'other classes')
    """
    others = [name for name in classes if name != target]
    return others[0] if len(others) == 1 else "other classes"


def colors_of(classes: Sequence[str], target: str) -> tuple[str, str]:
    """Return the colours of what speaks against a class and of the class itself.

    Examples
    --------
    >>> colors_of(("A", "B"), "B") == colors_of(("A", "B"), "A")[::-1]
    True
    """
    colors = class_colors(classes)
    return colors.get(against(classes, target), OTHERS), colors[target]

"""What ``explain`` and ``motifs`` let their user choose."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.palette import OTHERS, class_colors

if TYPE_CHECKING:
    from collections.abc import Sequence


class Method(StrEnum):
    """How a prediction is explained."""

    GRADIENTS = "gradients"
    MUTAGENESIS = "mutagenesis"
    OCCLUSION = "occlusion"
    ATTENTION = "attention"


def class_of(classes: Sequence[str], wanted: str | None) -> str | None:
    """Return the class to explain: that which was asked for, or the second of two.

    Of two classes one speaks for both, and one sign then means the same in every record. With
    more classes and none asked for it is None: each record's own.

    Parameters
    ----------
    classes
        The classes of the model.
    wanted
        A class, any case, or None.

    Raises
    ------
    InputError
        Where the model has no such class; lists those it has.

    Examples
    --------
    >>> class_of(("Cytoplasm", "Nucleus"), None), class_of(("A", "B", "C"), None)
    ('Nucleus', None)
    """
    if wanted is None:
        return classes[1] if len(classes) == 2 else None
    folded = {name.casefold(): name for name in classes}
    if wanted in classes:
        return wanted
    if wanted.casefold() not in folded:
        raise InputError(
            f"the model has no class {wanted!r}",
            slot="--class",
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

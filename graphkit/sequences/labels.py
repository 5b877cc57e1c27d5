"""Labels from anywhere: text, none of it missing, and no class written in two ways."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED = "uncertain"
# What tables write where there is no value, and what Python's and pandas' own say of themselves.
_MISSING = {"", "na", "n/a", "nan", "nat", "none", "null", "<na>"}


def is_missing(label: object) -> bool:
    """Say whether a label stands for no label: None, NaN, or text such as ``"NA"``.

    Examples
    --------
    >>> [is_missing(label) for label in (None, float("nan"), "N/A", "Nucleus", 0)]
    [True, True, True, False, False]
    """
    return str(label).strip().casefold() in _MISSING


def as_labels(labels: Iterable[object]) -> list[str]:
    """Turn labels into text; whole numbers and booleans are written out.

    Parameters
    ----------
    labels
        Text, whole numbers or booleans, of Python, numpy or pandas.

    Raises
    ------
    InputError
        If one is missing, or neither text nor a whole number; if it is ``"uncertain"``, which
        tables say of predictions; or if two differ in case or white space only.

    Examples
    --------
    >>> as_labels(np.array([0, 1]))
    ['0', '1']
    """
    names = [_as_label(label, place) for place, label in enumerate(labels)]
    refuse_variants(names)
    return names


def _as_label(label: object, place: int) -> str:
    reason = None
    if is_missing(label):
        reason = f"of the record at {place} is missing: {label!r}"
    elif isinstance(label, float | np.floating) and label.is_integer():
        label = int(label)
    elif not isinstance(label, str | int | np.integer | np.bool_):
        reason = f"of the record at {place} is {label!r}, neither text nor a whole number"
    elif str(label).casefold() == RESERVED:
        reason = f"{RESERVED!r} cannot be a label"
    if reason is not None:
        raise InputError(reason, slot="labels", remedy="Give each record a label of its class.")
    return str(label)


def refuse_variants(labels: Iterable[str]) -> None:
    """Refuse labels that differ in case or white space only.

    Raises
    ------
    InputError
        Saying how to call the rarer as the more common.
    """
    first: dict[str, str] = {}
    for name, _ in Counter(labels).most_common():
        common = first.setdefault("".join(name.split()).casefold(), name)
        if common != name:
            raise InputError(
                f"{common!r} and {name!r} differ in case or white space only",
                slot="labels",
                remedy=f"Write them alike, or pass rename={ {name: common} } to read_labelled.",
            )

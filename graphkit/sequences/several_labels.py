"""Several labels of one record: a column of 0 and 1 for each, or one column of ``A;B``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences.labels import as_labels, is_missing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import ArrayLike, NDArray

NO_LABEL = "none"
"""What is said of a record that has none of the labels."""

MOST_LABELS = 20
_FLAGS = {"0": 0, "1": 1, "no": 0, "yes": 1, "false": 0, "true": 1}
_SEPARATOR = re.compile("[;|]")

Found = tuple[tuple[str, ...], "NDArray[np.int64]"]


def several_labels(
    heading: Sequence[str],
    rows: Sequence[tuple[int, list[str]]],
    *,
    ids: int,
    label: int | None,
    numbers: Collection[int],
) -> Found | None:
    """Read which of several labels each row has.

    Parameters
    ----------
    heading
        Names of the columns.
    rows
        Number of each line, and its cells.
    ids, label
        Places of the ids, and of a column called as labels are, if there is one.
    numbers
        Places of the columns that could be numbers.

    Returns
    -------
    names : tuple of str [L]
        The labels: as columns are called, or sorted.
    has : int64 [n, L]
        1 where a row has the label, else 0.

        None instead of both where the table has neither two columns of 0 and 1, no and yes, or
        false and true, nor labels parted by ``;`` or ``|``.

    Raises
    ------
    InputError
        If there are numbers besides, one column of two values alone, two ways of writing labels,
        a label without a name of its own, or a cell that says nothing.

    Examples
    --------
    >>> rows = [(2, ["t1", "Nucleus;Exosome"]), (3, ["t2", "none"]), (4, ["t3", "Nucleus"])]
    >>> several_labels(["id", "labels"], rows, ids=0, label=1, numbers=())
    (('Exosome', 'Nucleus'), array([[1, 1],
           [0, 0],
           [0, 1]]))
    """
    columns = {
        place: [_FLAGS.get(cells[place].casefold()) for _, cells in rows]
        for place in range(len(heading))
        if place not in (ids, label) and _are_flags([cells[place] for _, cells in rows])
    }
    written = label is not None and any(_SEPARATOR.search(cells[label]) for _, cells in rows)
    measured = [place for place in numbers if place not in columns]
    # A line that was measured once, as 0, is no label; words are, and 0 and 1 where both occur.
    classes = [
        place
        for place, found in columns.items()
        if place not in numbers or ({0, 1} <= {*found} and not (measured and None in found))
    ]
    if not (classes or written):
        return None
    if measured or (classes and label is not None) or (len(columns) == 1 and not written):
        raise _unclear([heading[p] for p in classes], [heading[p] for p in measured], written)
    if label is not None and written:
        return _listed([(number, cells[label]) for number, cells in rows])
    for place, found in columns.items():
        if None in found:
            raise _says_nothing(rows[found.index(None)][0], heading[place])
    names = tuple(heading[place] for place in columns)
    return _named(names), np.array([*columns.values()], dtype=np.int64).T


def join_labels(has: ArrayLike, labels: Sequence[str]) -> str:
    """Return the labels that a record has as one text.

    Examples
    --------
    >>> join_labels([True, False, True], ("A", "B", "C")), join_labels([False], ("A",))
    ('A;C', 'none')
    """
    chosen = np.asarray(has, dtype=bool).tolist()
    return ";".join(name for name, one in zip(labels, chosen, strict=True) if one) or NO_LABEL


def _listed(cells: list[tuple[int, str]]) -> Found:
    """Read labels that are parted by ``;`` or ``|``."""
    sets = []
    for number, cell in cells:
        if is_missing(cell) and cell.casefold() not in ("", NO_LABEL):
            raise _says_nothing(number, cell)
        each = {name.strip() for name in _SEPARATOR.split(cell)}
        sets.append(each - {""} if len(each) > 1 or cell.casefold() != NO_LABEL else set())
    names = _named(tuple(sorted(set().union(*sets))))
    return names, np.array([[int(name in one) for name in names] for one in sets])


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that a table of predictions can have."""
    as_labels(names)
    if len(set(names)) < len(names) or any(map(_SEPARATOR.search, names)):
        raise InputError(
            f"{', '.join(names)}: a name that occurs twice, or has ; or | in it",
            slot="labels",
            remedy="Call each column by its label.",
        )
    if len(names) > MOST_LABELS:
        raise InputError(
            f"{len(names)} labels are too many",
            slot="labels",
            remedy=f"Give at most {MOST_LABELS}.",
        )
    return names


def _are_flags(cells: list[str]) -> bool:
    given = [cell for cell in cells if not is_missing(cell)]
    return bool(given) and all(cell.casefold() in _FLAGS for cell in given)


def _unclear(classes: list[str], measured: list[str], written: bool) -> InputError:
    if measured:
        reason = f"{', '.join(measured)} hold numbers, {', '.join(classes) or 'labels'} classes"
        return InputError(reason, remedy="Give a table of numbers, or one of several labels.")
    if written or len(classes) > 1:
        return InputError(
            f"says what labels records have in {', '.join(classes)} and in another column as well",
            remedy="Keep one of the two.",
        )
    return InputError(
        f"{', '.join(classes)} is one column of two classes",
        remedy="Pass it with --labels, id and class; several labels are two columns or more.",
    )


def _says_nothing(line: int, what: str) -> InputError:
    return InputError(
        f"a cell of {what!r} does not say whether the record has the label",
        line=line,
        remedy="Write 0 or 1, or remove the line.",
    )

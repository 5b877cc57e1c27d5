"""An index of labelled embeddings, to which more can be added at any time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import torch

from graphkit.errors import InputError
from graphkit.tasks.estimator import Estimator
from graphkit.training import load_model, save_model
from graphkit.training.distrust import RETRAIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray
    from torch import Tensor

EXACT_BELOW = 20_000
"""Items up to which all distances are computed; above, a graph of neighbours is walked."""

METRICS = ("euclidean", "cosine")
_ITEMS, _COLUMN = "items", "column."


class Nearest(NamedTuple):
    """The nearest items of each query, nearest first.

    Parameters
    ----------
    rows : int64 [m, n]
        Items, in the order in which they were added.
    distances : float64 [m, n]
        In the metric of the index.
    labels : ndarray [m, n]
        Labels of these items.
    """

    rows: NDArray[np.int64]
    distances: NDArray[np.float64]
    labels: NDArray[Any]


class NearestIndex(Estimator):
    """An index of labelled embeddings, to which items of new classes can be added at any time.

    Up to 20,000 items distances are exact (scikit-learn); above they are those that PyNNDescent
    finds, which misses a neighbour now and then.

    Parameters
    ----------
    metric
        ``"euclidean"`` or ``"cosine"``.
    random_state
        Seed of the graph of neighbours.

    Attributes
    ----------
    items_ : float [n, D]
        Embeddings, in the order in which they were added.
    columns_ : dict of str to ndarray [n]
        What is known of each item, ``"label"`` first.
    about_ : dict of str to str
        How the items were embedded; queries must be embedded alike.

    Examples
    --------
    >>> index = NearestIndex().add([[0.0, 0.0], [1.0, 0.0]], ["T cell", "B cell"])
    >>> found = index.add([[9.0, 9.0]], ["a new type"]).nearest([[8.0, 8.0], [0.2, 0.0]], n=2)
    >>> found.labels.tolist()
    [['a new type', 'B cell'], ['T cell', 'B cell']]
    """

    _search: Any = None

    def __init__(self, metric: str = "euclidean", *, random_state: int = 0) -> None:
        self.metric = metric
        self.random_state = random_state

    def add(self, items: ArrayLike, labels: Sequence[Any] | NDArray[Any], **columns: Any) -> Self:
        """Add items.

        Parameters
        ----------
        items : float [n, D]
            Embeddings; what is stored has their type, float16 included.
        labels : sequence [n]
            Text or numbers.
        columns : sequence [n]
            What else is known of each item, text or numbers; the same columns at every call.

        Raises
        ------
        InputError
            If numbers do not fit one another or what is there already, or are not finite.
        """
        if self.metric not in METRICS:
            raise InputError(
                f"no metric {self.metric!r}", slot="metric", remedy=f"Choose of {METRICS}."
            )
        points = np.asarray(items)
        known = {name: _column(name, given) for name, given in {"label": labels, **columns}.items()}
        there = getattr(self, "items_", points[:0])
        before = getattr(self, "columns_", {name: column[:0] for name, column in known.items()})
        _check(points, slot="items", width=there.shape[-1])
        if {len(column) for column in known.values()} != {len(points)}:
            raise InputError(f"do not fit {len(points)} items", slot="labels")
        if before.keys() != known.keys():
            raise InputError(
                f"are {', '.join(known)}, and were {', '.join(before)}", slot="columns"
            )
        self.items_ = np.concatenate([there, points.astype(there.dtype)])
        self.columns_ = {
            name: np.concatenate([before[name], column]) for name, column in known.items()
        }
        self.about_: dict[str, str] = getattr(self, "about_", {})
        self._search = None
        return self

    def __len__(self) -> int:
        return len(getattr(self, "items_", ()))

    def nearest(self, queries: ArrayLike, n: int = 10) -> Nearest:
        """Return the `n` nearest items of each query, or all where there are fewer.

        Parameters
        ----------
        queries : float [m, D]
            Embeddings, of the same kind as the items.
        n
            How many.

        Raises
        ------
        UnfittedError
            If nothing was added.
        InputError
            If the queries have another width or are not finite, or `n` is below one.
        """
        items = self.fitted("items_")
        points = np.asarray(queries)
        _check(points, slot="queries", width=items.shape[1])
        if n < 1:
            raise InputError(f"n = {n}", slot="n", remedy="Ask for one or more.")
        n = min(n, len(items))
        if not len(points):
            rows, distances = np.empty((0, n), np.int64), np.empty((0, n))
        elif len(items) <= EXACT_BELOW:
            if self._search is None:
                from sklearn.neighbors import NearestNeighbors

                self._search = NearestNeighbors(metric=self.metric).fit(items.astype(np.float32))
            distances, rows = self._search.kneighbors(points.astype(np.float32), n)
        else:
            if self._search is None:
                from pynndescent import NNDescent

                self._search = NNDescent(
                    items.astype(np.float32),
                    metric=self.metric,
                    n_neighbors=30,
                    random_state=self.random_state,
                )
            rows, distances = self._search.query(points.astype(np.float32), k=n)
        rows = np.asarray(rows, dtype=np.int64)
        return Nearest(rows, np.asarray(distances, np.float64), self.columns_["label"][rows])

    def table(self, found: Nearest, queries: Sequence[Any]) -> pd.DataFrame:
        """Return one row for each query and neighbour: ``query``, ``rank``, ``distance``, columns.

        Parameters
        ----------
        found
            What :meth:`nearest` returned.
        queries : sequence [m]
            Names of the queries.
        """
        import pandas as pd

        flat, n = found.rows.ravel(), found.rows.shape[1]
        return pd.DataFrame(
            {
                "query": np.repeat(np.asarray(queries, dtype=object), n),
                "rank": np.tile(np.arange(1, n + 1), len(found.rows)),
                "distance": found.distances.ravel(),
                **{name: column[flat] for name, column in self.fitted("columns_").items()},
            }
        )

    def save(self, folder: str | Path) -> None:
        """Write the index as a folder of ``config.json`` and ``model.safetensors``.

        Raises
        ------
        UnfittedError
            If nothing was added.
        InputError
            If the folder cannot be written, or holds something else.
        """
        config, tensors = self.parts()
        save_model(folder, {"class": type(self).__name__, **config}, tensors)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what :meth:`save` wrote; nothing in it is executed. Items can still be added.

        Raises
        ------
        InputError
            If it is not a sound index.
        """
        config, tensors = load_model(folder)
        if config.get("class") != cls.__name__:
            raise InputError(f"is a {config.get('class')!r}, no index", file=folder, slot="class")
        try:
            return cls.of_parts(config, tensors)
        except InputError as error:
            raise error.at(file=folder, remedy=RETRAIN) from error

    def parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Return plain values and tensors that hold the index; text is UTF-8 of a JSON list."""
        tensors = {_ITEMS: torch.from_numpy(self.fitted("items_").copy())}
        for name, column in self.columns_.items():
            text = json.dumps(column.tolist()).encode() if column.dtype == object else None
            stored = column if text is None else np.frombuffer(text, dtype=np.uint8)
            tensors[_COLUMN + name] = torch.from_numpy(stored.copy())
        kinds = {
            name: "text" if column.dtype == object else "number"
            for name, column in self.columns_.items()
        }
        return {"arguments": self.get_params(), "columns": kinds, "about": self.about_}, tensors

    @classmethod
    def of_parts(cls, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Self:
        """Make what :meth:`parts` was taken from.

        Raises
        ------
        InputError
            If a part is missing, unknown or does not fit the others.
        """
        try:
            kinds = dict(config["columns"])
            columns: dict[str, Any] = {name: tensors[_COLUMN + name].numpy() for name in kinds}
            for name, kind in kinds.items():
                if kind == "text":
                    columns[name] = np.array(json.loads(columns[name].tobytes()), dtype=object)
            index = cls(**config["arguments"])
            index.add(tensors[_ITEMS].numpy(), columns.pop("label"), **columns)
            index.about_ = {str(k): str(v) for k, v in config["about"].items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError("is no sound index", slot="columns") from error
        return index


def _column(name: str, values: Any) -> NDArray[Any]:
    """Return numbers, or text as objects."""
    column = np.asarray(values)
    if column.dtype.kind not in "biuf":
        return np.array([str(one) for one in column.tolist()], dtype=object)
    if not np.isfinite(column).all():
        raise InputError("has a missing number", slot=name, remedy="Leave such items out.")
    return column


def _check(points: NDArray[Any], *, slot: str, width: int) -> None:
    if points.ndim != 2 or points.dtype.kind not in "biuf" or not np.isfinite(points).all():
        raise InputError(
            f"{points.shape} of {points.dtype} are no finite table",
            slot=slot,
            remedy="Give one row of finite numbers for each.",
        )
    if points.shape[1] != width:
        raise InputError(
            f"have {points.shape[1]} dimensions, the index {width}",
            slot=slot,
            remedy="Embed queries as the index was.",
        )

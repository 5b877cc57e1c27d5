"""Look up what was measured of a training transcript that is like a query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import torch

from graphkit.errors import InputError, shorten
from graphkit.sequences import Sketches, SketchIndex
from graphkit.training.distrust import RETRAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    Codes = NDArray[np.uint8]

PREFIX = "known."
"""What the names of the tensors begin with."""

# torch has no full support of unsigned integers of 32 bits: their bits are stored as int32.
_DTYPES = {
    "known.hashes": torch.int32,
    "known.offsets": torch.int64,
    "known.levels": torch.uint8,
    "known.labels": torch.int16,
}
_MEASURED = "known.measured"


@dataclass(frozen=True, slots=True)
class Known:
    """Training transcript that is like a query, and what was measured of it.

    Parameters
    ----------
    label
        Class it was given there, or several as ``"Cytoplasm/Nucleus"`` where equally near ones
        differ. A measurement, with its own errors; no prediction.
    query_coverage, reference_coverage
        Estimated shares of the 21-mers of the sequence, and of the training transcript, that are in
        the other; the greater is 0.5 or more.
    nearly_identical
        Whether both are 0.8 or more. Else the two are related: one is a piece, an isoform or a
        fusion of the other, and the label need not be its own.
    measured : tuple [3]
        Value, standard deviation over cell lines and number of these, where they are known; of
        equally near transcripts that of the one seen in most lines.
    """

    label: str
    query_coverage: float
    reference_coverage: float
    nearly_identical: bool
    measured: tuple[float | None, float | None, int | None] = (None, None, None)


@dataclass(frozen=True, slots=True, eq=False)
class KnownTranscripts:
    """Sketches of training transcripts and the class of each; neither ids nor sequences.

    Parameters
    ----------
    sketches
        One for each transcript.
    labels : int16 [n]
        Class of each, as a position in `classes`.
    classes : tuple of str [C]
        Class names.
    measured : float32 [n, 3], optional
        Value, standard deviation over cell lines and number of these; what fewer lines than one, or
        than two, cannot say is not looked at.

    Raises
    ------
    InputError
        If labels, measurements and sketches differ in number or a label is no class.

    Examples
    --------
    >>> from graphkit.sequences import encode
    >>> text = "ACGUUGCAUGCCAUAGCUAGCAUCGAUUCGGAUCUACGGCAUUACGAUCGUAGG"
    >>> known = KnownTranscripts.of([encode(text)], ["Nucleus"], classes=("Cytoplasm", "Nucleus"))
    >>> known.lookup(encode(text.lower()))
    Known(label='Nucleus', ..., nearly_identical=True, measured=(None, None, None))
    """

    sketches: Sketches
    labels: NDArray[np.int16]
    classes: tuple[str, ...]
    measured: NDArray[np.float32] | None = None
    _index: SketchIndex = field(init=False, repr=False)

    def __post_init__(self) -> None:
        labels = np.array(self.labels, dtype=np.int16)
        labels.setflags(write=False)
        if labels.shape != (len(self.sketches),):
            raise InputError("do not fit the sketches", slot="labels")
        if ((labels < 0) | (labels >= len(self.classes))).any():
            raise InputError("are not classes of the model", slot="labels")
        if self.measured is not None and self.measured.shape != (len(labels), 3):
            raise InputError("do not fit the sketches", slot="measured")
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "_index", SketchIndex(self.sketches))

    @classmethod
    def of(
        cls,
        codes: Iterable[Codes],
        labels: Sequence[str],
        *,
        classes: tuple[str, ...],
        measured: NDArray[np.float32] | None = None,
    ) -> Self:
        """Sketch encoded sequences (uint8 [L] each), whose classes are `labels`."""
        numbers = np.array([classes.index(label) for label in labels], dtype=np.int16)
        return cls(Sketches.of(codes), numbers, classes, measured)

    def lookup(self, codes: Codes) -> Known | None:
        """Return what is known of a sequence (uint8 [L]), None where nothing is near."""
        nearest = self._index.nearest(codes)
        if nearest is None:
            return None
        # In the order of the classes: equally near ones have no better one among them.
        numbers = np.unique(self.labels[list(nearest.rows)])
        label = "/".join(self.classes[i] for i in numbers)
        return Known(
            label,
            nearest.of_query,
            nearest.of_reference,
            nearest.nearly_identical,
            self._measured(nearest.rows),
        )

    def _measured(self, rows: tuple[int, ...]) -> tuple[float | None, float | None, int | None]:
        if self.measured is None:
            return None, None, None
        found = self.measured[list(rows)]
        value, sd, lines = found[found[:, 2].argmax()].tolist()
        return value if lines else None, sd if lines > 1 else None, int(lines) or None

    def tensors(self) -> dict[str, Tensor]:
        """Return what a model folder stores: ``known.hashes`` [H] and the rest, [n] or [n + 1]."""
        measured = {} if self.measured is None else {_MEASURED: torch.from_numpy(self.measured)}
        return {
            **measured,
            "known.hashes": torch.from_numpy(self.sketches.hashes.view(np.int32).copy()),
            "known.offsets": torch.from_numpy(self.sketches.offsets.copy()),
            "known.levels": torch.from_numpy(self.sketches.levels.copy()),
            "known.labels": torch.from_numpy(self.labels.copy()),
        }

    @classmethod
    def from_tensors(
        cls, tensors: Mapping[str, Tensor], *, classes: tuple[str, ...], file: Path
    ) -> Self:
        """Read what :meth:`tensors` returned.

        Parameters
        ----------
        tensors
            Tensors whose names begin with ``known.``, none else.
        classes
            Class names of the model.
        file
            Where they come from, for the error.

        Raises
        ------
        InputError
            If one is missing, unknown or of the wrong kind, or they do not fit one another.
        """
        given = tensors.get(_MEASURED)
        for name in sorted((tensors.keys() - {_MEASURED}) ^ _DTYPES.keys()):
            what = "is unknown" if name in tensors else "is missing"
            raise InputError(what, file=file, slot=shorten(name), remedy=RETRAIN)
        for name, dtype in _DTYPES.items():
            if tensors[name].dtype is not dtype or tensors[name].ndim != 1:
                raise InputError("is of the wrong kind", file=file, slot=name, remedy=RETRAIN)
        if given is not None and (given.dtype is not torch.float32 or given.isinf().any()):
            raise InputError("is of the wrong kind", file=file, slot=_MEASURED, remedy=RETRAIN)
        arrays = {name.removeprefix(PREFIX): tensors[name].numpy() for name in _DTYPES}
        try:
            sketches = Sketches(
                arrays["hashes"].view(np.uint32), arrays["offsets"], arrays["levels"]
            )
            measured = None if given is None else given.numpy()
            return cls(sketches, arrays["labels"], classes, measured)
        except InputError as error:
            slot = f"{PREFIX}{error.slot}"
            raise error.at(file=file, slot=slot, remedy=RETRAIN) from error

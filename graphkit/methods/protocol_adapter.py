"""The whole recipe behind the face that the evaluation protocol asks of a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from graphkit.errors import InputError
from graphkit.sequences import decode
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from graphkit.methods.sequence_classifier import SequenceClassifier

    Codes = NDArray[np.uint8]


class Recipe:
    """A :class:`SequenceClassifier` of encoded sequences and numbered classes.

    Members, vocabulary, stopping and temperature all belong to the recipe and see nothing but
    what :meth:`fit` is given.

    Parameters
    ----------
    make
        Returns an untrained classifier.
    progress
        Show a bar on stderr for each member.

    Attributes
    ----------
    classifier_ : SequenceClassifier
        The trained one.

    Examples
    --------
    >>> from graphkit.methods import SequenceClassifier
    >>> Recipe(lambda: SequenceClassifier(k=3)).predict_proba([])
    Traceback (most recent call last):
    graphkit.errors.InputError: the recipe is not fitted. Call fit() first.
    """

    def __init__(self, make: Callable[[], SequenceClassifier], *, progress: bool = False) -> None:
        self.make = make
        self.progress = progress
        self.classifier_: SequenceClassifier | None = None

    def fit(self, sequences: Sequence[Codes], labels: ArrayLike) -> Self:
        """Train on sequences ``uint8 [L]`` and classes ``int [n]``, ``0 .. C - 1``.

        Raises
        ------
        InputError
            As :meth:`SequenceClassifier.fit`.
        """
        # The estimator sorts names as text; with leading zeros that is the order of the numbers.
        names = [f"{label:06d}" for label in np.asarray(labels, dtype=np.int64).tolist()]
        self.classifier_ = self.make().fit(_records(sequences), names, progress=self.progress)
        return self

    def predict_proba(self, sequences: Sequence[Codes]) -> NDArray[np.float64]:
        """Return calibrated probabilities, ``float [n, C]``.

        Raises
        ------
        InputError
            Before :meth:`fit`, or where a sequence is too short for the model.
        """
        if self.classifier_ is None:
            raise InputError("the recipe is not fitted", remedy="Call fit() first.")
        predictions = self.classifier_.predict_each(
            _records(sequences), uncertain=0.0, on_error="fail"
        )
        return np.array([prediction.probabilities for prediction in predictions])


def _records(sequences: Sequence[Codes]) -> list[Record]:
    return [Record(f"record{i}", decode(codes)) for i, codes in enumerate(sequences)]

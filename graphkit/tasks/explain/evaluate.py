"""Test whether the maps describe the model they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from graphkit.sequences import decode
from graphkit.types import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.attribution import Check, LogOdds
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.explain.settings import Run
    from graphkit.tasks.localize.model import SequenceModel
    from graphkit.types import Scores

    Codes = NDArray[np.uint8]
    View = Callable[[LogOdds, Codes], NDArray[np.float64]]

MOST_RECORDS, LONGEST = 10, 2_000


class Bench:
    """Keep a few short records as they pass, and test the explanations of them at the end.

    The tests ask the model thousands of times for each record, so that they take the first few
    that are short.

    Parameters
    ----------
    model
        What is explained.
    run
        What was asked for.
    """

    def __init__(self, model: SequenceModel, run: Run) -> None:
        self._model = model
        self._run = run
        self._target = run.target
        self._codes: list[Codes] = []

    def add(self, explanation: Explanation) -> None:
        """Keep a record where it was explained for the class of the others and is short."""
        full = len(self._codes) == MOST_RECORDS
        if full or not explanation.explained or explanation.length > LONGEST:
            return
        self._target = self._target or explanation.target
        if explanation.target == self._target:
            self._codes.append(explanation.track.codes)

    @property
    def n_records(self) -> int:
        """Number of records kept."""
        return len(self._codes)

    def run(self, *, tell: Callable[[str], None]) -> list[Check]:
        """Test the explanations of the records kept, of which there must be one.

        Parameters
        ----------
        tell
            Is told what is being done: it takes a while.
        """
        from graphkit.attribution import FaithfulnessParams, faithfulness
        from graphkit.tasks.explain.explained_model import log_odds_of, need_explainable

        need_explainable(self._model, "gradients")
        tell(f"Testing the maps on {len(self._codes)} records")
        return faithfulness(
            log_odds_of(self._model, str(self._target)),
            self._codes,
            views=self._views(),
            params=FaithfulnessParams(steps=self._run.steps, fine=2, seed=self._run.seed),
        )

    def _views(self) -> dict[str, View]:
        """Return attention as a track to compare with, where the model has it."""
        from graphkit.errors import InputError
        from graphkit.tasks.explain.explain import explain
        from graphkit.tasks.explain.explained_model import need_explainable

        try:
            need_explainable(self._model, "attention")
        except InputError:
            return {}

        def attention(_model: LogOdds, codes: Codes) -> NDArray[np.float64]:
            record = Record("tested", decode(codes))
            found = explain(self._model, [record], target=self._target, method="attention")
            return cast("Scores", next(found).scores).values

        return {"attention": attention}

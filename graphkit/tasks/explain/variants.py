"""Score single-nucleotide variants by their effect on a prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphkit.sequences import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphkit.sequences import Variant
    from graphkit.tasks.explain.explanation import Explanation
    from graphkit.tasks.localize.model import SequenceModel


@dataclass(frozen=True, slots=True)
class VariantEffect:
    """One variant, and how it changes what is predicted.

    Parameters
    ----------
    variant
        As it was given.
    status
        ``"scored"`` or ``"not_scored: reason"``.
    f_x
        Value, or log-odds of the class, of the transcript.
    change
        That with the variant, less `f_x`.
    """

    variant: Variant
    status: str
    f_x: float | None = None
    change: float | None = None

    def row(self) -> tuple[object, ...]:
        """Return the cells of a table."""
        one = self.variant
        return one.id, one.position, one.ref, one.alt, self.status, self.f_x, self.change


def score_variants(
    model: SequenceModel, explanation: Explanation, variants: Sequence[Variant]
) -> list[VariantEffect]:
    """Score substitutions in one record, by the few k-mers that each of them changes.

    Parameters
    ----------
    model
        A fitted model.
    explanation
        Of the record, which says what is explained and how the model read it.
    variants
        Of this record.

    Returns
    -------
    list of VariantEffect
        In the order given. What is no substitution of a letter of the record is not scored, and
        its status says why.
    """
    from graphkit.attribution import substitution_effects
    from graphkit.tasks.explain.explained_model import log_odds_of

    codes = explanation.codes
    if codes is None or not explanation.explained:
        reason = explanation.status.removeprefix("not_explained: ")
        return [VariantEffect(one, f"not_scored: {reason}") for one in variants]
    problems = [one.problem(codes) for one in variants]
    sound = [one for one, problem in zip(variants, problems, strict=True) if not problem]
    f_x, changes = substitution_effects(
        log_odds_of(model, str(explanation.target)),
        codes,
        position=np.array([one.position - 1 for one in sound], dtype=np.int64),
        letter=np.array([encode(one.alt)[0] for one in sound], dtype=np.int64),
    )
    change = iter(changes.tolist())
    return [
        VariantEffect(one, f"not_scored: {problem}")
        if problem
        else VariantEffect(one, "scored", f_x, next(change))
        for one, problem in zip(variants, problems, strict=True)
    ]

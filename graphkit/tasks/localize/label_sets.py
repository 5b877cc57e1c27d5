"""Several labels at once: what a model that predicts labels says of a record, and how surely."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from graphkit.errors import InputError
from graphkit.sequences import balanced_cut, join_labels
from graphkit.tasks.localize.predictions import LEAST_ODDS, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray
    from torch import Tensor

    Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LabelSets:
    """Turn logits of labels into probabilities and sets of labels.

    Parameters
    ----------
    slopes, intercepts : tuple of float [L]
        Of each label's logit, before the sigmoid that makes a probability of it.
    thresholds : tuple of float [L]
        Probability from which on a record has the label: equal errors on both sides.
    known : tuple of str
        Sets of labels that training records have, each joined by ``;``.
    """

    slopes: tuple[float, ...]
    intercepts: tuple[float, ...]
    thresholds: tuple[float, ...]
    known: tuple[str, ...]

    def __post_init__(self) -> None:
        parts = np.array([self.slopes, self.intercepts, self.thresholds], dtype=np.float64)
        if not np.isfinite(parts).all() or (parts[0] <= 0).any():
            raise InputError("slopes and intercepts must be finite", slot="sets")
        if ((parts[2] <= 0) | (parts[2] >= 1)).any():
            raise InputError("thresholds must be probabilities", slot="sets")

    @classmethod
    def fit(cls, logits: Floats, has: ArrayLike, *, labels: tuple[str, ...]) -> Self:
        """Fit what each label needs on logits of records that the networks did not see.

        Parameters
        ----------
        logits : float64 [n, L]
        has : bool [n, L]
            Whether a record has a label; of each label some have it and some have not.
        labels : tuple of str [L]

        Raises
        ------
        InputError
            If a label's logits are all the same.
        """
        # A prediction must not wait for what fits.
        from graphkit.evaluation import fit_sigmoid

        table = np.asarray(has, dtype=bool)
        curves = [fit_sigmoid(z, y) for z, y in zip(logits.T, table.T, strict=True)]
        slopes, intercepts = zip(*curves, strict=True)
        cuts = [
            balanced_cut(slope * z + intercept, ~y)
            for (slope, intercept), z, y in zip(curves, logits.T, table.T, strict=True)
        ]
        known = sorted({join_labels(row, labels) for row in table})
        thresholds = tuple((1 / (1 + np.exp(-np.array(cuts)))).tolist())
        return cls(slopes=slopes, intercepts=intercepts, thresholds=thresholds, known=tuple(known))

    def judge(self, logits: Tensor) -> Verdict:
        """Return the members' verdict together.

        Parameters
        ----------
        logits : Tensor [n, M, L]
            Of each member.
        """
        slopes, intercepts, thresholds = (
            torch.tensor(part, dtype=torch.float64)
            for part in (self.slopes, self.intercepts, self.thresholds)
        )
        each = logits.double() * slopes + intercepts
        own = each.sigmoid() >= thresholds
        return Verdict(each.mean(dim=1).sigmoid().numpy(), _number(own.numpy()))

    def choose(
        self, probabilities: Floats, labels: tuple[str, ...], uncertain: float | None
    ) -> tuple[int, str | None]:
        """Return the number of the set that a record has, as votes have it, and its text.

        None instead of the text where the label that lies farthest above its threshold, or least
        below it, is too near to it: within 1.5 times its odds, or `uncertain` where the threshold
        stands for one half.

        Parameters
        ----------
        probabilities : float [L]
        labels : tuple of str [L]
        uncertain
            A probability, one half or more to have a say.
        """
        chosen = probabilities >= self.thresholds
        above = float((_log_odds(probabilities) - _log_odds(self.thresholds)).max())
        least = np.log(LEAST_ODDS) if uncertain is None else _log_odds(uncertain)
        return int(_number(chosen)), join_labels(chosen, labels) if abs(above) >= least else None

    def config(self) -> dict[str, Any]:
        """Return all there is to store, as plain values."""
        return asdict(self)

    @classmethod
    def from_config(cls, stored: Mapping[str, Any], *, labels: tuple[str, ...]) -> Self:
        """Make what :meth:`config` was taken from.

        Raises
        ------
        InputError
            If a value is missing, unknown, of the wrong kind or not finite.
        """
        try:
            texts = stored["known"]
            numbers = {
                name: tuple(float(one) for one in stored[name])
                for name in ("slopes", "intercepts", "thresholds")
            }
            sound = all(len(each) == len(labels) for each in numbers.values())
            sound &= isinstance(texts, list) and all(isinstance(one, str) for one in texts)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("are no sound sets of labels", slot="sets") from error
        if not sound or set(stored) != {*numbers, "known"}:
            raise InputError("are no sound sets of labels", slot="sets")
        return cls(**numbers, known=tuple(texts))


def _log_odds(p: ArrayLike) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p) - np.log1p(-np.asarray(p)))


def _number(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return one number for each set of labels, ``[..., L]``: a bit of it for each label."""
    return np.asarray(chosen @ (1 << np.arange(chosen.shape[-1], dtype=np.int64)))

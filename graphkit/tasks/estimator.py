"""Habits that all estimators share: scikit-learn's, and that a loaded model stays as it is."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from graphkit.errors import InputError


class UnfittedError(InputError, NotFittedError):
    """A model is asked before anything was fitted or loaded."""


class Estimator(BaseEstimator):
    """Base class of estimators: arguments are kept as given, what is fitted ends in ``_``."""

    _loaded = False

    def fitted(self, name: str) -> Any:
        """Return an attribute that fitting or loading sets.

        Raises
        ------
        UnfittedError
            If it is not there.
        """
        if name not in vars(self):
            raise UnfittedError("the model is not fitted", remedy="Call fit() or load a model.")
        return vars(self)[name]

    def require_unfrozen(self) -> None:
        """Refuse to fit a loaded model: its folder would say what it no longer is.

        Raises
        ------
        InputError
            If the model was loaded.
        """
        if self._loaded:
            raise InputError(
                "a loaded model is not fitted again",
                slot=type(self).__name__,
                remedy="Fit a copy of its settings: sklearn.base.clone(model).fit(...).",
            )

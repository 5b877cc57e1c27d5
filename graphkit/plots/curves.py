"""Deletion and insertion curves: does the model follow what an explanation calls important."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.ticker import PercentFormatter

from graphkit.errors import InputError, shorten
from graphkit.palette import group_colors
from graphkit.plots.colors import FAINT, INK, MISSING
from graphkit.plots.figure import axes_or_new, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_VERB = {"deletion": "broken", "insertion": "put back"}


def perturbation_curves(
    fractions: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    random: ArrayLike | None = None,
    kind: Literal["deletion", "insertion"] = "deletion",
    unit: str = "log-odds",
    ax: Axes | None = None,
) -> Axes:
    """Draw how the output changes with the share of nucleotides broken or put back.

    Parameters
    ----------
    fractions : float [m]
        Shares of the nucleotides, 0 to 1.
    curves : mapping of name to float [m]
        One per explanation, such as ``{"integrated gradients": ..., "attention": ...}``.
    random : float [d, m], optional
        The same for random runs of the same lengths; their median and the band of 95 % of them.
    kind
        What is done to the nucleotides.
    unit
        Of the curves.
    ax
        To draw on; by default a new figure's.

    Raises
    ------
    InputError
        If a curve does not have one value per fraction.

    Examples
    --------
    >>> ax = perturbation_curves([0, 0.1, 0.5], {"ours": [0, -2, -3]}, random=[[0, -1, -2]] * 20)
    >>> ax.get_xlabel()
    'nucleotides broken, strongest first'
    """
    x = np.asarray(fractions, dtype=np.float64)
    ax = axes_or_new(ax, width=4.8, height=3.2)
    if random is not None:
        draws = np.atleast_2d(np.asarray(random, dtype=np.float64))
        _check("random", draws.shape[1:], x)
        low, middle, high = np.quantile(draws, (0.025, 0.5, 0.975), axis=0)
        ax.fill_between(x, low, high, color=MISSING, alpha=0.5, linewidth=0,
                        label=f"random, 95 % of {len(draws)}")  # fmt: skip
        ax.plot(x, middle, color=FAINT, linewidth=1, linestyle="--", label="random, median")
    for color, (name, values) in zip(group_colors(len(curves)), curves.items(), strict=True):
        y = np.asarray(values, dtype=np.float64)
        _check(name, y.shape, x)
        ax.plot(x, y, color=color, linewidth=1.8, marker="o",
                markersize=3, label=shorten(name, 30))  # fmt: skip
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.xaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    ax.set_xlabel(f"nucleotides {_VERB[kind]}, strongest first", fontsize=8)
    ax.set_ylabel(f"change of output ({unit})", fontsize=8)
    clean(ax)
    # Beside the axes, where no curve can run.
    ax.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def _check(name: str, shape: tuple[int, ...], x: np.ndarray) -> None:
    if shape != x.shape:
        raise InputError(f"{shorten(name)} has shape {shape} for {x.size} fractions", slot="curves")

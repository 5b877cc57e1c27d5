"""Hold measurements of explanations, beside the bars they must pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from graphkit.attribution.curves import Curve

# The share of positions that deletion and insertion are judged at.
_TOP = 0.1
# Log-odds from the reference within which a sequence is predicted neutral: signs are judged there.
_NEUTRAL = 0.75


@dataclass(frozen=True)
class Measured:
    """Measurements on one sequence; per track where there are several.

    Parameters
    ----------
    length
        Letters.
    gap, fine_gap
        Completeness error over the way from baseline to sequence, in log-odds; the second at many
        steps, None where it was not tried.
    lost
        Difference between what positions and what the units add up to.
    with_mutagenesis
        Signed Spearman correlation of each track with mutagenesis.
    within
        The same of the gradients, between borders of windows that are read by themselves.
    positive
        Share of positions that score above zero, by track.
    from_reference
        Log-odds less those of the reference.
    deleted, inserted
        Curves of each track.
    randomised
        Correlations with the tracks of weight-permuted models.
    chance
        Correlations of those with one another: what two models share that know nothing.
    members
        Mean correlation between the members' tracks.
    infidelity, sensitivity
        As :mod:`graphkit.attribution.stability` has them.
    """

    length: int
    gap: float
    fine_gap: float | None
    lost: float
    with_mutagenesis: dict[str, float]
    within: tuple[float, ...]
    positive: dict[str, float]
    from_reference: float
    deleted: dict[str, Curve]
    inserted: dict[str, Curve]
    randomised: tuple[float, ...]
    chance: tuple[float, ...]
    members: float
    infidelity: float
    sensitivity: float


@dataclass(frozen=True)
class Check:
    """One row of the table.

    Parameters
    ----------
    test
        What was tested.
    track
        Whose scores: ``"gradients"``, ``"mutagenesis"``, ``"random"`` or another view.
    statistic
        What the value is, in words.
    value
        The value.
    n
        Sequences it comes from.
    bar
        What it must be, where it must be something.
    passed
        Whether it is; None where there is no bar.
    """

    test: str
    track: str
    statistic: str
    value: float
    n: int
    bar: str = ""
    passed: bool | None = None


def summarise(measured: Sequence[Measured]) -> list[Check]:
    """Return the table of what was measured on several sequences.

    Bars hold for integrated gradients; the other tracks stand beside them for comparison.

    Parameters
    ----------
    measured : sequence of Measured [n]
        At least one.
    """
    return [
        *_completeness(measured),
        *_against_mutagenesis(measured),
        *_signs(measured),
        *_moved("deletion", [m.deleted for m in measured]),
        *_moved("insertion", [m.inserted for m in measured]),
        *_stability(measured),
    ]


def _completeness(measured: Sequence[Measured]) -> list[Check]:
    gaps = [m.gap for m in measured]
    checks = [_row("completeness", "median error", np.median(gaps), gaps)]
    checks.append(_under("completeness", "95 % quantile of the error", 0.01, gaps, _quantile(0.95)))
    fine = [m.fine_gap for m in measured if m.fine_gap is not None]
    if fine:
        name = "95 % quantile of the error, many steps"
        checks.append(_under("completeness", name, 0.001, fine, _quantile(0.95)))
    lost = [m.lost for m in measured]
    checks.append(_under("projection", "largest loss, log-odds", 1e-6, lost, np.max))
    return checks


def _against_mutagenesis(measured: Sequence[Measured]) -> list[Check]:
    tracks = [name for name in measured[0].with_mutagenesis if name != "mutagenesis"]
    found = {name: np.array([m.with_mutagenesis[name] for m in measured]) for name in tracks}
    test = "agreement with mutagenesis"
    checks = [
        _row(test, "median signed Spearman", _median(found[name]), found[name], track=name)
        for name in tracks
    ]
    inside = [value for m in measured for value in m.within]
    if inside:
        name = "median signed Spearman within windows"
        value = _median(inside)
        checks.append(Check(test, "gradients", name, value, len(inside), ">= 0.6", value >= 0.6))
    best_other = np.max(
        [np.nan_to_num(found[name], nan=-1.0) for name in tracks if name != "gradients"], axis=0
    )
    share = float(np.mean((found["gradients"] >= 0.4) & (found["gradients"] > best_other)))
    name = "share of sequences at 0.4 or more and above all other tracks"
    checks.append(Check(test, "gradients", name, share, len(measured), ">= 0.9", share >= 0.9))
    return checks


def _signs(measured: Sequence[Measured]) -> list[Check]:
    neutral = [m for m in measured if abs(m.from_reference) <= _NEUTRAL]
    if not neutral:
        return []
    test, name = "signs where predicted neutral", "median share of positive nucleotides"
    own, oracle = ([m.positive[track] for m in neutral] for track in ("gradients", "mutagenesis"))
    apart = [a - b for a, b in zip(own, oracle, strict=True)]
    return [
        _row(test, name, _median(own), own),
        _row(test, name, _median(oracle), oracle, track="mutagenesis"),
        _under(test, f"{name}, how far from mutagenesis' own", 0.05, apart, _size_of_median),
    ]


def _moved(test: str, curves: Sequence[dict[str, Curve]]) -> list[Check]:
    checks = []
    for track in curves[0]:
        moved, random = np.mean([c[track].at(_TOP) for c in curves], axis=0)
        ratio = float(moved / max(random, 1e-12))
        area = float(np.mean([c[track].area for c in curves]))
        level = float(np.mean([c[track].random_area for c in curves]))
        n = len(curves)
        judged = track == "gradients" and test == "deletion"
        checks += [
            Check(test, track, "top 10 %: change of the log-odds", float(moved), n),
            Check(
                test,
                track,
                "top 10 %: times what random runs do",
                ratio,
                n,
                ">= 2" if judged else "",
                ratio >= 2 if judged else None,
            ),
            Check(test, track, "mean change over all shares", area, n),
            Check(test, track, "mean change over all shares, random runs", level, n),
        ]
    return checks


def _stability(measured: Sequence[Measured]) -> list[Check]:
    signed = [value for m in measured for value in m.randomised]
    permuted = [abs(value) for value in signed]
    chance = [abs(value) for m in measured for value in m.chance]
    members = [m.members for m in measured]
    infidelity = [m.infidelity for m in measured]
    sensitivity = [m.sensitivity for m in measured]
    name = "median size of Spearman with the track of permuted weights"
    apart = "median size of Spearman between two models of permuted weights"
    return [
        # With few k-mers two models that know nothing agree too: that is what to stay below.
        _under("randomisation", name, _median(chance) if chance else 0.1, permuted, _median),
        _row("randomisation", "median signed Spearman", _median(signed), signed),
        *([_row("randomisation", apart, _median(chance), chance)] if chance else []),
        _row("members", "median of their mean Spearman", _median(members), members),
        _row("infidelity", "median, squared log-odds", np.median(infidelity), infidelity),
        _row("sensitivity", "median of the largest change", np.median(sensitivity), sensitivity),
    ]


def _under(
    test: str,
    statistic: str,
    limit: float,
    values: Sequence[float],
    reduce: Callable[[Sequence[float]], float],
) -> Check:
    value = float(reduce(values))
    bar = f"<= {limit:.3g}"
    return Check(test, "gradients", statistic, value, len(values), bar, value <= limit)


def _row(
    test: str, statistic: str, value: float, values: Iterable[float], *, track: str = "gradients"
) -> Check:
    return Check(test, track, statistic, float(value), len(list(values)))


def _quantile(share: float) -> Callable[[Sequence[float]], float]:
    return lambda values: float(np.quantile(values, share))


def _size_of_median(values: Iterable[float]) -> float:
    return abs(_median(values))


def _median(values: Iterable[float]) -> float:
    """Return the median of the values there are; NaN where there is none."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.median(known)) if known else float("nan")

"""What denoising is worth on one slide, as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphkit.evaluation import Interval
    from graphkit.evaluation.denoise_report import DenoiseReport, DenoiseRow

HEADER = ("", "loss", "better than the gene mean by", "worse than the model by")
# What neighbours bring on shuffled coordinates, of what they bring: above it, something is wrong.
SHUFFLED_LIMIT = 0.1


def as_table(report: DenoiseReport) -> str:
    """Return the lines to print: what was scored, a table, and two sentences on it."""
    rows = [HEADER, *map(_cells, report.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    n_seeds = len(report.rows[0].losses)
    halves = "1 split" if n_seeds == 1 else f"{n_seeds} splits"
    title = (
        f"Loss per held-out molecule (Poisson, nats; lower is better), {halves} of the molecules"
        f" into halves, {report.n_spots:,} spots x {report.n_genes:,} genes"
    )
    return "\n".join([title, "", *lines, "", *_sentences(report)]) + "\n"


def _cells(row: DenoiseRow) -> tuple[str, ...]:
    loss = sum(row.losses) / len(row.losses)
    return (
        row.name,
        f"{loss:.4f}",
        _interval(row.gain),
        "" if row.behind is None else _interval(row.behind),
    )


def _interval(interval: Interval) -> str:
    if not math.isfinite(interval.lower):
        return f"{interval.estimate:.4f}"
    return f"{interval.estimate:.4f} [{interval.lower:.4f}, {interval.upper:.4f}]"


def _sentences(report: DenoiseReport) -> list[str]:
    sentences = []
    depth, share = report.equivalent_depth, report.shuffled_share
    if math.isfinite(depth):
        sentences.append(
            f"PCA + neighbours would need {depth:.2f} times as many molecules to predict as well."
        )
    if math.isfinite(share):
        verdict = "as it should be" if share < SHUFFLED_LIMIT else "too much: do not trust it"
        sentences.append(
            f"Of what neighbours bring, {share:.0%} is left with shuffled coordinates: {verdict}."
        )
    return sentences

"""What one run of ``graphkit explain`` was asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from graphkit.version import __version__

CAUTION = (
    "This shows what the model relies on, not what the cell does. A nucleotide with a high score"
    " moves the model's answer; that it also moves the RNA is a hypothesis to be tested."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was asked for.

    Parameters
    ----------
    source, model
        Names of the input and of the model.
    classes : tuple of str [C]
        Of the model.
    target
        The class explained; None for the one predicted for each record.
    method
        How predictions are explained.
    steps
        Of the gradients.
    shuffles
        Shuffles of each record that seqlets are called against.
    fdr
        False discovery rate of the seqlets of one record.
    seed
        Of everything random.
    n_tracks
        Records to draw.
    """

    source: str
    model: str
    classes: tuple[str, ...]
    target: str | None
    method: str
    steps: int
    shuffles: int
    fdr: float
    seed: int
    n_tracks: int

    def as_dict(self) -> dict[str, object]:
        """Return plain JSON values for the head of a summary."""
        return {"graphkit": __version__, "caution": CAUTION, **asdict(self)}

"""Explained transcripts side by side, as the search for motifs needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphkit.cli.explain_names import column_name
from graphkit.cli.explain_stream import explain_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from graphkit.cli.explain_run import Run
    from graphkit.methods import SequenceClassifier
    from graphkit.methods.prediction import OnError
    from graphkit.motifs import Track
    from graphkit.types import Record


@dataclass(slots=True)
class Gathered:
    """Explained transcripts, and what is known of each.

    Parameters
    ----------
    tracks : list of Track [n]
    nulls : list of tuple of float [L], [n]
        Scores of shuffles of each.
    labels : list of int [n]
        1, 0 or -1: measured to be of the class, of another, or not measured.
    seen : list of bool [n]
        Whether the model was trained on it, or on a near copy.
    n_records
        Records met, refused ones included.
    refused
        The first record that could not be explained, and why.
    """

    tracks: list[Track] = field(default_factory=list)
    nulls: list[tuple[NDArray[np.float64], ...]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    seen: list[bool] = field(default_factory=list)
    n_records: int = 0
    refused: str = ""

    @property
    def n_refused(self) -> int:
        """Records that could not be explained."""
        return self.n_records - len(self.tracks)


def gather(
    gathered: Gathered,
    records: Iterable[Record],
    *,
    model: SequenceClassifier,
    run: Run,
    source: str,
    measured: Callable[[Record], int],
    on_error: OnError,
    step: Callable[[], None],
) -> None:
    """Explain records, note what each was measured to be, and add them to `gathered`.

    Parameters
    ----------
    gathered
        What there is so far.
    records
        Read as they are needed.
    model
        Trained.
    run
        How to explain.
    source
        Where the records come from, for messages.
    measured
        Says of a record 1, 0 or -1.
    on_error
        ``"skip"`` goes on with the others, ``"fail"`` raises.
    step
        Called after each record.

    Raises
    ------
    InputError
        As :func:`~graphkit.cli.explain_stream.explain_records`.
    """
    known = model.known_
    for explanation in explain_records(model, records, run, source=source, on_error=on_error):
        gathered.n_records += 1
        if explanation.explained:
            track = explanation.track
            gathered.tracks.append(track)
            gathered.nulls.append(explanation.nulls)
            gathered.labels.append(measured(explanation.record))
            gathered.seen.append(known is not None and known.lookup(track.codes) is not None)
        elif not gathered.refused:
            gathered.refused = (
                f"{column_name(explanation.id, explanation.number)}: {explanation.status}"
            )
        step()

"""``graphkit crossval``: a labelled FASTA in, what can be learned from it out."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from graphkit.cli.terminal import console
from graphkit.cli.terminal.delivery import deliver, origin_of
from graphkit.cli.terminal.labelled import read_and_tell, refuse_unmet
from graphkit.cli.terminal.loading import untrained
from graphkit.cli.terminal.options import Device, MapLabels, OnError, Threads
from graphkit.cli.terminal.reading import begin_reading
from graphkit.errors import InputError
from graphkit.reports.output import open_output, refuse_overwriting
from graphkit.reports.scorecard.scorecard import Scorecard, Table, make_table, outside_note
from graphkit.sequences.streams import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from graphkit.evaluation import Classifier, HeldOut
    from graphkit.sequences import LabelledRecords
    from graphkit.tasks.localize.classifier import SequenceClassifier

EXAMPLE = """
Examples:

  graphkit crossval labelled.fa --report learned.html
  graphkit crossval lncrnas.fa --labels labels.tsv --epochs 20 --json > scores.json
"""


def crossval(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="LABELLED.fasta", help="FASTA, headers `>id|label`.")
    ],
    labels: Annotated[
        Path | None, typer.Option(metavar="TSV", help="Labels, id<TAB>label, not from headers.")
    ] = None,
    map_labels: MapLabels = None,
    method: Annotated[str, typer.Option(help="What to train.")] = "lncloc",
    k: Annotated[
        int | None,
        typer.Option(min=2, max=8, help="Letters per k-mer.", show_default="the method's"),
    ] = None,
    folds: Annotated[int, typer.Option(min=2, max=100, help="Folds that are held out.")] = 5,
    members: Annotated[
        int, typer.Option(min=2, max=100, help="Networks per fold, the `--folds` of `train`.")
    ] = 5,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="At most so many epochs.", show_default="the method's")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same numbers.")] = 0,
    report: Annotated[
        Path | None, typer.Option(metavar="OUT.html", help="Also write a page to read and share.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, not a table.")] = False,
    on_error: Annotated[
        OnError, typer.Option(help="A record that cannot be used: stop, or go on.")
    ] = OnError.FAIL,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Find out what a method learns from your records, scored on records held out from it.

    Similar sequences are never parted by a fold. The whole recipe, its stopping and its
    temperature included, is repeated for each fold without the records that are scored, and the
    baselines are trained on the same folds.
    """
    refuse_overwriting(
        report, {"the input": None if source == "-" else Path(source), "the labels": labels}
    )
    records = begin_reading(source)
    make = partial(
        untrained,
        method,
        k=k,
        members=members,
        seed=seed,
        epochs=epochs,
        device=device,
        threads=threads,
        progress=sys.stderr.isatty(),
    )
    # A wrong method, k or device is told before anything slow happens.
    _, params, usual = make().recipe()
    with ExitStack() as stack:
        page = None if report is None else stack.enter_context(open_output(report))
        data = read_and_tell(
            records,
            source,
            table=labels,
            rename=map_labels,
            k=params.k,
            skip=on_error is OnError.SKIP,
        )
        refuse_unmet(map_labels, data)
        _check_numbers(data, file=name_of(source), folds=folds, members=members, seed=seed)
        held_out = _hold_out(method, make, data, folds=folds, seed=seed)
        table = _table(held_out, data, model=method, folds=folds)
        settings = {
            "method": method,
            "k": params.k,
            "folds": folds,
            "members": members,
            "epochs": usual.epochs,
            "seed": seed,
        }
        name = Path(name_of(source)).name
        card = Scorecard(
            "crossval",
            name,
            method,
            data.counts,
            (table,),
            settings,
            notes=(*outside_note(_outside(data, held_out[method].folds)), *data.notes),
        )
        origin = origin_of(context, source)
        deliver(card, origin=origin, as_json=as_json, page=page)


def _check_numbers(
    data: LabelledRecords, *, file: str, folds: int, members: int, seed: int
) -> None:
    from graphkit.evaluation.classifiers.splits import require_enough
    from graphkit.sequences import similar_groups

    groups = similar_groups(data.codes)
    try:
        require_enough(
            data.labels, groups, classes=data.classes, folds=folds, inner=members, seed=seed
        )
    except InputError as error:
        raise error.at(file=file) from error


def _hold_out(
    method: str,
    make: Callable[[], SequenceClassifier],
    data: LabelledRecords,
    *,
    folds: int,
    seed: int,
) -> dict[str, HeldOut]:
    """Cross-validate the method and every baseline on the same folds, the method first."""
    from graphkit.evaluation import BASELINES, crossvalidate

    classifiers: dict[str, Callable[[], Classifier]] = {method: make, **BASELINES}
    return {
        name: crossvalidate(
            _telling(f"{name}, fold {{}} of {folds}", fresh), data, folds=folds, seed=seed
        )
        for name, fresh in classifiers.items()
    }


def _outside(data: LabelledRecords, folds: NDArray[np.int64]) -> Iterator[bool]:
    """Yield for each record whether it is outside the domain of those it was held out from."""
    from graphkit.sequences import LEAST_APPLICABILITY
    from graphkit.tasks.localize.fitting import describe

    for number in np.unique(folds):
        domain = describe(data.take(folds != number).codes)
        for codes in data.take(folds == number).codes:
            yield domain is not None and domain.judge(codes).value < LEAST_APPLICABILITY


def _telling(message: str, make: Callable[[], Classifier]) -> Callable[[], Classifier]:
    """Return `make`, telling on stderr how often it was called."""
    numbers = count(1)

    def telling() -> Classifier:
        console.note(message.format(next(numbers)))
        return make()

    return telling


def _table(
    held_out: Mapping[str, HeldOut], data: LabelledRecords, *, model: str, folds: int
) -> Table:
    from graphkit.evaluation import expected_calibration_error
    from graphkit.evaluation.classifiers.calibration import recalibrated

    calibrated = recalibrated(held_out[model])
    return make_table(
        "held_out",
        f"Every record once, held out in one of {folds} folds",
        labels=data.labels,
        probabilities={name: found.probabilities for name, found in held_out.items()},
        lengths=data.lengths,
        where="held-out records",
        recalibrated=expected_calibration_error(data.labels, calibrated),
    )

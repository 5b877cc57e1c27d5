"""``graphkit evaluate``: a labelled FASTA and a model in, what the model is worth out."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from graphkit.cli.terminal import console
from graphkit.cli.terminal.delivery import deliver, origin_of
from graphkit.cli.terminal.labelled import read_and_tell, refuse_unmet
from graphkit.cli.terminal.loading import load_ensemble, model_sha256
from graphkit.cli.terminal.options import Device, MapLabels, OnError, Threads
from graphkit.cli.terminal.reading import begin_reading
from graphkit.errors import InputError
from graphkit.reports.output import open_output, refuse_overwriting
from graphkit.reports.scorecard.memory import Memory, recall
from graphkit.reports.scorecard.scorecard import Scorecard, Table, make_table, outside_note
from graphkit.reports.scorecard.verdict import HERE
from graphkit.sequences.streams import name_of, with_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from graphkit.sequences import LabelledRecords
    from graphkit.tasks.localize.ensemble import Ensemble
    from graphkit.types import Prediction

    Floats = NDArray[np.float64]

EXAMPLE = """
Examples:

  graphkit evaluate labelled.fa --model mymodel
  graphkit evaluate labelled.fa --model lncloc --train train.fa --report how_good.html
  graphkit evaluate lncrnas.fa --labels labels.tsv --model mymodel --json > scores.json
"""
LENGTH = "length alone"


def evaluate(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="LABELLED.fasta", help="FASTA, headers `>id|label`.")
    ],
    model: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="A model, see `models`.")
    ] = "lncloc",
    train: Annotated[
        Path | None,
        typer.Option(metavar="TRAIN.fasta", help="What the model was trained on: for baselines."),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="TSV", help="Labels, id<TAB>label, not from headers.")
    ] = None,
    train_labels: Annotated[
        Path | None, typer.Option(metavar="TSV", help="The same for --train.")
    ] = None,
    map_labels: MapLabels = None,
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
    """Score a model on records whose class is known, beside baselines, with intervals.

    With --train, simple baselines are trained on the same records as the model, and records that
    the model has seen are told from those it has not.
    """
    if train_labels is not None and train is None:
        raise InputError("needs --train", slot="--train-labels", remedy="Give both or none.")
    inputs = {
        "the input": None if source == "-" else Path(source),
        "the training set": train,
        "the labels": labels,
        "the labels of the training set": train_labels,
    }
    refuse_overwriting(report, inputs)
    records = begin_reading(source)
    training = None if train is None else begin_reading(str(train))
    with ExitStack() as stack:
        page = None if report is None else stack.enter_context(open_output(report))
        ensemble = load_ensemble(model, device=device, threads=threads)
        read = partial(
            read_and_tell,
            rename=map_labels,
            k=ensemble.k,
            skip=on_error is OnError.SKIP,
            classes=ensemble.classes,
        )
        data = read(records, source, table=labels)
        learned = None if training is None else read(training, str(train), table=train_labels)
        refuse_unmet(map_labels, data, *([learned] if learned else []))
        name = ensemble.about.get("name") or Path(model).resolve().name
        predictions = _predict(ensemble, data, source)
        probabilities = {f"model {name}": np.array([one.probabilities for one in predictions])}
        if learned is not None:
            probabilities |= _baselines(learned, data, file=str(train))
        memory = recall(
            ensemble, data.codes, data.labels, training=None if learned is None else learned.codes
        )
        card = Scorecard(
            "evaluate",
            Path(name_of(source)).name,
            name,
            data.counts,
            tuple(_tables(data, probabilities, memory)),
            {"training set": "not given" if train is None else train.name},
            notes=(
                memory.note,
                *_told(ensemble.about),
                *outside_note(one.outside for one in predictions),
                *data.notes,
            ),
            caution=memory.caution,
            seen=memory.n_seen,
        )
        origin = origin_of(context, source, model_sha256=model_sha256(model))
        deliver(card, origin=origin, as_json=as_json, page=page)


def _predict(ensemble: Ensemble, data: LabelledRecords, source: str) -> list[Prediction]:
    rows = []
    with console.progress("Predicting", total=len(data.records)) as step:
        predictions = ensemble.predict_each(data.records, uncertain=0.0, on_error="fail")
        for prediction in with_file(predictions, source):
            rows.append(prediction)
            step()
    return rows


def _baselines(learned: LabelledRecords, data: LabelledRecords, *, file: str) -> dict[str, Floats]:
    """Train every baseline on `learned` and return its probabilities for `data`."""
    from graphkit.evaluation import BASELINES

    missing = [name for name in learned.classes if name not in learned.counts]
    if missing:
        raise InputError(
            f"has no record of the class {missing[0]!r}",
            file=file,
            remedy="Give the records the model was trained on.",
        )
    found = {}
    for name, make in BASELINES.items():
        console.note(f"Training the baseline: {name}")
        baseline = make().fit(learned.records, learned.labels)
        found[f"{name} (trained)"] = baseline.predict_proba(data.records)
    return found


def _tables(data: LabelledRecords, probabilities: dict[str, Floats], memory: Memory) -> list[Table]:
    from graphkit.evaluation.classifiers.baselines import length_score

    chosen = [("all", "All records", HERE, np.arange(len(data.codes)))]
    if memory.unseen is not None:
        chosen.append(("unseen", "Unseen records", "the unseen records", memory.unseen))
    tables = []
    for name, title, where, rows in chosen:
        labels, lengths = data.labels[rows], data.lengths[rows]
        model, *others = ((who, p[rows]) for who, p in probabilities.items())
        length = (LENGTH, length_score(labels, lengths, classes=len(data.classes)))
        tables.append(
            make_table(
                name,
                title,
                labels=labels,
                probabilities=dict([model, length, *others]),
                lengths=lengths,
                where=where,
                ranks=frozenset([LENGTH]),
            )
        )
    return tables


def _told(about: Mapping[str, str]) -> list[str]:
    """Return what a model says of its labels, without which no score can be read."""
    return [f"What the model was taught: {about['labels']}"] if about.get("labels") else []

"""``graphkit evaluate``: a labelled FASTA and a model in, what the model is worth out."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

import graphkit
from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import deliver, origin_of
from graphkit.cli.terminal.labelled import read_and_tell, refuse_unmet
from graphkit.cli.terminal.loading import load_model, model_sha256
from graphkit.cli.terminal.reading import begin_reading
from graphkit.errors import InputError
from graphkit.reports.output import open_output, refuse_overwriting
from graphkit.sequences.streams import name_of

EXAMPLE = """
Examples:

  graphkit evaluate labelled.fa --model mymodel
  graphkit evaluate labelled.fa --model lncloc --train train.fa --report how_good.html
  graphkit evaluate lncrnas.fa --labels labels.tsv --model mymodel --json > scores.json
"""


def evaluate(
    context: typer.Context,
    source: options.Labelled,
    model: options.NamedModel = "lncloc",
    train: Annotated[
        Path | None,
        typer.Option(metavar="TRAIN.fasta", help="What the model was trained on: for baselines."),
    ] = None,
    labels: options.Labels = None,
    genome: options.Genome = None,
    target: options.Target = None,
    train_labels: Annotated[
        Path | None, typer.Option(metavar="TSV", help="The same for --train; of --target too.")
    ] = None,
    map_labels: options.MapLabels = None,
    report: options.Report = None,
    as_json: options.AsJson = False,
    on_error: options.Unusable = options.OnError.FAIL,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Score a model on records whose class is known, beside baselines, with intervals.

    With --train, baselines are trained on the same records as the model, and records that the model
    has seen are scored apart. With --target there is a table for each label, the hardest last.
    """
    if train_labels is not None and train is None:
        raise InputError("needs --train", slot="--train-labels", remedy="Give both or none.")
    inputs = {
        "the input": None if source == "-" else Path(source),
        "the training set": train,
        "the labels": labels,
        "the target": target,
        "the labels of the training set": train_labels,
        "the genome": genome,
    }
    refuse_overwriting(report, inputs)
    records = begin_reading(source, genome=genome)
    training = None if train is None else begin_reading(str(train), genome=genome)
    with ExitStack() as stack:
        page = None if report is None else stack.enter_context(open_output(report))
        classifier = load_model(model, device=device, threads=threads)
        read = partial(
            read_and_tell,
            rename=map_labels,
            k=classifier.ensemble_.k,
            skip=on_error is options.OnError.SKIP,
            classes=classifier.ensemble_.classes,
        )
        data = read(records, source, table=labels, target=target)
        learned = None
        if training is not None and target is None:
            learned = read(training, str(train), table=train_labels)
        elif training is not None:
            learned = read(training, str(train), table=None, target=train_labels or target)
        refuse_unmet(map_labels, data, *([learned] if learned else []))
        with console.progress("Predicting", total=len(data)) as step:
            card = graphkit.evaluate(
                classifier,
                data,
                training=learned,
                name=classifier.ensemble_.about.get("name") or Path(model).resolve().name,
                source=Path(name_of(source)).name,
                training_source=train.name if train else "",
                tell=console.note,
                step=step,
            )
        origin = origin_of(context, source, model_sha256=model_sha256(model))
        deliver(card, origin=origin, as_json=as_json, page=page)

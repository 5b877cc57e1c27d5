"""``graphkit crossval``: a labelled FASTA in, what can be learned from it out."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

import graphkit
from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import deliver, origin_of
from graphkit.cli.terminal.labelled import read_and_tell, refuse_unmet
from graphkit.cli.terminal.loading import untrained
from graphkit.cli.terminal.reading import begin_reading
from graphkit.errors import InputError
from graphkit.reports.output import open_output, refuse_overwriting
from graphkit.sequences.streams import name_of

EXAMPLE = """
Examples:

  graphkit crossval labelled.fa --report learned.html
  graphkit crossval lncrnas.fa --labels labels.tsv --epochs 20 --json > scores.json
  graphkit crossval lncrnas.fa --target compartments.tsv --epochs 40
"""


def crossval(
    context: typer.Context,
    source: options.Labelled,
    labels: options.Labels = None,
    genome: options.Genome = None,
    target: options.Target = None,
    map_labels: options.MapLabels = None,
    method: options.Recipe = "lncloc",
    k: options.K = None,
    folds: Annotated[int, typer.Option(min=2, max=100, help="Folds that are held out.")] = 5,
    members: Annotated[
        int, typer.Option(min=2, max=100, help="Networks per fold, the `--members` of `train`.")
    ] = 5,
    epochs: options.Epochs = None,
    seed: options.Seed = 0,
    report: options.Report = None,
    as_json: options.AsJson = False,
    on_error: options.Unusable = options.OnError.FAIL,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Cross-validate a method on your records, beside baselines.

    Similar sequences share a fold. The whole training, its stopping and its temperature included,
    is repeated for each fold without the records that are scored; the baselines are trained on the
    same folds. With --target there is a table for each label.
    """
    refuse_overwriting(
        report,
        {
            "the input": None if source == "-" else Path(source),
            "the labels": labels,
            "the target": target,
            "the genome": genome,
        },
    )
    records = begin_reading(source, genome=genome)
    # A wrong method, k or device is told before anything slow happens.
    model = untrained(
        method,
        k=k,
        members=members,
        seed=seed,
        epochs=epochs,
        device=device,
        threads=threads,
        progress=sys.stderr.isatty(),
    )
    with ExitStack() as stack:
        page = None if report is None else stack.enter_context(open_output(report))
        data = read_and_tell(
            records,
            source,
            table=labels,
            target=target,
            rename=map_labels,
            k=model.recipe()[1].k,
            skip=on_error is options.OnError.SKIP,
        )
        refuse_unmet(map_labels, data)
        file = name_of(source)
        try:
            card = graphkit.crossval(
                model, data, folds=folds, source=Path(file).name, tell=console.note
            )
        except InputError as error:
            raise error.at(file=file) from error
        deliver(card, origin=origin_of(context, source), as_json=as_json, page=page)

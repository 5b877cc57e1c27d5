"""``graphkit train``: a labelled FASTA in, a model folder out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.labelled import read_and_tell, refuse_unmet
from graphkit.cli.terminal.loading import model_sha256, untrained
from graphkit.cli.terminal.reading import begin_reading
from graphkit.cli.terminal.training_run import TrainingRun, fingerprint
from graphkit.reports.output import write_origin
from graphkit.sequences import LabelledRecords, encode, read_fasta, similar_to

if TYPE_CHECKING:
    from graphkit.tasks.localize.classifier import SequenceClassifier

EXAMPLE = """
Examples:

  graphkit train labelled.fa -o mymodel
  graphkit train lncrnas.fa --labels labels.tsv -o mymodel --epochs 20
  graphkit train labelled.fa -o mymodel --exclude-similar-to test.fa
"""


def train(
    context: typer.Context,
    source: options.Labelled,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MODELDIR", help="The folder to make.")
    ],
    labels: options.Labels = None,
    map_labels: options.MapLabels = None,
    method: options.Recipe = "lncloc",
    k: options.K = None,
    folds: Annotated[int, typer.Option(min=2, max=100, help="Members, one per fold.")] = 5,
    epochs: options.Epochs = None,
    seed: options.Seed = 0,
    exclude_similar_to: Annotated[
        Path | None,
        typer.Option(metavar="FASTA", help="Leave out records that nearly match one of these."),
    ] = None,
    on_error: options.Unusable = options.OnError.FAIL,
    resume: Annotated[bool, typer.Option("--resume", help="Go on after an interruption.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a model that is there.")] = False,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Train a model on sequences whose class is known, and test it on records it has not seen.

    Labels are the text after the last | of each header, or come from a table. While it runs,
    MODELDIR.run keeps what --resume needs. MODELDIR/model.safetensors.json says how it was made.
    """
    run = TrainingRun(output, resume=resume, force=force)
    if run.finished:
        console.note(f"{output} is complete, there is nothing to resume.")
        return
    records = begin_reading(source)
    classifier = untrained(
        method,
        k=k,
        members=folds,
        seed=seed,
        epochs=epochs,
        device=device,
        threads=threads,
        progress=sys.stderr.isatty(),
    )
    _, params, _ = classifier.recipe()
    data = read_and_tell(
        records,
        source,
        table=labels,
        rename=map_labels,
        k=params.k,
        skip=on_error is options.OnError.SKIP,
    )
    refuse_unmet(map_labels, data)
    if exclude_similar_to is not None:
        data = _exclude(data, exclude_similar_to)
    identity: dict[str, object] = {
        "method": method,
        "k": k,
        "folds": folds,
        "epochs": epochs,
        "seed": seed,
        "training set": fingerprint(data.records, data.names),
    }
    resuming = run.interrupted
    if resume and not resuming:
        console.note("Nothing to resume: starting anew.")
    run.begin(identity)
    try:
        classifier.fit(data.records, data.names, run_dir=run.folder, resume=resuming)
    except KeyboardInterrupt:
        console.note(f"{run.folder} keeps the state: the same command with --resume goes on.")
        raise
    classifier.save(output)
    made = origin_of(context, source, model_sha256=model_sha256(str(output.resolve())))
    write_origin(output / "model.safetensors", made)
    run.discard()
    _summarise(classifier)
    console.note(f"Model in {output}")


def _exclude(data: LabelledRecords, references: Path) -> LabelledRecords:
    close = similar_to(data.codes, [encode(record.sequence) for record in read_fasta(references)])
    kept = data.take(~close)
    gone = len(data) - len(kept)
    console.note(f"{gone:,} left out that nearly match {references.name}, {len(kept):,} stay")
    return kept


def _summarise(classifier: "SequenceClassifier") -> None:
    """Tell how each member did on the fold it did not see."""
    console.note("Validation AUROC, each member on the fold kept from it:")
    for i, history in enumerate(classifier.ensemble_.history, start=1):
        best = history.epochs[history.best_epoch]
        console.note(f"  fold {i}: {best['val_auroc']:.3f} after {history.best_epoch + 1} epochs")

"""``graphkit train``: a labelled FASTA in, a model folder out."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.labelled import read_and_tell, refuse_unmet, tell
from graphkit.cli.terminal.loading import model_sha256, untrained
from graphkit.cli.terminal.reading import begin_reading
from graphkit.cli.terminal.training_run import TrainingRun, fingerprint
from graphkit.errors import InputError
from graphkit.reports.output import write_origin
from graphkit.sequences import LabelledRecords, encode, similar_to
from graphkit.sequences.target_table import MeasuredRecords, TargetTable

if TYPE_CHECKING:
    from graphkit.tasks.localize.ensemble import Ensemble

EXAMPLE = """
Examples:

  graphkit train labelled.fa -o mymodel
  graphkit train lncrnas.fa --labels labels.tsv -o mymodel --epochs 20
  graphkit train labelled.fa -o mymodel --exclude-similar-to test.fa
  graphkit train lncrnas.fa --target log2_cn.tsv -o mymodel
  graphkit train lncrnas.fa --target compartments.tsv -o mymodel
"""


def train(
    context: typer.Context,
    source: options.Labelled,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MODELDIR", help="The folder to make.")
    ],
    labels: options.Labels = None,
    genome: options.Genome = None,
    map_labels: options.MapLabels = None,
    target: Annotated[
        Path | None,
        typer.Option(
            metavar="TSV",
            help="Learn numbers: a first line of names, then id and number, or one per cell line."
            " Or several labels: 0 or 1 in a column for each, or one column, labels, of A;B.",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="What to train.",
            show_default="lncloc; of numbers lncloc-value; of several labels lncloc-labels",
        ),
    ] = None,
    k: options.K = None,
    members: Annotated[int, typer.Option(min=2, max=100, help="Networks, one per fold.")] = 5,
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
    devices: Annotated[
        int, typer.Option(min=1, help="Devices, or processes of a CPU, that share each batch.")
    ] = 1,
    nodes: Annotated[
        int,
        typer.Option(
            min=1,
            help="Machines that do. Start the same command on each, with MASTER_ADDR, MASTER_PORT"
            " and NODE_RANK (0, 1, ...) set.",
        ),
    ] = 1,
) -> None:
    """Train a model on sequences whose class is known, and test it on records it has not seen.

    Labels are the text after the last | of each header, or come from --labels. --target with
    numbers teaches a number: several columns are cell lines, adjusted for what each adds; a column
    called label, of two classes, says where the classes are parted (without it: at the median) and
    on which side a record without a number is. --target with two columns or more of 0 and 1 (or no
    and yes), or one called labels with A;B, teaches several labels, each by itself; a record
    without any has an empty cell or none.

    While it runs, MODELDIR.run keeps what --resume needs. MODELDIR/model.safetensors.json says how
    it was made.
    """
    run = TrainingRun(output, resume=resume, force=force)
    if run.finished:
        console.note(f"{output} is complete, there is nothing to resume.")
        return
    if target is not None and (labels or map_labels):
        raise InputError(
            "--target excludes --labels and --map-labels",
            remedy="Put the classes into the table of numbers, as a column called label.",
        )
    records = begin_reading(source, genome=genome)
    targets = None if target is None else TargetTable(target)
    measured = targets is not None and not targets.several
    method = method or ("lncloc-value" if measured else "lncloc-labels" if targets else "lncloc")
    model = untrained(
        method,
        k=k,
        members=members,
        seed=seed,
        epochs=epochs,
        device=device,
        threads=threads,
        progress=sys.stderr.isatty(),
        devices=devices,
        nodes=nodes,
        value=_name(targets.lines) if targets is not None and measured else None,
    )
    how: dict[str, Any] = {"k": model.recipe()[1].k, "skip": on_error is options.OnError.SKIP}
    data: LabelledRecords | MeasuredRecords
    if targets is None:
        data = read_and_tell(records, source, table=labels, rename=map_labels, **how)
        refuse_unmet(map_labels, data)
    else:
        data = targets.read(records, **how)
        tell(data, source)
    if exclude_similar_to is not None:
        data = _exclude(data, exclude_similar_to, genome)
    identity: dict[str, object] = {
        "method": method,
        "k": k,
        "members": members,
        "epochs": epochs,
        "seed": seed,
        "training set": fingerprint(data.records, _texts(data)),
    }
    resuming = run.interrupted
    if resume and not resuming:
        console.note("Nothing to resume: starting anew.")
    run.begin(identity)
    try:
        model.fit(data.records, **_taught(data), run_dir=run.folder, resume=resuming)
    except KeyboardInterrupt:
        console.note(f"{run.folder} keeps the state: the same command with --resume goes on.")
        raise
    model.save(output)
    made = origin_of(context, source, model_sha256=model_sha256(str(output.resolve())))
    write_origin(output / "model.safetensors", made)
    run.discard()
    _summarise(model.ensemble_, data)
    console.note(f"Model in {output}")


def _name(lines: tuple[str, ...]) -> str:
    """Return what a value is called: its column, where there is one."""
    return re.sub(r"\W+", "_", lines[0]).strip("_") or "value" if len(lines) == 1 else "value"


def _taught(data: LabelledRecords | MeasuredRecords) -> dict[str, Any]:
    """Return what is known of the records, as ``fit`` takes it."""
    import pandas as pd

    if isinstance(data, MeasuredRecords):
        return {"values": pd.DataFrame(data.numbers, columns=data.lines), "labels": data.labels}
    if data.several:
        return {"labels": pd.DataFrame(data.labels, columns=data.classes)}
    return {"labels": data.names}


def _texts(data: LabelledRecords | MeasuredRecords) -> list[str]:
    """Return what is known of each record as text."""
    if isinstance(data, LabelledRecords):
        return list(data.names)
    labels = data.labels or [None] * len(data)
    return [f"{row} {label}" for row, label in zip(data.numbers.tolist(), labels, strict=True)]


def _exclude(
    data: LabelledRecords | MeasuredRecords, references: Path, genome: Path | None
) -> LabelledRecords | MeasuredRecords:
    others = begin_reading(str(references), genome=genome)
    close = similar_to(data.codes, [encode(record.sequence) for record in others])
    kept = data.take(~close)
    gone = len(data) - len(kept)
    console.note(f"{gone:,} left out that nearly match {references.name}, {len(kept):,} stay")
    return kept


def _summarise(ensemble: "Ensemble", data: LabelledRecords | MeasuredRecords) -> None:
    """Tell how each member did on the fold it did not see."""
    if isinstance(data, LabelledRecords) and data.several and ensemble.sets:
        from sklearn.metrics import roc_auc_score

        console.note("AUROC of records held out, and the probability from which on a record has it")
        each = zip(data.classes, data.labels.T, np.asarray(ensemble.held_out).T, strict=True)
        for (name, has, said), threshold in zip(each, ensemble.sets.thresholds, strict=True):
            console.note(f"  {name}: {roc_auc_score(has, said):.3f}, {threshold:.2f}")
        return
    if isinstance(data, MeasuredRecords) and ensemble.quantity is not None:
        from scipy.stats import spearmanr

        value = ensemble.quantity.effects.apply(data.numbers).value
        known, said = np.isfinite(value), np.asarray(ensemble.held_out)[:, 0]
        found = spearmanr(said[known], value[known])
        console.note(f"Spearman of records held out with what was measured: {found[0]:.3f}")
        console.note(
            f"Below {ensemble.quantity.threshold:.3g} the label is {ensemble.classes[1]}, above"
            f" {ensemble.classes[0]}"
        )
        return
    console.note("Validation AUROC, each member on the fold kept from it:")
    for i, history in enumerate(ensemble.history, start=1):
        best = history.epochs[history.best_epoch]
        console.note(f"  fold {i}: {best['val_auroc']:.3f} after {history.best_epoch + 1} epochs")

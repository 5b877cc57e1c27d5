"""``graphkit motifs``: the elements a model relies on, and what the measured labels say of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.loading import load_model, model_sha256
from graphkit.cli.terminal.places import check_folder, result_folder
from graphkit.cli.terminal.reading import (
    begin_against,
    begin_reading,
    count_records,
    files_among,
)
from graphkit.errors import InputError
from graphkit.reports.motif_files import MARKER, write_findings
from graphkit.reports.motif_page import render
from graphkit.reports.output import write_origin
from graphkit.sequences.streams import name_of
from graphkit.tasks.explain.settings import Run, class_of
from graphkit.tasks.find_motifs import Gathered, find, gather, read_database, sides
from graphkit.tasks.measured_classes import Measured

if TYPE_CHECKING:
    from graphkit.motifs import MotifTable

EXAMPLE = """
Examples:

  graphkit motifs labelled.fa -o elements
  graphkit motifs lncrnas.fa --labels labels.tsv -o elements --database Ray2013_human.meme
  graphkit motifs nuclear.fa --against cytoplasmic.fa -o elements --database ATtRACT/pwm.txt

Motif databases to download, and how to give each:

  MEME Suite: https://meme-suite.org/meme/doc/download.html
      --database motif_databases/RNA/Ray2013_rbp_Homo_sapiens.meme
  ATtRACT: https://attract.cnic.es/download
      --database ATtRACT/pwm.txt
  CISBP-RNA: http://cisbp-rna.ccbr.utoronto.ca/bulk.php
      --database Homo_sapiens_download/
"""


def motifs(
    context: typer.Context,
    source: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="FASTA, headers `>id|Class` where measured; - stdin."
        ),
    ],
    output: options.Folder,
    model: options.NamedModel = "lncloc",
    target: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="CLASS",
            help="The class whose elements to find; those of the other come too."
            " Needed where the model has more than two.",
            show_default="the second of two",
        ),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="TSV", help="Measured classes, id<TAB>class.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FASTA", help="Records of the other class; INPUT holds those of CLASS."
        ),
    ] = None,
    database: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|DIR", help="Known motifs: MEME, ATtRACT or CISBP-RNA, see below."
        ),
    ] = None,
    fdr: Annotated[
        float,
        typer.Option(metavar="Q", help="False discovery rate of the stretches motifs are made of."),
    ] = 0.05,
    shuffles: Annotated[
        int,
        typer.Option(
            min=0,
            max=100,
            help="Call seqlets against so many dinucleotide shuffles of each record, stricter and"
            " slower; 0 against the rest of the records.",
        ),
    ] = 0,
    genome: options.Genome = None,
    steps: Annotated[int, typer.Option(min=2, max=10_000, help="Steps of the gradients.")] = 32,
    seed: options.Seed = 0,
    on_error: options.Unusable = options.OnError.SKIP,
    force: options.Force = False,
    device: options.Device = "auto",
    threads: options.Threads = None,
) -> None:
    """Find the elements a model relies on, and test them on measured labels where there are any.

    DIR gets motifs.meme, motifs.tsv, logos/*.svg and index.html. A q-value needs measured classes,
    from headers, --labels or --against; without them motifs describe the model alone. Records that
    the model was trained on help to find motifs and are never used to test them. Exit status: 0; 2
    where nothing could be explained.
    """
    if not 0 < fdr < 1:
        raise InputError(f"{fdr} is no rate", slot="--fdr", remedy="Give more than 0, less than 1.")
    if labels is not None and against is not None:
        raise InputError("--labels and --against exclude each other", remedy="Choose one.")
    given = {
        **files_among(source),
        "the genome": genome,
        "the labels": labels,
        "the other class": against,
        "the motif database": database,
    }
    check_folder(output, marker=MARKER, force=force, inputs=given)
    known = [] if database is None else read_database(database)
    records = begin_reading(*source, genome=genome)
    others = None if against is None else begin_against(against, *source, genome=genome)
    with (
        result_folder(output) as draft,
        console.progress("Explaining", total=count_records(*source)) as step,
    ):
        classifier = load_model(model, device=device, threads=threads)
        ensemble = classifier.ensemble_
        classes = ensemble.classes
        chosen = class_of(classes, target, default=ensemble.positive, slot="--class")
        if chosen is None:
            raise InputError(
                f"the model has {len(classes)} classes",
                slot="--class",
                remedy=f"Choose one of {', '.join(classes)}.",
            )
        measured = Measured(classes, chosen, labels)
        run = Run(
            source=", ".join(Path(name_of(one)).name for one in source),
            model=ensemble.about.get("name") or model,
            classes=classes,
            target=chosen,
            method="gradients",
            steps=steps,
            shuffles=shuffles,
            fdr=fdr,
            seed=seed,
            n_tracks=0,
            unit=ensemble.unit,
        )
        gathered = Gathered()
        for part, place, side in sides(
            records, others, names=(", ".join(source), str(against)), measured=measured
        ):
            gather(
                gathered,
                part,
                model=classifier,
                run=run,
                source=place,
                measured=side,
                on_error=on_error.value,
                step=step,
            )
        problem = measured.problem(gathered.labels)
        if measured.n_unused:
            console.warn(f"{measured.n_unused:,} ids of the label table are not in the input")
        table = find(classifier, gathered, run, tested=not problem, database=known)
        logos = write_findings(draft, table)
        origin = origin_of(context, *source, model_sha256=model_sha256(model))
        write_origin(draft / MARKER, origin)
        page = render(
            table, run, gathered, logos=logos, folder=draft, problem=problem, origin=origin
        )
        (draft / "index.html").write_text(page, encoding="utf-8")
    _tell(table, gathered, problem, output)


def _tell(table: "MotifTable", gathered: Gathered, problem: str, output: Path) -> None:
    if gathered.n_refused:
        console.warn(f"{gathered.n_refused:,} records not explained, the first {gathered.refused}")
    if not gathered.tracks:
        console.fail("no record could be explained")
        raise typer.Exit(2)
    if table.descriptive:
        console.warn(f"motifs are descriptive, without q-values: {problem or table.reason}")
    if not table.rows:
        console.warn(f"no motif: {table.n_seqlets:,} stretches stand out, too few or too unlike")
    console.note(
        f"{len(table.rows):,} motifs of {table.n_seqlets:,} seqlets in {table.n_tracks:,} records,"
        f" in {output}"
    )

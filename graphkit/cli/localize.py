"""``graphkit localize``: a FASTA in, a table of localizations out."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.engine import check_engine, spread_over
from graphkit.cli.terminal.loading import load_ensemble, model_sha256
from graphkit.cli.terminal.reading import begin_reading, count_records, files_among, with_genes
from graphkit.errors import InputError
from graphkit.reports.localization import NEAREST, Report, Run
from graphkit.reports.output import open_output, refuse_overwriting, write_origin
from graphkit.reports.tables import TableWriter, format_of
from graphkit.reports.tally import Tally
from graphkit.sequences.selection import MOST_TOLD, Selection, read_selection
from graphkit.sequences.streams import name_of, with_file
from graphkit.tasks.localize import by_gene as genes
from graphkit.tasks.localize.predictions import LEAST_ODDS
from graphkit.types import NOBODY, Prediction

EXAMPLE = """
Examples:

  graphkit localize lncrnas.fa > where.tsv
  graphkit localize lncrnas.fa.gz --ids wanted.txt -o where.tsv --report where.html
  zcat gencode.fa.gz | graphkit localize - --by-gene --format jsonl
  graphkit localize human.fa mouse.fa.gz -o both.csv
  graphkit localize rnacentral/*.fa.gz -o where.tsv.gz --engine ray --workers 64
"""


def localize(
    context: typer.Context,
    source: options.Fastas,
    output: options.TableFile = None,
    ids: Annotated[
        Path | None,
        typer.Option(metavar="LIST.txt", help="Only these transcripts, genes or symbols."),
    ] = None,
    missing: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.txt", help="Write the names of --ids here that are not in INPUT."
        ),
    ] = None,
    by_gene: Annotated[
        bool, typer.Option("--by-gene", help="One row per gene: its longest transcript.")
    ] = False,
    gtf: options.Gtf = None,
    gene_map: options.GeneMapFile = None,
    genome: options.Genome = None,
    model: options.NamedModel = "lncloc",
    uncertain: Annotated[
        float | None,
        typer.Option(
            metavar="P",
            help="Below this probability the label is `uncertain`.",
            show_default=f"less than {LEAST_ODDS:g} times as likely as the next class",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="X",
            help="Nucleus below this log2_CN, cytoplasm above.",
            show_default="the model's: equal errors on both sides",
        ),
    ] = None,
    cell_line: Annotated[
        str | None,
        typer.Option(
            metavar="LINE",
            help="log2_CN as it would be measured in this line, such as K562.",
            show_default="what all lines have in common",
        ),
    ] = None,
    format: options.TableFormat = None,  # noqa: A002
    report: options.Report = None,
    on_error: options.Unusable = options.OnError.SKIP,
    device: options.Device = "auto",
    threads: options.Threads = None,
    engine: options.EngineName = options.Engine.HERE,
    address: options.Address = None,
    workers: options.Workers = None,
) -> None:
    """Predict where in the cell each transcript sits: a row per record, in the order of input.

    label is Nucleus where log2_CN, the predicted log2 of RNA in the cytoplasm over RNA in the
    nucleus, is below the model's threshold, and Cytoplasm above; p_CLASS is its probability. CN_low
    to CN_high holds 80 % of the true values. applicability is the share of training transcripts
    that are odder than the record; below 0.01 the label is `uncertain`, the status
    `outside_domain`, and warnings say why.

    Measured, not predicted, are known_label, that of the training transcript the record is
    identical or nearly identical to (80 % or more of the 21-mers of both are shared), and its
    measured_log2_CN, measured_sd and measured_lines: mean, spread and number of cell lines.
    related_label is that of one it is a piece, an isoform or a fusion of; query_coverage and
    reference_coverage say how much of each is in the other.

    Models of classes alone write no columns with CN or measured. Models of several labels write
    label as A;B, or `none`, and one p_LABEL each. --report also shows the measured training
    transcripts that the model reads most alike. Exit status: 0; 2 where nothing could be predicted.
    """
    if uncertain is not None and not 0 <= uncertain <= 1:
        raise InputError(
            f"{uncertain} is no probability", slot="--uncertain", remedy="Give 0 to 1."
        )
    if missing is not None and ids is None:
        raise InputError("needs --ids", slot="--missing", remedy="Give both or none.")
    check_engine(engine, address=address, workers=workers, device=device)
    table = None if output is None or str(output) == "-" else output
    given = {
        **files_among(source),
        "the list of ids": ids,
        "the GTF": gtf,
        "the map of genes": gene_map,
        "the genome": genome,
    }
    refuse_overwriting(table, given)
    refuse_overwriting(report, {**given, "the table": table})
    refuse_overwriting(missing, {**given, "the table": table, "the report": report})
    kind = format_of(table, format)
    selection = None if ids is None else read_selection(ids)
    tally = Tally("gene" if by_gene else "record")
    records = with_genes(begin_reading(*source, genome=genome), gtf=gtf, gene_map=gene_map)
    with ExitStack() as stack:
        spread = stack.enter_context(
            spread_over(engine, address=address, workers=workers, output=table)
        )
        to_table = stack.enter_context(open_output(table))
        to_report = None if report is None else stack.enter_context(open_output(report))
        rows_on_screen = table is None and sys.stdout.isatty()
        step = stack.enter_context(
            console.progress(
                "Localizing",
                total=None if selection else count_records(*source),
                show=not rows_on_screen,
            )
        )
        ensemble = load_ensemble(model, device=device, threads=threads).asked(
            threshold=threshold,
            cell_line=cell_line,
            evidence=None if report is None else NEAREST,
        )
        origin = origin_of(context, *source, model_sha256=model_sha256(model))
        page = Report(ensemble.classes, ensemble.quantity, several=ensemble.sets is not None)
        writer = stack.enter_context(
            TableWriter(
                to_table,
                (
                    *ensemble.row(NOBODY),
                    *(genes.COLUMNS if by_gene else ()),
                    *(["file"] if len(source) > 1 else ()),
                ),
                format=kind,
                flush=table is None,
            )
        )
        predictions = spread(
            partial(ensemble.predict_each, uncertain=uncertain, on_error=on_error.value),
            records if selection is None else selection.pick(records),
            origin,
        )
        named = with_file(predictions, ", ".join(source))
        for prediction, more in _rows(named, by_gene=by_gene):
            writer.write(ensemble.row(prediction) | more | {"file": prediction.file})
            tally.add(prediction)
            page.add(prediction, more)
            step()
        if selection is not None:
            _tell_missing(selection, source=", ".join(source), path=missing)
        if to_report is not None:
            run = Run(str(origin.input), model, ensemble.about, uncertain, by_gene)
            to_report.write(page.render(run, tally, origin).encode("utf-8"))
    write_origin(table, origin)
    console.note(str(tally))
    if by_gene and not tally.genes:
        console.warn("no header names a gene: give --gtf or --gene-map")
    refused = tally.first_refused
    if refused is not None and not tally.labels:
        console.fail(f"no record could be predicted; the first: {refused.id}: {refused.status}")
        raise typer.Exit(2)


def _rows(
    predictions: Iterable[Prediction], *, by_gene: bool
) -> Iterator[tuple[Prediction, dict[str, object]]]:
    """Yield each prediction of the table with the cells that ``--by-gene`` adds."""
    if by_gene:
        for gene in genes.longest_isoforms(predictions):
            yield gene.prediction, gene.row()
    else:
        for prediction in predictions:
            yield prediction, {}


def _tell_missing(selection: Selection, *, source: str, path: Path | None) -> None:
    """Say which names were not met, the first ten, and write all of them to `path`, if any."""
    names = selection.missing()
    if not selection.n_met:
        raise selection.none_met(file=name_of(source), slot="--ids")
    if path is not None:
        with open_output(path) as output:
            output.write("".join(f"{name}\n" for name in names).encode())
    if names:
        more = "" if len(names) <= MOST_TOLD else ", ... (--missing OUT.txt writes all)"
        console.warn(
            f"{len(names):,} of {len(selection):,} names are not in the input:"
            f" {', '.join(names[:MOST_TOLD])}{more}"
        )

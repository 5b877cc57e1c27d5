"""``graphkit explain``: which nucleotides a prediction rests on."""

from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphkit.cli.terminal import console, options
from graphkit.cli.terminal.delivery import origin_of
from graphkit.cli.terminal.engine import check_engine, spread_over
from graphkit.cli.terminal.loading import load_model, model_sha256
from graphkit.cli.terminal.places import check_folder, result_folder
from graphkit.cli.terminal.reading import (
    begin_against,
    begin_reading,
    count_records,
    files_among,
)
from graphkit.distributed.engine import EXPLAINED
from graphkit.errors import InputError
from graphkit.reports.explanation.against import AgainstFiles
from graphkit.reports.explanation.evaluation import as_text, write_tests
from graphkit.reports.explanation.files import SUMMARY, ExplainFiles, Results
from graphkit.reports.explanation.genome import GenomeFiles, annotation_of
from graphkit.reports.explanation.page import Page
from graphkit.reports.explanation.variants import VariantFile
from graphkit.reports.output import open_output
from graphkit.sequences import Genome, LiftedVariants, VariantTable
from graphkit.sequences.genome import is_annotation
from graphkit.sequences.streams import name_of
from graphkit.sequences.vcf import is_vcf
from graphkit.tasks.explain.against import STEPS, Others
from graphkit.tasks.explain.evaluate import LONGEST, Bench
from graphkit.tasks.explain.seqlets import explain_records, explainer
from graphkit.tasks.explain.settings import Run, class_of

if TYPE_CHECKING:
    from graphkit.sequences.annotation import Annotation
    from graphkit.types import Record

EXAMPLE = """
Examples:

  graphkit explain lncrnas.fa -o why
  graphkit explain lncrnas.fa -o why --class Cytoplasm --gtf gencode.gtf.gz --evaluate
  graphkit explain lncrnas.fa -o why --variants snvs.tsv
  graphkit explain lncrnas.gtf --genome genome.fa -o why --variants snvs.vcf.gz
  graphkit explain mutants.fa -o why --against wildtype.fa
  graphkit explain lncrnas.fa -o why --engine ray --workers 16
  zcat lncrnas.fa.gz | graphkit explain - -o why --method mutagenesis
"""


def explain(
    context: typer.Context,
    source: options.Fastas,
    output: options.Folder,
    model: options.NamedModel = "lncloc",
    target: Annotated[
        str | None,
        typer.Option(
            "--class",
            "--target",
            metavar="CLASS",
            help="The class to explain. Of a value the one that lies higher (Cytoplasm) by default,"
            " of two classes the second, so that above zero means the same in every record; of"
            " more, the one predicted; of several labels a record may have, the likeliest.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        options.Method,
        typer.Option(help="mutagenesis is slow and exact, attention is no evidence."),
    ] = options.Method.GRADIENTS,
    steps: Annotated[
        int, typer.Option(min=2, max=10_000, help="Steps of the gradients to begin with.")
    ] = 64,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Test whether the maps are faithful to the model.")
    ] = False,
    gtf: Annotated[
        Path | None,
        typer.Option(
            metavar="GTF|BED12",
            help="Exons of these transcripts: also genome coordinates.",
            show_default="INPUT, where it is one",
        ),
    ] = None,
    genome: options.Genome = None,
    variants: Annotated[
        Path | None,
        typer.Option(
            metavar="TSV|VCF",
            help="Single-nucleotide variants, also what each changes: id<TAB>position<TAB>ref<TAB>"
            "alt, positions from 1 in the transcript; or VCF, with --gtf, and REF is looked up in"
            " --genome where it is given.",
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="OTHER.fa",
            help="Mutants, isoforms, orthologs: also where INPUT differs from them, and what the"
            " model makes of it. One record alone, on either side, is compared with all of the"
            " other; else those of one id are.",
        ),
    ] = None,
    fdr: Annotated[
        float, typer.Option(metavar="Q", help="False discovery rate of seqlets in each record.")
    ] = 0.05,
    shuffles: Annotated[
        int,
        typer.Option(
            min=0,
            max=100,
            help="Call seqlets against so many dinucleotide shuffles of each record; 0, faster,"
            " against the rest of the record.",
        ),
    ] = 0,
    tracks: Annotated[int, typer.Option(min=0, help="Draw the first so many records.")] = 20,
    seed: options.Seed = 0,
    on_error: options.Unusable = options.OnError.SKIP,
    force: options.Force = False,
    device: options.Device = "auto",
    threads: options.Threads = None,
    engine: options.EngineName = options.Engine.HERE,
    address: options.Address = None,
    workers: options.Workers = None,
) -> None:
    """Score the nucleotides that a prediction rests on: tables, tracks and a page, in one folder.

    A score is what the nucleotide adds to the prediction for an average training transcript of the
    same length (of models that know none, for a transcript without k-mers). Scores show what the
    model relies on, not what the cell does. With gradients, scores, length and composition sum to
    the difference of the two predictions; where more than 1 % of it is missing, up to 1,024 steps
    are taken, and the gap that is left stands beside the record. Where no stretch stands out of
    chance, the page shows the strongest and says so.

    DIR gets scores.tsv (id, position from 0, nucleotide, score), scores.bedgraph, seqlets.bed,
    explanation.json, tracks/*.svg and index.html; with --gtf also scores.genome.bedgraph and
    seqlets.bed12; with --variants variants.tsv: what each changes; with --against comparisons.tsv
    and differences.tsv: the prediction less that of OTHER, split over what differs and what does
    not; with --evaluate faithfulness.tsv. Exit status: 0; 2 where nothing could be explained.
    """
    if not 0 < fdr < 1:
        raise InputError(f"{fdr} is no rate", slot="--fdr", remedy="Give more than 0, less than 1.")
    given = {
        **files_among(source),
        "the GTF": gtf,
        "the genome": genome,
        "the variants": variants,
        "the other sequences": against,
    }
    check_engine(engine, address=address, workers=workers, device=device)
    check_folder(output, marker=SUMMARY, force=force, inputs=given)
    if against is not None:
        if method is not options.Method.GRADIENTS:
            raise InputError(
                f"{method} splits no difference", slot="--against", remedy="Use gradients."
            )
        steps = max(steps, STEPS)
    if gtf is None and genome is not None:
        gtf = next((Path(one) for one in source if is_annotation(one)), None)
    annotation = None if gtf is None else annotation_of(gtf, *source)
    table = None if variants is None else _variants(variants, annotation, genome)
    others = None if against is None else list(begin_against(against, *source, genome=genome))
    records = begin_reading(*source, genome=genome)
    first = list(islice(records, 2))
    with (
        spread_over(
            engine, address=address, workers=workers, output=output, size=EXPLAINED
        ) as spread,
        result_folder(output) as draft,
        console.progress("Explaining", total=_total(first, others, source)) as step,
    ):
        classifier = load_model(model, device=device, threads=threads)
        ensemble = classifier.ensemble_
        classes = ensemble.classes
        chosen = class_of(classes, target, default=ensemble.positive, slot="--class")
        run = Run(
            source=", ".join(Path(name_of(one)).name for one in source),
            model=ensemble.about.get("name") or model,
            classes=classes,
            target=chosen,
            method=method.value,
            steps=steps,
            # Where each record has its own class, a shuffle might be explained for another.
            shuffles=0 if chosen is None or method is options.Method.ATTENTION else shuffles,
            fdr=fdr,
            seed=seed,
            n_tracks=tracks,
            unit=ensemble.unit,
            level=ensemble.quantity.interval.level if ensemble.quantity else None,
            several=ensemble.sets is not None,
        )
        origin = origin_of(context, *source, model_sha256=model_sha256(model))
        page = Page(draft, run)
        bench = Bench(classifier, run) if evaluate else None
        with ExplainFiles(draft, {**run.as_dict(), "made": origin.as_dict()}) as files:
            results = Results(files, page, bench=bench)
            if annotation is not None:
                results.genome = GenomeFiles(annotation, files, run.classes)
            if table is not None:
                results.variants = VariantFile(table, classifier, files, unit=run.unit)
            if others is not None:
                partners = Others(
                    classifier, others, explainer(classifier, run, on_error=on_error.value),
                    alone=len(first) == 1, file=against,
                )  # fmt: skip
                results.against = AgainstFiles(partners, files, step=step)
            task = partial(
                explain_records, classifier, run=run, source=", ".join(source),
                on_error=on_error.value,
            )  # fmt: skip
            for found in spread(task, chain(first, records), origin):
                results.add(found)
                step()
            warnings = list(results.finish())
            tests = () if bench is None else _evaluated(bench, draft / "faithfulness.tsv")
            files.finish({} if bench is None else {"faithfulness": tests})
        (draft / "index.html").write_text(page.render(origin, tests), encoding="utf-8")
    for text in warnings:
        console.warn(text)
    for text in results.counts():
        console.note(text)
    console.note(f"{page.n_explained:,} of {page.n_records:,} records explained, in {output}")
    if not page.n_explained:
        console.fail(f"no record could be explained; the first: {page.first_refused}")
        raise typer.Exit(2)


def _total(first: "list[Record]", others: "list[Record] | None", source: list[str]) -> int | None:
    """Count what there is to wait for: where one record is compared with thousands, these."""
    return len(others) if others and len(first) == 1 else count_records(*source)


def _variants(
    path: Path, annotation: "Annotation | None", genome: Path | None
) -> VariantTable | LiftedVariants:
    """Read a table of variants, or lift those of a VCF."""
    if not is_vcf(path):
        return VariantTable(path)
    if annotation is None:
        raise InputError(
            "VCF has places in the genome, not in transcripts",
            file=path,
            slot="--variants",
            remedy="Add --gtf, with the exons of the transcripts.",
        )
    letters = None if genome is None else Genome(genome)
    return LiftedVariants(path, annotation, genome=letters)


def _evaluated(bench: Bench, path: Path) -> list[dict[str, object]]:
    """Test the maps, print the table, write it to `path` and return its rows."""
    if not bench.n_records:
        console.warn(f"nothing to evaluate: no explained record of at most {LONGEST:,} nt")
        return []
    rows = write_tests(bench.run(tell=console.note), path)
    with open_output(None) as output:
        output.write(as_text(rows).encode())
    return rows

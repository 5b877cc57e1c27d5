import gzip
import json
from contextlib import contextmanager

import pandas as pd
import pytest

from graphkit.types import Record

ONE = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC" * 5
TWO = "GGCAUCGAUUACGCCUCCCAGGCAUUUAGCUAACUCCCAGGAUC" * 4
FAST = ("--steps", "8", "--threads", "1")
FILES = ["explanation.json", "index.html", "scores.bedgraph", "scores.tsv", "seqlets.bed"]


@pytest.fixture
def explain(run, fasta, tiny, tmp_path):
    """Run ``graphkit explain`` on text; return the result and the folder it was to make."""

    def explain(text, *options, method="gradients"):
        source = fasta(text) if isinstance(text, str) else text
        out = tmp_path / "out"
        result = run(
            *("explain", source, "-o", out, "--model", tiny, "--method", method),
            *(*FAST, "--tracks", "0", *options),
        )
        assert "Traceback" not in result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result, out

    return explain


def summary(out):
    return json.loads((out / "explanation.json").read_text())


def scores(out):
    return pd.read_csv(out / "scores.tsv", sep="\t")


def test_the_files_say_the_same(explain):
    result, out = explain(f">a first\n{ONE}\n>b|Nucleus\n{TWO}\n")
    assert result.exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == FILES
    table = scores(out)
    assert list(table.columns) == ["id", "position", "nucleotide", "score"]
    said = summary(out)
    assert said["target"] == "Nucleus"
    for record, sequence in zip(said["records"], (ONE, TWO), strict=True):
        mine = table[table.id == record["id"]]
        assert "".join(mine.nucleotide) == sequence
        assert list(mine.position) == list(range(len(sequence)))
        assert mine.score.sum() == pytest.approx(record["total"], rel=1e-3, abs=1e-5)
        gap = record["total"] + record["side_total"] - (record["f_x"] - record["f_base"])
        assert gap == pytest.approx(record["delta"], abs=1e-9)
    graph = pd.read_csv(out / "scores.bedgraph", sep="\t", header=None)
    assert (graph[3] * (graph[2] - graph[1])).sum() == pytest.approx(table.score.sum(), abs=1e-4)
    assert "2 of 2 records explained" in result.stderr


def test_what_is_predicted_stands_beside_its_explanation(explain, tiny):
    from graphkit.tasks import SequenceClassifier

    _, out = explain(f">a\n{ONE}\n>b\n{TWO}\n")
    expected = SequenceClassifier.load(tiny).localize([Record("a", ONE), Record("b", TWO)])
    assert [record["label"] for record in summary(out)["records"]] == list(expected["label"])
    assert (out / "index.html").read_text().count('<p class="says"><b>') == 2


def test_the_other_class_turns_every_sign(explain):
    _, out = explain(f">a\n{ONE}\n")
    first = scores(out).score
    _, out = explain(f">a\n{ONE}\n", "--class", "cytoplasm", "--force")
    assert summary(out)["target"] == "Cytoplasm"
    assert scores(out).score.to_numpy() == pytest.approx(-first.to_numpy(), abs=1e-6)


@pytest.mark.parametrize("method", ["attention", "mutagenesis", "occlusion"])
def test_other_methods(explain, method):
    result, out = explain(f">a\n{ONE[:120]}\n", "--shuffles", "0", method=method)
    assert result.exit_code == 0
    assert len(scores(out)) == 120
    (record,) = summary(out)["records"]
    assert record["method"] == method
    assert (record["f_base"], record["delta"]) == (None, None)
    assert method != "attention" or record["n_seqlets"] == 0


@pytest.mark.usefixtures("one_thread")
def test_same_seed_same_bytes(explain, tmp_path):
    before = None
    for options in ((), ("--force",)):
        _, out = explain(f">a\n{ONE}\n", *options)
        now = [(out / name).read_bytes() for name in FILES if name != "index.html"]
        assert before in (None, now)
        before = now


@pytest.mark.usefixtures("one_thread")
def test_gzip_and_stdin(explain, run, fasta, tiny, tmp_path):
    text = f">a\n{ONE}\n"
    _, out = explain(fasta(gzip.compress(text.encode()), "x.fa.gz"))
    piped = tmp_path / "piped"
    result = run(
        *("explain", "-", "-o", piped, "--model", tiny, *FAST, "--tracks", "0"), stdin=text
    )
    assert result.exit_code == 0
    assert (piped / "scores.tsv").read_bytes() == (out / "scores.tsv").read_bytes()


def test_refused_records_stay_in_the_summary(explain):
    result, out = explain(f">a\n{ONE}\n>empty\n>b\nACGU\n>n\n{'N' * 300}\n>c\n{TWO}\n>a\n{TWO}\n")
    assert result.exit_code == 0
    records = summary(out)["records"]
    assert [r["id"] for r in records] == ["a", "empty", "b", "n", "c", "a"]
    assert [r["status"] == "explained" for r in records] == [True, False, False, False, True, True]
    assert records[3]["status"].startswith("not_explained: too few valid k-mers")
    assert records[5]["warnings"] == ["this id occurred before"]
    assert "3 of 6 records explained" in result.stderr
    page = (out / "index.html").read_text()
    assert "Not explained: no sequence" in page


@pytest.mark.parametrize("sequence", ["A" * 200, "AC" * 100, ONE + "N" * 30 + TWO, ONE.lower()])
def test_odd_sequences(explain, sequence):
    result, out = explain(f">a\n{sequence}\n")
    assert result.exit_code == 0
    table = scores(out)
    assert len(table) == len(sequence)
    assert (table.nucleotide == "N").sum() == sequence.count("N")
    assert table.score.isna().sum() == summary(out)["records"][0]["uncovered"]


def test_nothing_explained_ends_in_2_with_its_rows_written(explain):
    result, out = explain(f">a\n>n\n{'N' * 300}\n")
    assert result.exit_code == 2
    assert "no record could be explained; the first: a: not_explained" in result.stderr
    assert len(summary(out)["records"]) == 2


def test_on_error_fail_leaves_nothing(explain, tmp_path):
    result, _ = explain(f">a\n{ONE}\n>empty\n", "--on-error", "fail")
    assert result.exit_code == 2
    assert "x.fa, line 3, record empty: no sequence" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x.fa"]


def test_an_unknown_class_lists_the_choices(explain):
    result, out = explain(f">a\n{ONE}\n", "--class", "Chromatin")
    assert result.exit_code == 2
    assert "Choose one of Cytoplasm, Nucleus." in result.stderr
    assert not out.exists()


@pytest.mark.parametrize("rate", ["0", "1", "-1", "nan"])
def test_a_rate_is_a_rate(explain, rate):
    result, _ = explain(f">a\n{ONE}\n", "--fdr", rate)
    assert result.exit_code == 2
    assert "--fdr" in result.stderr


def test_older_results_need_force_and_other_folders_are_never_replaced(explain, tmp_path):
    explain(f">a\n{ONE}\n")
    result, out = explain(f">b\n{TWO}\n")
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert [r["id"] for r in summary(out)["records"]] == ["a"]
    _, out = explain(f">b\n{TWO}\n", "--force")
    assert [r["id"] for r in summary(out)["records"]] == ["b"]
    (out / "explanation.json").unlink()
    result, _ = explain(f">c\n{TWO}\n", "--force")
    assert result.exit_code == 2
    assert "holds other things" in result.stderr


NASTY = "../<script>alert(1)</script>&\"'" + "A" * 100_000


def test_a_nasty_header_stays_text(explain):
    _, out = explain(f">{NASTY}\n{ONE}\n>=cmd()\n{TWO}\n")
    page = (out / "index.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert len(page) < 100_000
    assert summary(out)["records"][0]["id"] == NASTY
    text = (out / "scores.tsv").read_text()
    assert max(map(len, text.splitlines())) < 300
    assert "\n'=cmd()\t0\t" in text


def test_every_page_says_what_it_does_not_show(explain):
    _, out = explain(f">a\n{ONE}\n")
    assert "not what the cell does" in (out / "index.html").read_text()
    assert "not what the cell does" in summary(out)["caution"]


def test_variants_are_scored_or_say_why_not(explain, tmp_path):
    table = tmp_path / "v.tsv"
    table.write_text("a\t1\tA\tC\na\t2\tA\tC\na\t3\tGG\tG\nb\t1\tA\tC\n")
    result, out = explain(f">a\n{ONE}\n", "--variants", table)
    assert result.exit_code == 0
    rows = pd.read_csv(out / "variants.tsv", sep="\t")
    assert list(rows.columns) == [
        "id", "position", "ref", "alt", "status", "log_odds", "log_odds_change",
    ]  # fmt: skip
    assert list(rows.status) == [
        "scored",
        "not_scored: ref is A, the transcript has C there",
        "not_scored: ref is GG: only single letters are substituted",
        "not_scored: its transcript is not in the input",
    ]
    assert rows.log_odds_change.notna().tolist() == [True, False, False, False]
    assert rows.log_odds[0] == pytest.approx(summary(out)["records"][0]["f_x"], abs=1e-5)
    assert "3 variants not scored, the first a:2A>C: ref is A" in result.stderr
    assert "1 variants scored" in result.stderr


def test_variants_of_other_transcripts_leave_nothing(explain, tmp_path):
    table = tmp_path / "v.tsv"
    table.write_text("z\t1\tA\tC\n")
    result, out = explain(f">a\n{ONE}\n", "--variants", table)
    assert result.exit_code == 2
    assert "none of its 1 names is in the input" in result.stderr
    assert not out.exists()


def test_differences_from_other_sequences(explain, tmp_path):
    other = tmp_path / "o.fa"
    other.write_text(f">w\n{ONE[:100]}{ONE[103:]}\n")
    result, out = explain(f">a\n{ONE}\n>b\n{TWO}\n", "--against", other)
    assert result.exit_code == 0
    assert "2 pairs compared" in result.stderr
    pairs = pd.read_csv(out / "comparisons.tsv", sep="\t")
    assert list(pairs.id) == ["a", "b"]
    said = summary(out)
    assert said["steps"] == 256
    assert [record["f_x"] for record in said["records"]] == pytest.approx(pairs.f_x, abs=1e-4)
    assert said["records"][0]["against"][0]["difference"] == pytest.approx(
        pairs.difference[0], abs=1e-5
    )
    stretches = pd.read_csv(out / "differences.tsv", sep="\t").query("id == 'a'")
    assert list(stretches.kind) == ["insertion"]
    assert stretches.alone[0] == pytest.approx(pairs.difference[0], abs=1e-5)
    assert "Against <bdi>w</bdi>" in (out / "index.html").read_text()


@pytest.mark.parametrize(
    ("ours", "theirs", "total", "steps"), [(1, 3, 3, 3), (2, 1, None, 2), (2, 2, None, 2)]
)
def test_a_bar_counts_what_there_is_to_wait_for(
    explain, tmp_path, monkeypatch, ours, theirs, total, steps
):
    totals, told = [], []

    @contextmanager
    def progress(_task, *, total=None):
        totals.append(total)
        yield lambda: told.append(1)

    monkeypatch.setattr("graphkit.cli.explain.console.progress", progress)
    other = tmp_path / "o.fa"
    other.write_text("".join(f">r{i}\n{ONE}\n" for i in range(theirs)))
    explain("".join(f">r{i}\n{TWO}\n" for i in range(ours)), "--against", other)
    assert (totals, len(told)) == ([total], steps)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (f">x\n{ONE}\n>y\n{ONE}\n", (), "none of its 2 names is in the input: x, y"),
        (f">x\n{ONE}\n>x\n{ONE}\n>a\n{ONE}\n", (), "o.fa, against: x more than once"),
        (f">x\n{ONE}\n", ("--method", "occlusion"), "--against: occlusion splits no difference"),
        ("", (), "no records"),
    ],
)
def test_what_cannot_be_compared_leaves_nothing(explain, tmp_path, text, options, said):
    other = tmp_path / "o.fa"
    other.write_text(text)
    result, out = explain(f">a\n{ONE}\n>b\n{TWO}\n", "--against", other, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not out.exists()


def test_the_input_is_not_set_against_itself(explain, fasta):
    source = fasta(f">a\n{ONE}\n")
    result, _ = explain(source, "--against", source)
    assert result.exit_code == 2
    assert "is the input itself" in result.stderr


def test_several_inputs_at_once(explain, run, fasta, tiny, tmp_path):
    files = fasta(f">a\n{ONE}\n", "one.fa"), fasta(f">b\n{TWO}\n", "two.fa")
    out = tmp_path / "out"
    result = run("explain", *files, "-o", out, "--model", tiny, *FAST, "--tracks", "0")
    assert result.exit_code == 0
    records = summary(out)["records"]
    assert [(one["id"], one["file"]) for one in records] == [
        ("a", str(files[0])),
        ("b", str(files[1])),
    ]
    assert summary(out)["source"] == "one.fa, two.fa"


@pytest.fixture
def genome(tmp_path):
    """Write a chromosome, and a GTF with a transcript on each strand; return both paths."""
    (tmp_path / "g.fa").write_text(f">chr1\n{'N' * 100}{ONE}{TWO}\n")
    (tmp_path / "a.gtf").write_text("".join(
        f'chr1\tx\texon\t{start + 1}\t{end}\t.\t{strand}\t.\tgene_id "G"; transcript_id "{name}";\n'
        for name, strand, start, end in (
            ("p", "+", 100, 200), ("p", "+", 210, 330), ("m", "-", 320, 480),
        )
    ))  # fmt: skip
    return tmp_path / "g.fa", tmp_path / "a.gtf"


def test_transcripts_of_a_gtf_and_variants_of_a_vcf(explain, genome, tmp_path):
    fasta, gtf = genome
    (tmp_path / "v.vcf").write_text(
        "##fileformat=VCFv4.2\n1\t101\t.\tA\tC\t.\n1\t321\t.\tG\tT\t.\n"
        "1\t102\t.\tCG\tC\t.\n1\t9\t.\tN\tC\t.\n"
    )
    result, out = explain(gtf, "--genome", fasta, "--variants", tmp_path / "v.vcf")
    assert result.exit_code == 0
    first, second = summary(out)["records"]
    assert (first["gene"], first["length"], second["length"]) == ("G", 220, 160)
    assert first["genome"] == "chr1:101-330 (+), 2 exons"
    rows = pd.read_csv(out / "variants.tsv", sep="\t")
    assert list(rows.genome) == ["1:101A>C", "1:321G>T", "1:321G>T"]
    assert list(zip(rows.id, rows.position, rows.ref, rows.alt, strict=True)) == [
        ("p", 1, "A", "C"), ("p", 211, "G", "T"), ("m", 160, "C", "A"),
    ]  # fmt: skip
    assert rows.log_odds_change.notna().all()
    assert "1 variants not lifted: 1:102CG>C (not one letter for another)" in result.stderr
    assert "1 variants lie in no exon of the annotation" in result.stderr


def test_a_vcf_beside_fasta_needs_exons(explain, genome, tmp_path):
    _, gtf = genome
    (tmp_path / "v.vcf").write_text("##fileformat=VCFv4.2\n1\t101\t.\tA\tC\t.\n")
    text = f">p\n{ONE[:100]}{ONE[110:]}{TWO[:10]}\n"
    result, _ = explain(text, "--variants", tmp_path / "v.vcf")
    assert result.exit_code == 2
    assert "places in the genome, not in transcripts. Add --gtf" in result.stderr
    result, out = explain(text, "--variants", tmp_path / "v.vcf", "--gtf", gtf)
    assert result.exit_code == 0
    assert list(pd.read_csv(out / "variants.tsv", sep="\t").status) == ["scored"]
    result, _ = explain(f">q\n{ONE}\n", "--variants", tmp_path / "v.vcf", "--gtf", gtf, "--force")
    assert result.exit_code == 2
    assert "the annotation has none of the records" in result.stderr


def test_a_gtf_without_its_genome_says_what_to_add(explain, genome):
    fasta, gtf = genome
    result, _ = explain(gtf)
    assert result.exit_code == 2
    assert "--genome genome.fa" in result.stderr
    gtf.write_text(gtf.read_text().replace("chr1", "chr9"))
    result, out = explain(gtf, "--genome", fasta)
    assert result.exit_code == 2
    assert "has no sequence chr9; it has chr1" in result.stderr
    assert not out.exists()

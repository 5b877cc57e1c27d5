import json

import pandas as pd
import pytest

SEQUENCE = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC" * 5  # 220 nt
EXONS = ((1_000, 1_060), (2_000, 2_100), (2_500, 2_560))


def gtf_lines(name, spans, *, strand="+", chrom="chr1"):
    return "".join(
        f'{chrom}\tx\texon\t{start + 1}\t{end}\t.\t{strand}\t.\ttranscript_id "{name}";\n'
        for start, end in spans
    )


@pytest.fixture
def explain(run, fasta, tiny, tmp_path):
    """Run ``graphkit explain --gtf``; return the result and the folder it was to make."""

    def explain(text, gtf, *options):
        path = tmp_path / "x.gtf"
        path.write_text(gtf)
        out = tmp_path / "out"
        result = run(
            *("explain", fasta(text), "-o", out, "--gtf", path, "--model", tiny),
            *("--steps", "4", "--tracks", "0", "--force", "--threads", "1", *options),
        )
        assert "Traceback" not in result.stderr
        return result, out

    return explain


def bedgraph(path):
    """Read a bedGraph letter by letter: chromosome and position -> score, for each track."""
    tracks = {}
    for line in path.read_text().splitlines():
        if line.startswith("track"):
            name = line.split('name="')[1].rstrip('"')
            tracks[name] = {}
            continue
        chrom, start, end, value = line.split("\t")
        for position in range(int(start), int(end)):
            assert (chrom, position) not in tracks[name]
            tracks[name][chrom, position] = float(value)
    return tracks


@pytest.mark.parametrize("strand", "+-")
def test_scores_and_seqlets_in_the_genome(explain, strand):
    gtf = gtf_lines("ENST01.2", EXONS, strand=strand)
    result, out = explain(f">ENST01.3\n{SEQUENCE}\n", gtf, "--shuffles", "0", "--fdr", "0.99")
    assert result.exit_code == 0
    table = pd.read_csv(out / "scores.tsv", sep="\t").dropna()
    walked = [position for start, end in EXONS for position in range(start, end)]
    if strand == "-":
        walked.reverse()
    expected = {("chr1", walked[p]): s for p, s in zip(table.position, table.score, strict=True)}
    assert bedgraph(out / "scores.genome.bedgraph") == {"ENST01.3": expected}

    seqlets = pd.read_csv(out / "seqlets.bed", sep="\t")
    blocks = pd.read_csv(out / "seqlets.bed12", sep="\t", header=None)
    assert len(blocks) == len(seqlets) > 0
    for (_, seqlet), (_, row) in zip(seqlets.iterrows(), blocks.iterrows(), strict=True):
        sizes, starts = ([int(n) for n in str(row[i]).split(",")] for i in (10, 11))
        held = [
            row[1] + s + i for s, n in zip(starts, sizes, strict=True) for i in range(n)
        ]  # fmt: skip
        assert held == sorted(walked[seqlet.start : seqlet.end])
        assert row[5] == strand
    (record,) = json.loads((out / "explanation.json").read_text())["records"]
    assert record["genome"] == f"chr1:1,001-2,560 ({strand}), 3 exons"


GENCODE = "ENST00000456328.2|ENSG00000290825.1|-|-|DDX11L2-202|DDX11L2|220|lncRNA|"
REFSEQ = "NR_046018.2 Homo sapiens DEAD/H-box helicase 11 like 1 (DDX11L1), non-coding RNA"


@pytest.mark.parametrize(
    ("header", "name", "chrom", "facts"),
    [
        (GENCODE, "ENST00000456328.2", "chr1", 'transcript_id "ENST00000456328.2"; level 2;'),
        (GENCODE, "ENST00000456328.2", "1", 'transcript_id "ENST00000456328"; exon_version "1";'),
        ("ENST00000456328", "ENST00000456328", "chr1", 'transcript_id "ENST00000456328.2";'),
        (REFSEQ, "NR_046018.2", "NC_000001.11", 'transcript_id "NR_046018.2"; pseudo "true"; '),
    ],
    ids=["GENCODE", "Ensembl", "unversioned", "RefSeq"],
)
def test_dialects(explain, header, name, chrom, facts):
    gtf = "#!genome-build GRCh38.p14\n" + gtf_lines("x", EXONS, chrom=chrom).replace(
        'transcript_id "x";', f'gene_id "DDX11L1"; gene_version "1"; {facts}'
    )
    result, out = explain(f">{header}\n{SEQUENCE}\n", gtf)
    assert result.exit_code == 0
    assert "not placed" not in result.stderr
    ((track, scores),) = bedgraph(out / "scores.genome.bedgraph").items()
    assert track == name
    assert {place for place, _ in scores} == {chrom}
    (record,) = json.loads((out / "explanation.json").read_text())["records"]
    assert record["genome"] == f"{chrom}:1,001-2,560 (+), 3 exons"


def test_gff3_is_told_before_anything_slow(explain):
    result, out = explain(f">a\n{SEQUENCE}\n", "##gff-version 3\n", "--model", "no such model")
    assert result.exit_code == 2
    assert "line 1: GFF3, not GTF. Convert it: gffread in.gff3 -T -o out.gtf." in result.stderr
    assert not out.exists()


def test_a_transcript_the_gtf_lacks_is_told_and_keeps_everything_else(explain):
    text = f">here\n{SEQUENCE}\n>gone\n{SEQUENCE}\n>short\n{SEQUENCE[:-1]}\n"
    gtf = gtf_lines("here", EXONS) + gtf_lines("short", EXONS)
    result, out = explain(text, gtf)
    assert result.exit_code == 0
    assert "not placed in the genome: gone is not in the annotation" in result.stderr
    assert "short has 219 nt, its annotated exons 220" in result.stderr
    assert list(bedgraph(out / "scores.genome.bedgraph")) == ["here"]
    assert set(pd.read_csv(out / "scores.tsv", sep="\t").id) == {"here", "gone", "short"}
    records = json.loads((out / "explanation.json").read_text())["records"]
    assert [r["genome"].partition(":")[0] for r in records] == [
        *("chr1", "not placed in the genome", "not placed in the genome"),
    ]
    assert "not placed in the genome: is not in the annotation" in (out / "index.html").read_text()


def test_none_placed_is_no_failure_but_told(explain):
    result, out = explain(f">a\n{SEQUENCE}\n", gtf_lines("b", EXONS))
    assert result.exit_code == 0
    assert "are sequences and annotation of the same release?" in result.stderr
    assert (out / "scores.genome.bedgraph").read_text() == ""
    assert (out / "seqlets.bed12").read_text() == ""


def test_many_that_are_missing_are_not_all_told(explain):
    text = "".join(f">t{i}\n{SEQUENCE[:40]}\n" for i in range(15))
    result, _ = explain(text, gtf_lines("b", EXONS), "--shuffles", "0")
    assert result.stderr.count("is not in the annotation") == 10
    assert "5 more were not placed either" in result.stderr


def test_isoforms_have_a_track_each(explain):
    text = f">a\n{SEQUENCE}\n>b\n{SEQUENCE}\n"
    gtf = gtf_lines("a", EXONS) + gtf_lines("b", EXONS) + gtf_lines("b", EXONS, chrom="chrY")
    _, out = explain(text, gtf)
    assert list(bedgraph(out / "scores.genome.bedgraph")) == ["a", "b"]
    records = json.loads((out / "explanation.json").read_text())["records"]
    assert records[1]["genome"].endswith("the annotation also has it on chrY (+)")


def test_refused_records_are_not_looked_for(explain):
    result, _ = explain(f">a\n{SEQUENCE}\n>empty\n", gtf_lines("a", EXONS))
    assert "empty" not in result.stderr


@pytest.mark.parametrize(
    ("gtf", "reason"),
    [("x\n", "line 1: 1 column where a GTF has 9"), ("", "holds no exon"), (None, "no such file")],
)
def test_a_malformed_gtf_is_told_before_anything_slow(explain, run, fasta, tmp_path, gtf, reason):
    if gtf is None:
        result = run(
            "explain", fasta(">a\nACGU\n"), "-o", tmp_path / "out", "--gtf", tmp_path / "n"
        )
    else:
        result, _ = explain(f">a\n{SEQUENCE}\n", gtf, "--model", "no such model")
    assert result.exit_code == 2
    assert reason in result.stderr
    assert not (tmp_path / "out").exists()


def test_standard_input_is_read_once(run, tiny, tmp_path):
    path = tmp_path / "x.gtf"
    path.write_text(gtf_lines("a", EXONS))
    out = tmp_path / "out"
    result = run(
        *("explain", "-", "-o", out, "--gtf", path, "--model", tiny, "--steps", "4"),
        *("--tracks", "0", "--threads", "1"),
        stdin=f">a\n{SEQUENCE}\n",
    )
    assert result.exit_code == 0
    assert list(bedgraph(out / "scores.genome.bedgraph")) == ["a"]

import gzip
import io
import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

NUCLEUS, CYTOPLASM, UNSURE = "GCGCC" * 10 + "A", "AUUAA" * 10 + "G", "ACGU" * 12
COLUMNS = [
    "id", "gene", "symbol", "length", "status", "label", "p_Cytoplasm", "p_Nucleus",
    "members_agree", "applicability", "known_label", "related_label", "query_coverage",
    "reference_coverage", "frac_N", "warnings",
]  # fmt: skip
GENES = "".join(
    f">ENST0000000000{i}.1|ENSG0000000000{g}.1|-|-|S{g}-20{i}|S{g}|{len(s)}|lncRNA|\n{s}\n"
    for i, g, s in [(1, 1, NUCLEUS), (2, 1, CYTOPLASM + "AA"), (3, 2, NUCLEUS)]
)


def table(text):
    return pd.read_csv(io.StringIO(text), sep="\t", keep_default_na=False)


@pytest.fixture
def three(fasta, model):
    return fasta(f">n\n{NUCLEUS}\n>c\n{CYTOPLASM}\n>u\n{UNSURE}\n")


def test_one_row_per_record_in_order(run, three):
    result = run("localize", three)
    assert result.exit_code == 0
    found = table(result.stdout)
    assert list(found.columns) == COLUMNS
    assert list(found.id) == ["n", "c", "u"]
    assert list(found.label) == ["Nucleus", "Cytoplasm", "uncertain"]
    assert list(found.status) == ["predicted"] * 3
    assert "3 records: 1 Cytoplasm, 1 Nucleus, 1 uncertain" in result.stderr


def test_four_hundred_in_four_hundred_out(run, fasta, model):
    names = [f"t{i}" for i in range(400)]
    path = fasta("".join(f">{name}\n{UNSURE if i % 3 else 'AC'}\n" for i, name in enumerate(names)))
    result = run("localize", path)
    assert result.exit_code == 0
    found = table(result.stdout)
    assert list(found.id) == names
    assert list(found.status == "predicted") == [i % 3 > 0 for i in range(400)]


def test_output_goes_to_a_file(run, three, tmp_path):
    result = run("localize", three, "-o", tmp_path / "out.tsv")
    assert result.stdout == ""
    assert (tmp_path / "out.tsv").read_text() == run("localize", three).stdout


def test_stdin_and_dash(run, three, tmp_path):
    result = run("localize", "-", "-o", "-", stdin=three.read_bytes())
    assert result.stdout == run("localize", three).stdout


def test_jsonl(run, three):
    rows = [
        json.loads(line) for line in run("localize", three, "--format", "jsonl").stdout.splitlines()
    ]
    assert [list(row) for row in rows] == [COLUMNS] * 3
    assert rows[0]["gene"] is None
    assert rows[0]["p_Nucleus"] == pytest.approx(50 / 51)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("out.tsv.gz", partial(pd.read_csv, sep="\t")),
        ("out.csv", pd.read_csv),
        ("out.csv.gz", pd.read_csv),
        ("out.jsonl.gz", partial(pd.read_json, lines=True)),
        ("out.parquet", pd.read_parquet),
    ],
)
def test_the_ending_of_the_output_decides(run, three, tmp_path, name, read):
    assert run("localize", three, "-o", tmp_path / name).exit_code == 0
    found = read(tmp_path / name)
    assert list(found.columns) == COLUMNS
    assert list(found.id) == ["n", "c", "u"]
    assert (tmp_path / f"{name}.json").is_file()


def test_an_unknown_ending_is_refused_before_the_work(run, three, tmp_path, model):
    result = run("localize", three, "-o", tmp_path / "out.xlsx")
    assert result.exit_code == 2
    assert "Call it out.tsv." in result.stderr
    assert not model.seen


@pytest.fixture
def two(fasta, tmp_path):
    second = tmp_path / "b.fa.gz"
    second.write_bytes(gzip.compress(f">n\n{NUCLEUS}\n>bad\nNN\n".encode()))
    return fasta(f">n\n{NUCLEUS}\n>c\n{CYTOPLASM}\n", "a.fa"), second


def test_records_of_several_files_say_which(run, two, model, tmp_path):
    first, second = two
    result = run("localize", first, second, "-o", tmp_path / "out.tsv", "--report", tmp_path / "p")
    assert result.exit_code == 0
    found = table((tmp_path / "out.tsv").read_text())
    assert list(found.columns) == [*COLUMNS, "file"]
    assert list(found.id) == ["n", "c", "n", "bad"]
    assert list(found.file) == [str(first)] * 2 + [str(second)] * 2
    assert found.warnings[2] == "this id occurred before"
    assert json.loads((tmp_path / "out.tsv.json").read_text())["input"] == "a.fa, b.fa.gz"
    assert "a.fa, b.fa.gz" in (tmp_path / "p").read_text()
    genes = table(run("localize", first, second, "--by-gene").stdout)
    assert genes.columns[-1] == "file"


def test_refusals_of_several_files_name_the_one(run, two, model, tmp_path):
    first, second = two
    failed = run("localize", first, second, "--on-error", "fail")
    assert failed.exit_code == 2
    assert f"{second}, line 3, record bad" in failed.stderr
    missing = run("localize", first, tmp_path / "none.fa")
    assert missing.exit_code == 2
    assert "none.fa: no such file" in missing.stderr
    assert missing.stdout == ""
    over = run("localize", first, second, "-o", second)
    assert "would overwrite the input" in over.stderr
    stdin = run("localize", first, "-", stdin=f">z\n{NUCLEUS}\n".encode())
    assert list(table(stdin.stdout).file) == [str(first), str(first), "standard input"]


def test_any_number_of_classes(run, three, model):
    model.classes = ("A", "B", "C", "D")
    assert list(table(run("localize", three).stdout).columns)[6:10] == ["p_A", "p_B", "p_C", "p_D"]


@pytest.mark.parametrize(("limit", "label"), [("0.5", "Nucleus"), ("0.99", "uncertain")])
def test_uncertain(run, three, limit, label):
    assert table(run("localize", three, "--uncertain", limit).stdout).label[0] == label


@pytest.mark.parametrize("limit", ["1.5", "-0.1", "nan"])
def test_uncertain_is_a_probability(run, three, limit):
    result = run("localize", three, "--uncertain", limit)
    assert result.exit_code == 2
    assert "--uncertain" in result.stderr


def test_ids(run, fasta, model, tmp_path):
    wanted = tmp_path / "ids.txt"
    wanted.write_text("S2\nENST00000000001\nXIST\nENST00000000002.4\n")
    result = run("localize", fasta(GENES), "--ids", wanted)
    assert list(table(result.stdout).id) == ["ENST00000000001.1", "ENST00000000003.1"]
    assert "2 of 4 names are not in the input: XIST, ENST00000000002.4 (the in" in result.stderr
    assert "ENST00000000002.4 (the input has ENST00000000002.1)" in result.stderr
    assert len(model.seen) == 2


def test_ids_that_are_all_missing(run, fasta, model, tmp_path):
    wanted = tmp_path / "ids.txt"
    wanted.write_text("XIST\nNEAT1\n")
    result = run("localize", fasta(GENES), "--ids", wanted, "-o", tmp_path / "out.tsv")
    assert result.exit_code == 2
    assert "none of its 2 names is in the input: XIST, NEAT1; the input has ENST" in result.stderr
    assert not (tmp_path / "out.tsv").exists()


def test_many_missing_ids_take_one_line_and_go_to_a_file_on_request(run, fasta, model, tmp_path):
    wanted, missing = tmp_path / "ids.csv", tmp_path / "missing.txt"
    names = [f"NR_{i}" for i in range(3000)]
    wanted.write_text("gene_name,score\nS2,1\n" + "".join(f"{name},0\n" for name in names))
    result = run("localize", fasta(GENES), "--ids", wanted)
    (warning,) = [line for line in result.stderr.splitlines() if "not in the input" in line]
    assert "3,000 of 3,001 names are not in the input: NR_0, NR_1, " in warning
    assert "NR_9, ... (--missing OUT.txt writes all)" in warning
    assert "NR_10," not in warning
    assert run("localize", fasta(GENES), "--ids", wanted, "--missing", missing).exit_code == 0
    assert missing.read_text().splitlines() == names
    alone = run("localize", fasta(GENES), "--missing", missing)
    assert alone.exit_code == 2
    assert "--missing: needs --ids" in alone.stderr


def test_by_gene(run, fasta, model):
    result = run("localize", fasta(GENES), "--by-gene")
    found = table(result.stdout)
    assert list(found.columns) == [*COLUMNS, "isoforms", "isoforms_agree", "isoform_labels"]
    assert list(found.id) == ["ENST00000000002.1", "ENST00000000003.1"]
    assert list(found.isoforms) == [2, 1]
    assert list(found.isoforms_agree) == ["no", ""]
    assert "2 genes:" in result.stderr


@pytest.mark.parametrize("option", ["--gtf", "--gene-map"])
def test_genes_of_another_file(run, fasta, model, tmp_path, option):
    path = tmp_path / "genes"
    fact = 'gene_id "G1"; gene_name "MALAT1"; transcript_id "{}";'
    path.write_text(
        "".join(f"1\tx\texon\t1\t9\t.\t+\t.\t{fact.format(name)}\n" for name in "ab")
        if option == "--gtf"
        else "tx,gene,symbol\na,G1,MALAT1\nb,G1,MALAT1\n"
    )
    source = fasta(f">a\n{NUCLEUS}\n>b\n{CYTOPLASM}AA\n>c\n{NUCLEUS}\n")
    result = run("localize", source, "--by-gene", option, path)
    assert result.exit_code == 0
    found = table(result.stdout)
    assert list(found.id) == ["b", "c"]
    assert list(found.symbol) == ["MALAT1", ""]
    assert "1 gene and 1 record of no known gene: 1 Cytoplasm, 1 Nucleus" in result.stderr
    plain = run("localize", source, "--by-gene")
    assert "3 records of no known gene: " in plain.stderr
    assert "no header names a gene: give --gtf or --gene-map" in plain.stderr
    both = run("localize", source, "--gtf", path, "--gene-map", path)
    assert both.exit_code == 2
    strangers = run("localize", fasta(f">z\n{NUCLEUS}\n", "z.fa"), option, path)
    assert strangers.exit_code == 2
    assert "none of its 2 names is in the input: a, b; the input has z" in strangers.stderr


def test_report(run, three, tmp_path):
    page = tmp_path / "page.html"
    result = run("localize", three, "--report", page)
    assert result.exit_code == 0
    text = page.read_text()
    assert "3 records from <bdi>x.fa</bdi>, model <bdi>fake</bdi>" in text


def test_skipping_and_failing(run, fasta, model, tmp_path):
    path = fasta(f">a\n{NUCLEUS}\n>empty\n>b\n{NUCLEUS}\n")
    skipped = run("localize", path)
    assert skipped.exit_code == 0
    assert list(table(skipped.stdout).status == "predicted") == [True, False, True]
    out, page = tmp_path / "out.tsv", tmp_path / "page.html"
    failed = run("localize", path, "--on-error", "fail", "-o", out, "--report", page)
    assert failed.exit_code == 2
    assert "x.fa, line 3, record empty" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not out.exists()
    assert not page.exists()


def test_nothing_predicted_is_an_error_with_its_rows_written(run, fasta, model, tmp_path):
    out = tmp_path / "out.tsv"
    result = run("localize", fasta(">a\n>b\nAC\n"), "-o", out)
    assert result.exit_code == 2
    assert len(table(out.read_text())) == 2
    assert "no record could be predicted; the first: a" in result.stderr


@pytest.mark.parametrize("option", ["-o", "--report"])
def test_the_input_is_not_overwritten(run, three, option):
    before = three.read_bytes()
    result = run("localize", three, option, three)
    assert result.exit_code == 2
    assert "would overwrite the input" in result.stderr
    assert three.read_bytes() == before


def test_table_and_report_are_two_files(run, three, tmp_path):
    result = run("localize", three, "-o", tmp_path / "x", "--report", tmp_path / "x")
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--ids", "nowhere.txt"], "nowhere.txt: no such file"),
        (["-o", "nowhere/out.tsv"], "cannot be written"),
        (["--device", "abacus"], "'abacus' is not available here"),
    ],
)
def test_options_that_cannot_be(run, three, options, message):
    result = run("localize", three, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_missing_input(run, model):
    result = run("localize", "nowhere.fa")
    assert result.exit_code == 2
    assert "nowhere.fa" in result.stderr


@pytest.fixture(scope="module")
def transcripts(root):
    """Text of each simulated transcript that ships, by its header."""
    records = (root / "data" / "simulated_transcripts.fasta").read_text().split(">")[1:13]
    return dict(record.split("\n", 1) for record in records)


def rows(result):
    assert result.exit_code == 0, result.stderr
    header, *lines = result.stdout.splitlines()
    return {line.split("\t")[0]: line for line in lines}, header


def test_a_row_does_not_depend_on_its_neighbours(run, fasta, transcripts, monkeypatch):
    """What the shipped model says of a record is the same text in any company, order and chunk."""

    def localize(headers, *options):
        text = "".join(f">{header}\n{transcripts[header]}" for header in headers)
        return rows(run("localize", fasta(text), *options))[0]

    headers = list(transcripts)
    expected = localize(headers)
    assert len(expected) == len(headers)
    assert localize(headers[::-1]) == expected
    assert localize(headers, "--threads", "2") == localize(headers, "--threads", "1") == expected
    alone = [localize([header]) for header in headers]
    assert {name: line for one in alone for name, line in one.items()} == expected
    for size in (1, 5):
        monkeypatch.setattr("graphkit.tasks.localize.predictions._CHUNK_RECORDS", size)
        assert localize(headers) == expected


@pytest.mark.parametrize("form", ["tsv", "jsonl"])
def test_copies_of_a_record_get_one_row(run, fasta, transcripts, form):
    sequence = next(iter(transcripts.values()))[:460]
    path = fasta("".join(f">copy{i:02}\n{sequence}\n" for i in range(24)))
    lines = run("localize", path, "--format", form).stdout.splitlines()[-24:]
    assert len({line.replace(f"copy{i:02}", "copy") for i, line in enumerate(lines)}) == 1


def of(letters, length, seed=0):
    return "".join(np.random.default_rng(seed).choice(list(letters), length))


NONSENSE = {
    "AT x 15": "AT" * 15,
    "A x 25": "A" * 25,
    "5,000 N and 30 letters": "N" * 5000 + of("ACGT", 30),
    "a read of 25": of("ACGT", 25),
    "a read of 150": of("ACGT", 150),
    "A x 1,000": "A" * 1000,
    "G x 400": "G" * 400,
    "a dinucleotide": "AC" * 500,
    "a trinucleotide": "CAG" * 400,
    "a repeat of 7": "TTAGGGA" * 150,
    "two letters": of("AC", 1000),
    "two other letters": of("GC", 600),
    "letters of chance": of("ACGT", 1500),
    "N between": ("N" * 60 + of("ACGT", 40)) * 20,
}


def test_nonsense_is_not_answered(run, fasta):
    """The shipped model knows what it was taught."""
    result = run(
        "localize", fasta("".join(f">{name}\n{text}\n" for name, text in NONSENSE.items()))
    )
    assert result.exit_code == 0
    found = table(result.stdout)
    assert list(found.label[found.status == "outside_domain"].unique()) == ["uncertain"]
    other = found.id[found.status != "outside_domain"]
    assert all(found.status[other.index].str.startswith("not_predicted: "))
    assert len(other) <= 2
    assert (found.warnings[found.status == "outside_domain"] != "").all()
    assert (pd.to_numeric(found.applicability[found.status == "outside_domain"]) < 0.01).all()


def test_transcripts_of_mice_are_answered(run, root):
    found = table(run("localize", root / "data" / "mouse_lincrnas.fasta").stdout)
    assert list(found.status) == ["predicted"] * 3
    assert set(found.label) == {"Cytoplasm", "Nucleus"}
    assert (found.applicability > 0.05).all()


def test_transcripts_of_a_bed12_and_a_genome(run, model, tmp_path):
    (tmp_path / "g.fa").write_text(f">1\n{'ACGGUGCUAGCAUUGACUAG' * 20}\n")
    line = "chr1\t10\t310\tt{0}\t0\t{1}\t0\t0\t0\t2\t100,150,\t0,150,\n"
    (tmp_path / "a.bed").write_text(line.format(1, "+") + line.format(2, "-"))
    result = run("localize", tmp_path / "a.bed", "--genome", tmp_path / "g.fa")
    assert result.exit_code == 0
    assert [len(record.sequence) for record in model.seen] == [250, 250]
    assert [row.split("\t")[0] for row in result.stdout.splitlines()[1:]] == ["t1", "t2"]

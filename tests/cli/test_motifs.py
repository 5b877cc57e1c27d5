import csv
from types import SimpleNamespace

import pytest

from graphkit.datasets import SimulationParams, simulate_transcripts
from graphkit.motifs import Enrichment, Motif, MotifResult, MotifTable, knock_out

SEQUENCE = "ACGGUGCUAGCAUUGACUAGGCUAAUCGCAUCUUUAUUUAGCGC" * 3
FILES = ["index.html", "motifs.meme", "motifs.tsv", "motifs.tsv.json"]


def simulated(n=12, *, label=True):
    params = SimulationParams(n_transcripts=n, length=(150, 200), n_sites=3)
    return "".join(
        f">{one.record.id if label else one.record.id.partition('|')[0]}\n{one.record.sequence}\n"
        for one in simulate_transcripts(params, seed=3)
    )


@pytest.fixture
def motifs(run, fasta, tiny, tmp_path):
    """Run ``graphkit motifs`` on text; return the result and the folder it was to make."""

    def motifs(text, *options):
        out = tmp_path / "out"
        result = run(
            *("motifs", fasta(text), "-o", out, "--model", tiny, "--steps", "4"),
            *("--shuffles", "0", "--threads", "1", *options),
        )
        assert "Traceback" not in result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result, out

    return motifs


def rows(out):
    with (out / "motifs.tsv").open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture
def found(monkeypatch):
    """Whatever is searched, two motifs come of it; return what the search was given."""
    given = {}

    def discover(tracks, *, labels, **more):
        given.update(more, tracks=tracks, labels=labels)
        short = Motif.from_consensus("ACU", n_sites=9)
        tested = None if labels is None else Enrichment(3, 1.5, 6, 0.001, 0.01, (0.1, 0.3), (9, 9))
        rows = [
            MotifResult(
                motif=Motif.from_consensus(consensus, n_sites=12),
                favours=more["classes"][1],
                n_transcripts=9,
                descriptive=labels is None,
                enrichment=tested,
                knock_out=knock_out(more["effect"], [t.codes for t in tracks], short, p=0.05),
            )
            for consensus in ("GCCUCCC", "UGUANAUA")
        ]
        return MotifTable(
            rows=tuple(rows), classes=more["classes"], n_tracks=len(tracks), n_seqlets=30,
            n_tested=len(tracks), descriptive=labels is None,
        )  # fmt: skip

    monkeypatch.setattr("graphkit.motifs.discover", discover)
    return given


def test_motifs_of_labelled_records(motifs, found):
    result, out = motifs(simulated(12))
    assert result.exit_code == 0
    assert found["labels"] == [0, 1] * 6
    assert found["classes"] == ("Cytoplasm", "Nucleus")
    assert found["nulls"] is None
    table = rows(out)
    assert [row["consensus"] for row in table] == ["GCCUCCC", "UGUANAUA"]
    assert [(row["status"], row["q"]) for row in table] == [("tested", "0.01")] * 2
    assert all(float(row["knock_out"]) for row in table)
    assert sorted(path.name for path in out.iterdir()) == sorted([*FILES, "logos"])
    assert len(list((out / "logos").iterdir())) == 2
    page = (out / "index.html").read_text()
    assert page.count("<svg") == 2
    assert "6 Nucleus and 6 Cytoplasm" in page


def test_without_measured_labels_nothing_has_a_q(motifs, found):
    result, out = motifs(simulated(6, label=False), "--class", "cytoplasm", "--shuffles", "1")
    assert result.exit_code == 0
    assert found["labels"] is None
    assert found["classes"] == ("Nucleus", "Cytoplasm")
    assert [len(nulls) for nulls in found["nulls"]] == [1] * 6
    assert "descriptive, without q-values: no record has a measured label" in result.stderr
    assert [(row["status"], row["q"]) for row in rows(out)] == [("descriptive", "")] * 2
    assert "Descriptive, nothing was tested" in (out / "index.html").read_text()


def test_labels_from_a_table_and_from_two_files(motifs, fasta, tmp_path):
    text = simulated(12, label=False)
    table = tmp_path / "labels.tsv"
    table.write_text("".join(f"sim{i + 1:04d}\t{'CN'[i % 2]}\n" for i in range(12)))
    result, out = motifs(text, "--labels", table)
    assert result.exit_code == 2
    assert "the model has no class 'C'" in result.stderr
    assert not out.exists()
    full = table.read_text().replace("\tC\n", "\tCytoplasm\n").replace("\tN\n", "\tNucleus\n")
    table.write_text(full)
    result, out = motifs(text, "--labels", table)
    assert result.exit_code == 0
    assert "no record has a measured label" not in result.stderr
    other = fasta(simulated(5, label=False), "other.fa")
    result, out = motifs(text, "--against", other, "--force")
    assert result.exit_code == 0
    assert "in 17 records" in result.stderr
    result, _ = motifs(text, "--labels", table, "--against", other, "--force")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_labels_of_other_records_are_refused_with_both_sides(motifs, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("id,label\nx1,Nucleus\nx2,Cytoplasm\n")
    result, out = motifs(simulated(6, label=False), "--labels", table)
    assert result.exit_code == 2
    assert "none of its 2 names is in the input: x1, x2; the input has " in result.stderr
    assert not out.exists()


def test_labels_of_no_record_are_counted(motifs, found, tmp_path):
    table = tmp_path / "labels.csv"
    named = [f"sim{i + 1:04d},{('Nucleus', 'Cytoplasm')[i % 2]}\n" for i in range(6)]
    table.write_text(f"id,label\n{''.join(named)}x1,Nucleus\n")
    result, _ = motifs(simulated(6, label=False), "--labels", table)
    assert result.exit_code == 0
    assert "1 ids of the label table are not in the input" in result.stderr


def test_a_file_against_itself_is_refused(motifs, tmp_path):
    (tmp_path / "link.fa").symlink_to(tmp_path / "x.fa")
    for name in ("x.fa", "link.fa"):
        result, _ = motifs(simulated(6, label=False), "--against", tmp_path / name)
        assert result.exit_code == 2
        assert f"{name}, --against: is the input itself" in result.stderr


def test_labels_that_are_no_classes_are_told(motifs):
    text = simulated().replace("|Nucleus", "|Chromatin").replace("|Cytoplasm", "|ER")
    result, _ = motifs(text)
    assert result.exit_code == 0
    assert "the labels of the headers ('ER', 'Chromatin') are no classes" in result.stderr


@pytest.mark.parametrize("sequence", ["A" * 200, "AC" * 100])
def test_nothing_stands_out(motifs, sequence):
    result, out = motifs(f">a\n{sequence}\n")
    assert result.exit_code == 0
    assert "no motif: 0 stretches stand out" in result.stderr
    assert rows(out) == []
    assert sorted(path.name for path in out.iterdir()) == FILES


def test_nothing_explained(motifs):
    result, out = motifs(f">a\n>n\n{'N' * 300}\n")
    assert result.exit_code == 2
    assert "no record could be explained" in result.stderr
    assert "2 records not explained, the first a: not_explained" in result.stderr
    assert sorted(path.name for path in out.iterdir()) == FILES


def test_refused_records_are_counted(motifs):
    result, _ = motifs(f">a\n{SEQUENCE}\n>none\n")
    assert result.exit_code == 0
    assert "1 records not explained, the first none" in result.stderr


@pytest.mark.parametrize(
    ("database", "reason"),
    [("", "empty"), ("hello\n", "bad.meme"), ("MEME version 4\n\nMOTIF a\nx\n", "bad.meme")],
)
def test_a_malformed_database_is_told_before_anything_slow(motifs, tmp_path, database, reason):
    path = tmp_path / "bad.meme"
    path.write_text(database)
    result, out = motifs(simulated(), "--database", path, "--model", "no such model")
    assert result.exit_code == 2
    assert reason in result.stderr
    assert "no such model" not in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--class", "Chromatin"), "Choose one of Cytoplasm, Nucleus."),
        (("--fdr", "2"), "--fdr: 2.0 is no rate"),
        (("--database", "none.meme"), "no such file or folder"),
        (("--against", "none.fa"), "no such file"),
        (("--labels", "none.tsv"), "none.tsv"),
    ],
)
def test_bad_options(motifs, options, reason):
    result, out = motifs(simulated(), *options)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert not out.exists()


def test_more_than_two_classes_need_a_choice(motifs, monkeypatch):
    many = SimpleNamespace(ensemble_=SimpleNamespace(classes=("A", "B", "C"), positive=None))
    monkeypatch.setattr("graphkit.cli.motifs.load_model", lambda *_args, **_options: many)
    result, _ = motifs(simulated())
    assert result.exit_code == 2
    assert "--class: the model has 3 classes. Choose one of A, B, C." in result.stderr


def test_older_results_need_force(motifs):
    motifs(f">a\n{SEQUENCE}\n")
    result, _ = motifs(f">a\n{SEQUENCE}\n")
    assert result.exit_code == 2
    assert "--force" in result.stderr


def test_help_says_where_databases_are(run):
    text = run("motifs", "--help").stdout
    for name in ("MEME Suite", "ATtRACT", "CISBP-RNA"):
        assert name in text
    assert text.count("--database ") >= 4

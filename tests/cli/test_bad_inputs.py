"""Bad input as the command line meets it."""

import gzip
import io
import re
from pathlib import Path

import pandas as pd
import pytest

ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"


@pytest.fixture
def localize(run, fasta, model):
    """Run ``graphkit localize`` on bytes; return exit status, table or None, and stderr."""

    def localize(content, *options, name="x.fa"):
        result = run("localize", fasta(content, name), *options)
        assert "Traceback" not in result.stderr
        assert result.exception is None or isinstance(result.exception, SystemExit)
        frame = None
        if result.stdout:
            frame = pd.read_csv(io.StringIO(result.stdout), sep="\t", keep_default_na=False)
        return result.exit_code, frame, result.stderr

    return localize


def refused(outcome, *words):
    status, frame, stderr = outcome
    assert status == 2
    assert frame is None
    assert stderr.count("Error:") == 1
    assert stderr.count("\n") == 1
    for word in ("x.fa", *words):
        assert word in stderr


@pytest.mark.parametrize("text", ["", "\n\n  \n"])
def test_no_records_are_refused(localize, text):
    refused(localize(text), "no records")


def test_text_before_the_first_header_is_refused_and_a_bare_sequence_read(localize):
    refused(localize(f"hello\n>a\n{ROW}\n"), "line 1")
    status, frame, _ = localize(ROW)
    assert status == 0
    assert list(frame.id) == ["seq1"]


def test_a_header_without_id_is_numbered(localize):
    _, frame, _ = localize(f">a\n{ROW}\n>\n{ROW}\n")
    assert list(frame.id) == ["a", "record_2"]
    assert frame.warnings[1] != ""


def test_a_record_without_sequence_keeps_its_row(localize):
    status, frame, _ = localize(f">a\n>b\n{ROW}\n")
    assert status == 0
    assert frame.status[0].startswith("not_predicted: ")
    assert frame.label[0] == ""
    assert frame.status[1] == "predicted"


def test_duplicate_ids_keep_their_rows_and_warn(localize):
    _, frame, _ = localize(f">a\n{ROW}\n>b\n{ROW}\n>a\n{ROW}\n")
    assert list(frame.id) == ["a", "b", "a"]
    assert [bool(w) for w in frame.warnings] == [False, False, True]


def test_case_and_t_for_u_give_the_same_table(localize):
    tables = [localize(f">a\n{s}\n")[1] for s in (ROW, ROW.lower(), ROW.replace("U", "T"))]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_too_few_valid_kmers_are_not_predicted(localize):
    status, frame, _ = localize(f">n\n{'N' * 80}\n>short\n{ROW[:23]}\n>enough\n{ROW[:24]}\n")
    assert status == 0
    assert [s == "predicted" for s in frame.status] == [False, False, True]
    assert "too few valid k-mers (19 < 20)" in frame.status[1]


def test_iupac_letters_and_stars_warn_and_gaps_are_not_predicted(localize):
    _, frame, _ = localize(f">iupac\n{ROW}RY{ROW}\n>gap\n{ROW}--{ROW}\n>star\n{ROW}*\n")
    assert [s == "predicted" for s in frame.status] == [True, False, True]
    assert "align" in frame.status[1]
    assert all(frame.warnings[[0, 2]] != "")


def test_protein_is_not_predicted(localize):
    protein = "MKTLLVEFWQPSIDEHKRAVNQLFEMWTYPLKDEVISRMKQEFLPWHNDR"
    status, frame, stderr = localize(f">p\n{protein}\n")
    assert status == 2
    assert "protein" in frame.status[0]
    assert "no record could be predicted" in stderr


@pytest.mark.parametrize("length", range(7))
def test_very_short_records_keep_their_row(localize, length):
    status, frame, _ = localize(f">a\n{ROW[:length]}\n>b\n{ROW}\n")
    assert status == 0
    assert frame.status[0].startswith("not_predicted")
    assert frame.length[0] == length


def test_gzip_of_one_or_two_members_gives_the_same_table(localize):
    text = f">a\n{ROW}\n>b\n{ROW[::-1]}\n".encode()
    plain = localize(text)[1]
    for packed in (gzip.compress(text), gzip.compress(text[:30]) + gzip.compress(text[30:])):
        assert localize(packed)[1].equals(plain)


def test_truncated_gzip_leaves_no_output(localize, tmp_path):
    packed = gzip.compress(f">a\n{ROW}\n".encode() * 50)[:-12]
    refused(localize(packed, "-o", tmp_path / "out.tsv"), "truncated gzip")
    assert [path.name for path in tmp_path.iterdir()] == ["x.fa"]


NASTY = [
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\U0001f9ec\U0001f52c",
    "=cmd()",
    "+1",
    "-1",
    "@SUM(A1)",
    "{{7*7}}",
    "'\"><img/src=x>",
]


def test_headers_that_mean_something_elsewhere_stay_text(localize, tmp_path):
    page = tmp_path / "page.html"
    text = "".join(f">{name}\n{ROW}\n" for name in NASTY)
    status, frame, _ = localize(text, "--report", page)
    assert status == 0
    kept = [f"'{name}" if name[0] in "=+-@" else name for name in NASTY]
    assert list(frame.id) == kept
    html = page.read_text()
    assert "<script" not in html
    assert "<img" not in html
    assert "{{7*7}}" in html
    assert {path.name for path in tmp_path.iterdir()} == {"x.fa", "page.html"}


def test_a_header_of_a_megabyte_is_kept_and_cut_for_display(localize, tmp_path):
    page = tmp_path / "page.html"
    status, frame, stderr = localize(f">{'x' * 1_000_000}\n{ROW}\n", "--report", page)
    assert status == 0
    assert len(frame.id[0]) == 1_000_000
    assert page.stat().st_size < 50_000
    status, _, stderr = localize(f">{'x' * 1_000_000}\nAC\n")
    assert status == 2
    assert len(stderr) < 5_000


def test_escape_sequences_do_not_reach_the_terminal(localize):
    status, frame, stderr = localize(">a\x1b[2Jb\nAC\n")
    assert status == 2
    assert "\x1b" not in stderr
    assert "\x1b" not in frame.id[0]


def test_many_tiny_records_keep_their_rows(localize, tmp_path):
    n = 5_000
    text = "".join(f">{i}\nACGU\n" for i in range(n))
    status, *_ = localize(text, "-o", tmp_path / "out.tsv", "--report", tmp_path / "p.html")
    assert status == 2
    assert len((tmp_path / "out.tsv").read_text().splitlines()) == n + 1
    page = (tmp_path / "p.html").read_text()
    assert len(re.findall("<tr", page)) == 2_001
    assert "The first 2,000 of 5,000" in page


def test_a_full_disk_is_named(localize, tmp_path):
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    status, _, stderr = localize(f">a\n{ROW}\n", "-o", full)
    assert status == 2
    assert "full: cannot be written: No space left" in stderr


def test_a_read_only_place_is_named(localize, monkeypatch, tmp_path):
    allowed = Path.open

    def refuse(path, mode="r", **more):
        if mode == "xb":
            raise PermissionError(13, "Permission denied", str(path))
        return allowed(path, mode, **more)

    monkeypatch.setattr(Path, "open", refuse)
    status, _, stderr = localize(f">a\n{ROW}\n", "-o", tmp_path / "out.tsv")
    assert status == 2
    assert "out.tsv: cannot be written: Permission denied" in stderr

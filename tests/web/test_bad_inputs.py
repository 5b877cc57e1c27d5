"""Bad input as the form meets it: the words of the command line, with status 422."""

import gzip

import pytest

from graphkit.web.limits import Limits

ROW = "ACGUUGCAUGCUAGCAUCGGAUCGAUCGUACGUAGCUAGC"


@pytest.fixture
def page(open_page):
    return open_page()


def rows(page, told):
    heading, *lines = page.get(told["files"]["table.tsv"]).text.splitlines()
    return [dict(zip(heading.split("\t"), line.split("\t"), strict=True)) for line in lines]


def refused(answered, *words):
    assert answered.status_code == 422
    for word in words:
        assert word in answered.text
    assert "<form" in answered.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no records"),
        ("\n\n  \n", "no records"),
        (f"hello\n>a\n{ROW}\n", "text before the first &#39;&gt;&#39;"),
        ("@r\nACGU\n+\nIIII\n", "FASTQ"),
        ("\x00\x01\x02", "not FASTA text"),
    ],
)
def test_text_that_is_no_fasta_is_refused(page, send, text, words):
    refused(send(page, text), words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "not FASTA text"),
        (f">a\n{ROW}\n".encode("utf-16"), "not FASTA text"),
        (gzip.compress(f">a\n{ROW}\n".encode())[:-9], "truncated gzip"),
        (b"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system", "FASTA"),
        (b"PK\x03\x04" + bytes(64), "FASTA"),
    ],
    ids=["png", "utf-16", "truncated", "pickle", "zip"],
)
def test_a_file_that_is_no_fasta_is_refused(page, send, content, words):
    refused(send(page, file=("x.fa", content)), words)


def test_a_bomb_is_refused_while_it_is_read(page, send):
    bomb = gzip.compress(b">a\n" + bytes(b"A" * 60 + b"\n") * 2_000_000, 9)
    assert len(bomb) < 1_000_000
    refused(send(page, file=("x.fa.gz", bomb)), "expands more than 200 times")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f">a\n>b\n{ROW}\n", ["not_predicted: no sequence", "ok"]),
        (f">a\n{'N' * 80}\n", ["not_predicted"]),
        (">a\nMKVLAAGIVGLPEFWYQQRRKKHHSSTT\n", ["not_predicted"]),
        (f">a\n{ROW[:20]}--{ROW}\n", ["not_predicted"]),
        (f">a\n{'A' * 1000}\n", ["ok"]),
        (f">a\n{ROW[:5]}\n", ["not_predicted"]),
        (ROW, ["ok"]),
        (f">\n{ROW}\n", ["ok"]),
        (f">a\r{ROW}\r>a\r{ROW}", ["ok", "ok"]),
    ],
)
def test_a_record_that_cannot_be_predicted_keeps_its_row(page, send, text, status):
    found = rows(page, send(page, text))
    assert len(found) == len(status)
    for row, expected in zip(found, status, strict=True):
        predicted = row["status"] in {"predicted", "outside_domain"}
        assert predicted if expected == "ok" else row["status"].startswith(expected)


def test_case_and_t_for_u_do_not_matter(page, send):
    upper, lower = (rows(page, send(page, f">a\n{text}\n")) for text in (ROW, ROW.lower()))
    dna = rows(page, send(page, f">a\n{ROW.replace('U', 'T')}\n"))
    assert upper == lower == dna


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "../../x", "=cmd()", "🧬", "a" * 10**6]
)
def test_a_header_is_text_and_nothing_else(page, send, name):
    told = send(page, f">{name}\n{ROW}\n", file=None)
    assert told["state"] == "done"
    shown = page.get(told["page"]).text
    assert "<script" not in shown
    assert len(shown) < 100_000
    assert rows(page, told)[0]["id"].endswith(name)


def test_the_name_of_an_upload_is_shown_and_never_a_path(page, send):
    told = send(page, file=("../../<script>.fa", f">a\n{ROW}\n".encode()))
    shown = page.get(told["page"]).text
    assert "&lt;script&gt;.fa" in shown
    assert "<script" not in shown


def test_caps_of_number_and_length(open_page, send):
    page = open_page(limits=Limits(sequences=2, letters=50))
    refused(send(page, f">a\n{ROW}\n" * 3), "more than 2 sequences")
    found = rows(page, send(page, f">a\n{ROW}{ROW}\n>b\n{ROW}\n"))
    assert found[0]["status"].startswith("not_predicted")
    assert found[1]["status"] in {"predicted", "outside_domain"}


def test_pasted_text_and_a_file_are_one_too_many(page, send):
    refused(send(page, ROW, file=("x.fa", ROW.encode())), "Give one of both")

"""The input is opened early, counted only where that is cheap, and named in every message."""

import contextlib
import gzip
import io
import sys

import pytest

from graphkit.cli.terminal import reading
from graphkit.errors import InputError
from graphkit.sequences import streams
from graphkit.types import Prediction

ROW = Prediction("a", None, None, 0, "not_predicted: no sequence")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def counted(source):
    """Count while somebody sits at the terminal."""
    with contextlib.redirect_stderr(Terminal()):
        return reading.count_records(str(source))


def test_a_wrong_file_is_told_at_once(fasta):
    with pytest.raises(InputError, match="no records"):
        reading.begin_reading(str(fasta("")))


def test_no_record_is_lost_and_the_rest_is_lazy(fasta):
    records = reading.begin_reading(str(fasta(">a\nAC\n>b\nGU\n")))
    assert [record.id for record in records] == ["a", "b"]


def test_reading_from_the_keyboard_says_how_to_end(monkeypatch):
    keyboard, screen = Terminal(), Terminal()
    keyboard.buffer = io.BytesIO(b">a\nAC\n")
    monkeypatch.setattr(sys, "stdin", keyboard)
    monkeypatch.setattr(sys, "stderr", screen)
    assert [record.id for record in reading.begin_reading("-")] == ["a"]
    assert "Ctrl-D" in screen.getvalue()


@pytest.mark.parametrize(("text", "n"), [(">a\nAC\n>b > c\nGU\n", 2), ("\n>a\nAC\n", 1)])
def test_records_are_counted(fasta, text, n):
    assert counted(fasta(text)) == n


def test_records_are_not_counted_where_that_is_slow_or_useless(fasta, monkeypatch):
    path = fasta(">a\nAC\n")
    assert counted(path) == 1
    assert reading.count_records(str(path)) is None
    assert counted("-") is None
    assert counted(fasta(gzip.compress(path.read_bytes()), "x.gz")) is None
    monkeypatch.setattr(reading, "MOST_TO_COUNT", 5)
    assert counted(path) is None


def failing(error):
    yield ROW
    raise error


@pytest.mark.parametrize(("source", "name"), [("x.fa", "x.fa"), ("-", "standard input")])
def test_an_error_about_a_record_gets_its_file(source, name):
    error = InputError("bad", record="b", line=3, slot="s", remedy="Mend it.")
    rows = streams.with_file(failing(error), source)
    assert next(rows) is ROW
    with pytest.raises(InputError) as caught:
        next(rows)
    told = caught.value
    assert (told.file, told.reason, told.record) == (name, "bad", "b")
    assert (told.line, told.slot, told.remedy) == (3, "s", "Mend it.")


def test_an_error_about_another_file_keeps_it():
    error = InputError("bad", file="model")
    with pytest.raises(InputError) as caught:
        list(streams.with_file(failing(error), "x.fa"))
    assert caught.value is error


def test_a_genome_that_is_not_there_is_told_even_where_it_is_not_needed(fasta, tmp_path):
    with pytest.raises(InputError, match="--genome: no such file"):
        reading.begin_reading(str(fasta(">a\nAC\n")), genome=tmp_path / "absent.fa")

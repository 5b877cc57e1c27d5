import pytest

from graphkit.errors import InputError
from graphkit.sequences.formats import refuse_binary, refuse_bytes, refuse_format


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\x1f\x8b\x08", "gzip inside gzip"),
        (b"BZh91AY&SY", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"PK\x03\x04", "ZIP"),
        (b"\xff\xfe>\0", "UTF-16"),
        (b"\xfe\xff\0>", "UTF-16"),
        (b"%PDF-1.7", "PDF"),
        (b"BAM\x01", "BAM"),
        (b"\x89HDF\r\n", "HDF5"),
    ],
)
def test_magic_bytes_are_named(head, name):
    with pytest.raises(InputError, match=f"x.fa: not FASTA text but .*{name}") as caught:
        refuse_binary(head, file="x.fa")
    assert caught.value.remedy


@pytest.mark.parametrize("head", [b"", b">a\nACGT\n", b"CRAMACGT", b"BAMBI", b"\x1b\t\f>a"])
def test_text_passes(head):
    refuse_binary(head, file=None)


def test_control_bytes_are_binary():
    refuse_binary(b">a\x01" + b"ACGT\n" * 100, file=None)
    with pytest.raises(InputError, match="binary"):
        refuse_binary(b"\x01\x02ACGT", file=None)


def test_bytes_are_always_refused():
    with pytest.raises(InputError, match=r"x\.fa, line 7"):
        refuse_bytes(file="x.fa", line=7)


@pytest.mark.parametrize(
    ("text", "name"),
    [(b"@HD\tVN", "SAM"), (b"@r1\nAC", "FASTQ"), (b"##gff-version 3", "GFF")],
)
def test_the_most_specific_name_wins(text, name):
    with pytest.raises(InputError, match=name):
        refuse_format(text, file=None, line=1)


def test_sequence_passes():
    refuse_format(b"ACGT\nACGT", file=None, line=1)

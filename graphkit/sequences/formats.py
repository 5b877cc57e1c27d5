"""Naming what a file is when it is not FASTA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError

if TYPE_CHECKING:
    from typing import NoReturn

_DECOMPRESS = "Decompress it first; gzip, bzip2 and xz are read as they are, packed once."
_CONVERT = "Convert it to FASTA."
_UTF8 = "Save it as UTF-8 text."

# The first bytes of files that are not text: what they are and what to do.
_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "gzip inside gzip", _DECOMPRESS),
    (b"BZh", "bzip2 inside other packing", _DECOMPRESS),
    (b"\xfd7zXZ", "xz inside other packing", _DECOMPRESS),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", _DECOMPRESS),
    (b"PK\x03\x04", "a ZIP archive", "Unpack it first."),
    (b"\xff\xfe", "UTF-16 text", _UTF8),
    (b"\xfe\xff", "UTF-16 text", _UTF8),
    (b"\x89PNG", "a PNG image", _CONVERT),
    (b"\xff\xd8\xff", "a JPEG image", _CONVERT),
    (b"GIF8", "a GIF image", _CONVERT),
    (b"%PDF", "a PDF document", _CONVERT),
    (b"{\\rtf", "an RTF document", "Save it as plain text."),
    (b"\x89HDF", "an HDF5 file", _CONVERT),
    (b"BAM\x01", "a BAM file", "Convert it: samtools fasta."),
    (b"CRAM\x02", "a CRAM file", "Convert it: samtools fasta."),
    (b"CRAM\x03", "a CRAM file", "Convert it: samtools fasta."),
    (b"\x1aC'A", "a 2bit file", "Convert it: twoBitToFa."),
    (b"C'A\x1a", "a 2bit file", "Convert it: twoBitToFa."),
)

# How the first line of other text formats begins; the longer of two matches stands first.
_TEXT: tuple[tuple[bytes, str, str], ...] = (
    (b"@HD\t", "SAM", "Convert it: samtools fasta."),
    (b"@SQ\t", "SAM", "Convert it: samtools fasta."),
    (b"@", "FASTQ", "Convert it: seqtk seq -a."),
    (b"LOCUS ", "GenBank", _CONVERT),
    (b"ID   ", "EMBL", _CONVERT),
    (b"CLUSTAL", "a CLUSTAL alignment", "Give the sequences without gaps, as FASTA."),
    (b"# STOCKHOLM", "a Stockholm alignment", "Give the sequences without gaps, as FASTA."),
    (b"#NEXUS", "NEXUS", _CONVERT),
    (b"##gff", "GFF", "Extract the sequences as FASTA: bedtools getfasta."),
    (b"##fileformat=VCF", "VCF", "Give the sequences as FASTA."),
    (b"#", "a table with # comments", "Give the sequences as FASTA."),
    (b"<", "HTML or XML", "Download the FASTA itself, not the page that shows it."),
    (b"{", "JSON", _CONVERT),
    (b"[", "JSON", _CONVERT),
)

HEAD = 16
"""Bytes that :func:`refuse_binary` needs to see."""

_LOOK = 1024
# NUL is not among them: one is enough, and whoever reads the lines tells where it stands.
_CONTROL = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\x1a\x1b"))
_MAX_CONTROL = 0.10


def refuse_binary(head: bytes, *, file: str | None) -> None:
    """Raise if the first bytes are those of something that is not text.

    Parameters
    ----------
    head
        The beginning of the file, at least ``HEAD`` bytes of it where it has them.
    file
        Its name for the message.

    Raises
    ------
    InputError
        Naming the format.
    """
    for magic, name, remedy in _BINARY:
        if head.startswith(magic):
            raise InputError(f"not FASTA text but {name}", file=file, remedy=remedy)
    look = head[:_LOOK]
    n_control = len(look) - len(look.translate(None, _CONTROL))
    if n_control > _MAX_CONTROL * len(look):
        refuse_bytes(file=file, line=1)


def refuse_bytes(*, file: str | None, line: int) -> NoReturn:
    """Raise for bytes that no text holds.

    Raises
    ------
    InputError
        Always.
    """
    raise InputError(
        "not FASTA text: binary data or UTF-16",
        file=file,
        line=line,
        remedy="Save it as plain UTF-8 text.",
    )


def refuse_format(text: bytes, *, file: str | None, line: int) -> None:
    """Raise if `text`, which begins without ``>``, is another format that has a name.

    Parameters
    ----------
    text
        From the first letter that is not blank on.
    file, line
        Where it stands.

    Raises
    ------
    InputError
        Naming the format.
    """
    for beginning, name, remedy in _TEXT:
        if text.startswith(beginning):
            raise InputError(f"not FASTA but {name}", file=file, line=line, remedy=remedy)

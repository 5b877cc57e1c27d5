"""Naming what a file is when it is not FASTA."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphkit.errors import InputError

if TYPE_CHECKING:
    from typing import NoReturn

    from graphkit.sequences.tables import Table

_DECOMPRESS = "Decompress it first; gzip, bzip2 and xz are read as they are, packed once."
_CONVERT = "Convert it to FASTA."
_UTF8 = "Save it as UTF-8 text."
_SAM = "Convert it: samtools fasta {file} > reads.fa."

_COUNTS = "Tables of cells and spots go to other verbs, such as graphkit cluster and denoise."
# The first bytes of files that are not text: what they are and what to do.
_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "gzip inside gzip", _DECOMPRESS),
    (b"BZh", "bzip2 inside other packing", _DECOMPRESS),
    (b"\xfd7zXZ", "xz inside other packing", _DECOMPRESS),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", _DECOMPRESS),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack it, or save it as CSV."),
    (b"\xd0\xcf\x11\xe0", "an Office document of old", "Save it as CSV."),
    (b"\xff\xfe", "UTF-16 text", _UTF8),
    (b"\xfe\xff", "UTF-16 text", _UTF8),
    (b"\x89PNG", "a PNG image", _CONVERT),
    (b"\xff\xd8\xff", "a JPEG image", _CONVERT),
    (b"GIF8", "a GIF image", _CONVERT),
    (b"%PDF", "a PDF document", _CONVERT),
    (b"{\\rtf", "an RTF document", "Save it as plain text."),
    (b"\x89HDF", "an HDF5 file", _COUNTS),
    (b"BAM\x01", "a BAM file", _SAM),
    (b"CRAM\x02", "a CRAM file", _SAM),
    (b"CRAM\x03", "a CRAM file", _SAM),
    (b"\x1aC'A", "a 2bit file", "Convert it: twoBitToFa."),
    (b"C'A\x1a", "a 2bit file", "Convert it: twoBitToFa."),
)

_UNALIGN = "Give it as FASTA without gaps: esl-reformat fasta {file} > sequences.fa, of HMMER."
_MOTIFS = "Give transcripts as FASTA here, and motifs to graphkit motifs --database."
_GENOME = (
    "Give its genome too, --genome genome.fa, or take the transcripts from it:"
    " gffread -w transcripts.fa -g genome.fa {file}."
)

# How other text formats begin; the longer of two matches stands first.
_TEXT: tuple[tuple[bytes, str, str], ...] = (
    (b"@HD\t", "SAM", _SAM),
    (b"@SQ\t", "SAM", _SAM),
    (b"@", "FASTQ", "Convert it: seqtk seq -a {file} > reads.fa."),
    (b"CLUSTAL", "a CLUSTAL alignment", _UNALIGN),
    (b"MUSCLE", "a CLUSTAL alignment", _UNALIGN),
    (b"PileUp", "an MSF alignment", _UNALIGN),
    (b"!!", "an MSF alignment", _UNALIGN),
    (b"# STOCKHOLM", "a Stockholm alignment", _UNALIGN),
    (b"##maf", "a MAF alignment", _UNALIGN),
    (b"#NEXUS", "NEXUS", _UNALIGN),
    (b"##gff", "GFF", _GENOME),
    (b"##fileformat=VCF", "VCF", "Give the sequences of transcripts as FASTA."),
    (b"MEME version", "a file of MEME motifs", _MOTIFS),
    (b"<", "HTML or XML", "Download the FASTA itself, not the page that shows it."),
    (b"{", "JSON", _CONVERT),
    (b"[", "JSON", _CONVERT),
    (b"version https://git-lfs", "a Git LFS pointer", "Fetch the file itself: git lfs pull."),
)

_WHOLE = re.compile(r"\d+")
_BASES, _STRAND = re.compile(r"[ACGTN.,*]+", re.IGNORECASE), re.compile(r"[-+.?]")
_TEN = re.compile(r"[ACGTUN]{1,10}", re.IGNORECASE)
_CIGAR = re.compile(r"\*|(\d+[MIDNSHPX=])+")

# What tables of other formats have at some places, the stricter of two first.
_WITH_SEQUENCES: tuple[tuple[dict[int, re.Pattern[str]], str, str], ...] = (
    ({1: _WHOLE, 3: _WHOLE, 4: _WHOLE, 5: _CIGAR}, "SAM", _SAM),
    ({0: _WHOLE, 1: _TEN, 2: _TEN}, "a sequence between numbers", "Take the numbers out."),
    ({0: re.compile("[HSLPW]")}, "GFA", "Give its segments as FASTA: gfatools gfa2fa {file}."),
)
_TABLES: tuple[tuple[dict[int, re.Pattern[str]], str, str], ...] = (
    ({3: _WHOLE, 4: _WHOLE, 6: _STRAND}, "GTF or GFF", _GENOME),
    ({1: _WHOLE, 3: _BASES, 4: _BASES}, "VCF", "Give the sequences of transcripts as FASTA."),
    (dict.fromkeys(range(1, 7), _WHOLE), "a table of counts", _COUNTS),
    (
        {1: _WHOLE, 2: _WHOLE},
        "BED",
        "Give its genome too, --genome genome.fa, where it is BED12, or take the sequences from it:"
        " bedtools getfasta -split -s -nameOnly -fi genome.fa"
        " -bed {file} -fo transcripts.fa.",
    ),
)

_LONG_LINE = 30  # letters: names are shorter

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
    """Raise if `text`, which begins without ``>``, begins like another format that has a name.

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
            raise _refusal(name, remedy, file, line)


def refuse_table(table: Table, *, file: str | None, line: int) -> None:
    """Raise for rows that are no table of sequences, naming them by what they hold.

    Raises
    ------
    InputError
        Naming the format, where it has a name.
    """
    sequences = table.sequences() is not None
    for places, name, remedy in _WITH_SEQUENCES if sequences else (*_WITH_SEQUENCES, *_TABLES):
        if table.mostly(places):
            raise _refusal(name, remedy, file, line)
    if table.head and len(table.head[0]) == 2 and all(map(_WHOLE.fullmatch, table.head[0])):
        raise _refusal("a PHYLIP alignment", _UNALIGN, file, line)
    if sequences:
        return
    widths = {len(cells) for cells in table.head}
    words = [cells[0] for cells in table.head]
    if widths == {1} and max(map(len, words)) >= _LONG_LINE:
        name, remedy = "lines without '>'", "Put > before each name, and its sequence below."
    elif widths == {1}:
        name = "a list of names" if len(table.head) > 1 else "a word"
        remedy = "Give the sequences as FASTA; names beside it, with --ids, choose among them."
    elif table.columns or (len(widths) == 1 and len(table.head) > 1):
        name = "a table without a column of sequences"
        remedy = "Call its column of sequences `sequence`, or give the sequences as FASTA."
    else:
        name, remedy = "other text", "Look into it: it may be a message instead of the file."
    raise _refusal(name, remedy, file, line)


def _refusal(name: str, remedy: str, file: str | None, line: int) -> InputError:
    remedy = remedy.replace("{file}", file or "FILE")
    return InputError(f"not FASTA but {name}", file=file, line=line, remedy=remedy)

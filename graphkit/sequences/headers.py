"""FASTA headers: which part is the transcript, the gene, the symbol, the label."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Style = Literal["gencode", "ensembl", "pipe", "plain"]

_ENSEMBL_ID = r"ENS[A-Z]*?{kind}\d+(?:\.\d+)?(?:_PAR_Y)?"
# Fields of a GENCODE transcript: transcript, gene, two HAVANA ids, name, symbol, length, biotype.
_GENCODE = re.compile(
    rf"({_ENSEMBL_ID.format(kind='T')})\|({_ENSEMBL_ID.format(kind='G')})"
    r"\|[^|\s]*\|[^|\s]*\|[^|\s]*\|([^|\s]*)\|\d+(?:\||\s|$)"
)
_ENSEMBL_GENE = re.compile(r"\sgene:(\S+)")
_ENSEMBL_SYMBOL = re.compile(r"\sgene_symbol:(\S+)")
# Only accessions known to carry versions: the symbols AC004156.1 and RP11-34P13.7 carry none.
_VERSIONED = re.compile(r"((?:ENS|OTT|NON)[A-Z]*\d+|[NX][MRGCTPW]_\d+)\.\d+(_PAR_Y)?")


class Header(NamedTuple):
    """What a header says.

    Parameters
    ----------
    id
        The transcript for GENCODE, else the header up to the first whitespace, pipes included.
    gene, symbol
        Gene identifier (its version kept) and gene symbol, where the style gives them.
    style
        ``"gencode"``, ``"ensembl"``, ``"pipe"`` (a ``|`` somewhere) or ``"plain"``.
    """

    id: str
    gene: str | None
    symbol: str | None
    style: Style


def parse_header(header: str) -> Header:
    """Read a header without its ``>``.

    Parameters
    ----------
    header
        Any text; an empty one gives an empty id.

    Examples
    --------
    >>> parse_header("ENST00000456328.2|ENSG00000290825.1|-|-|DDX11L2-202|DDX11L2|1657|lncRNA|")
    Header(id='ENST00000456328.2', gene='ENSG00000290825.1', symbol='DDX11L2', style='gencode')
    >>> parse_header("ENST00000415118.1 cdna chromosome:GRCh38:14:1:8:1 gene:ENSG00000223997.1")
    Header(id='ENST00000415118.1', gene='ENSG00000223997.1', symbol=None, style='ensembl')
    >>> parse_header("ENST00000504943|Nucleus")
    Header(id='ENST00000504943|Nucleus', gene=None, symbol=None, style='pipe')
    """
    words = header.split(maxsplit=1)
    name = words[0] if words else ""
    if "|" in name:
        gencode = _GENCODE.match(name)
        if gencode:
            transcript, gene, symbol = gencode.groups()
            return Header(transcript, gene, _given(symbol), "gencode")
    elif len(words) == 2 and "gene:" in words[1]:
        # The description is free text and comes last.
        facts = " " + words[1].split("description:", 1)[0]
        found = _ENSEMBL_GENE.search(facts)
        if found:
            symbol_found = _ENSEMBL_SYMBOL.search(facts)
            return Header(name, found[1], symbol_found[1] if symbol_found else None, "ensembl")
    return Header(name, None, None, "pipe" if "|" in header else "plain")


def strip_version(id: str) -> str:  # noqa: A002 - the field's name for it
    """Drop the version of an Ensembl, HAVANA, NONCODE or RefSeq accession.

    Other names are returned unchanged: clone-based symbols such as ``AC004156.1`` end in a
    number that is no version.

    Examples
    --------
    >>> strip_version("ENST00000456328.2"), strip_version("ENST00000381192.10_PAR_Y")
    ('ENST00000456328', 'ENST00000381192_PAR_Y')
    >>> strip_version("AC004156.1")
    'AC004156.1'
    """
    match = _VERSIONED.fullmatch(id)
    return match[1] + (match[2] or "") if match else id


def label_of(header: str) -> str | None:
    """Return the text after the last ``|`` of a header, None where there is none.

    Examples
    --------
    >>> label_of("ENST00000504943|Nucleus")
    'Nucleus'
    >>> label_of("ENST00000504943") is None
    True
    """
    _, pipe, label = header.rpartition("|")
    return (label.strip() or None) if pipe else None


def _given(field: str) -> str | None:
    return None if field in {"", "-"} else field

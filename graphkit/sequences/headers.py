"""FASTA headers: which part is the transcript, the gene, the symbol, the label."""

from __future__ import annotations

import re
from typing import NamedTuple

_ENSEMBL = r"ENS[A-Z]*?{kind}\d+(?:\.\d+)?(?:_PAR_Y)?"
# Fields of a GENCODE transcript: transcript, gene, two HAVANA ids, name, symbol, length, biotype.
_GENCODE = re.compile(
    rf"({_ENSEMBL.format(kind='T')})\|({_ENSEMBL.format(kind='G')})"
    r"\|[^|\s]*\|[^|\s]*\|[^|\s]*\|([^|\s]*)\|\d+(?:\||\s|$)"
)
# Transcripts whose names begin with that of their gene.
_IN_NAME = re.compile(
    r"(?P<Trinity>(?:TRINITY_\w+|comp\d+_c\d+|c\d+_g\d+))_(?:i|seq)\d+"
    r"|(?P<StringTie>M?STRG\.\d+)\.\d+"
    r"|(?P<PacBio>PB\.\d+)\.\d+(?:[|:].*)?"
    r"|(?P<LNCipedia>lnc-[\w.-]+|LINC\d+|[A-Z0-9-]+-(?:AS|IT|OT|DT)\d*):\d+"
    r"|(?P<TAIR>AT[1-5CM]G\d{5})\.\d+"
    r"|(?P<RGAP>LOC_Os\d\dg\d+)\.\d+"
    r"|(?P<MaizeGDB>Zm\d{5}[a-z]+\d{6})_T\d+"
    r"|(?P<Oases>Locus_\d+)_Transcript_.*"
    r"|NODE_\d+_length_\d+_cov_[\d.]+_(?P<rnaSPAdes>g\d+)_i\d+"
)
# What stands behind the name, the more particular dialects first: a sign of each that is quick to
# find, and where it says gene and symbol.
_BEHIND = tuple(
    (style, sign, re.compile(gene), re.compile(symbol))
    for style, sign, gene, symbol in (
        ("Ensembl", "gene:", r"\sgene:(\S+)", r"\sgene_symbol:(\S+)"),
        (
            "NCBI",
            "[",
            r"\[GeneID=(\d+)\]|\[db_xref=[^]]*\bGeneID:(\d+)|\[locus_tag=([^]]+)\]",
            r"\[gene=([^]]+)\]|^ (\S+) \[organism=",
        ),
        ("FlyBase", "FBgn", r"\bparent=(FBgn\d+)", r"\bname=([^;\s]+?)(?:-R[A-Z]+)?;"),
        ("TAIR", "Symbols:", r"(?!)", r"\| Symbols: ([^\s,|]+)"),
        # gffread, StringTie, Cufflinks, AGAT, WormBase; attributes of a GTF
        (
            "key=value",
            "gene",
            r"(?<![\[\w])gene(?:_?id)?(?:=\"?| \")([^\s;,|\"]+)",
            r"(?<![\[\w])gene_?(?:name|symbol)(?:=\"?| \")([^\s;,|\"]+)",
        ),
        ("Phytozome", "locus=", r"\slocus=(\S+)", r"(?!)"),
        ("RefSeq", "RNA", r"(?!)", r"\(([^()\s]+)\),[^()]*RNA\b[^()]*$"),
    )
)
_ANY_ENSEMBL_GENE = re.compile(r"(?<![A-Za-z])ENS[A-Z]{0,4}G\d{8,}(?:\.\d+)?(?:_PAR_Y)?")
_ACCESSIONS = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:ENS|OTT|NON)[A-Z]*T\d+|[NX][MR]_\d+)(?:\.\d+)?(?:_PAR_Y)?"
)
# Only accessions known to carry versions: the symbols AC004156.1 and RP11-34P13.7 carry none.
_VERSIONED = re.compile(r"((?:ENS|OTT|NON)[A-Z]*\d+|[NX][MRGCTPW]_\d+)\.\d+(_PAR_Y)?")
_LOOK = 2_000  # letters of a header that are looked at: some are a megabyte long


class Header(NamedTuple):
    """Fields of a header.

    Parameters
    ----------
    id
        The transcript for GENCODE, else the header up to the first whitespace, pipes included.
    gene, symbol
        Gene identifier (its version kept) and gene symbol, where the header gives them.
    style
        Whose way of writing gave them; else ``"piped"`` (a ``|`` somewhere) or ``"plain"``.
    """

    id: str
    gene: str | None
    symbol: str | None
    style: str


def parse_header(header: str) -> Header:
    """Read a header without its ``>``.

    Parameters
    ----------
    header
        Any text; an empty one gives an empty id.

    Examples
    --------
    >>> parse_header("ENST00000456328.2|ENSG00000290825.1|-|-|DDX11L2-202|DDX11L2|1657|lncRNA|")
    Header(id='ENST00000456328.2', gene='ENSG00000290825.1', symbol='DDX11L2', style='GENCODE')
    >>> parse_header("ENST00000415118.1 cdna chromosome:GRCh38:14:1:8:1 gene:ENSG00000223997.1")
    Header(id='ENST00000415118.1', gene='ENSG00000223997.1', symbol=None, style='Ensembl')
    >>> parse_header("ENST00000504943|Nucleus")
    Header(id='ENST00000504943|Nucleus', gene=None, symbol=None, style='piped')
    """
    if header.isalnum() and "ENS" not in header:  # one word without a sign that parts it
        return Header(header, None, None, "plain")
    name, *behind = header.split(maxsplit=1) or [""]
    if "|" in name and (gencode := _GENCODE.match(name)):
        transcript, gene, symbol = gencode.groups()
        return Header(transcript, gene, _given(symbol), "GENCODE")
    style = "piped" if "|" in header else "plain"
    gene = symbol = None
    if found := _IN_NAME.fullmatch(name[:_LOOK]):
        style = str(found.lastgroup)
        gene = found[style]
    elif "ENS" in name and (found := _ANY_ENSEMBL_GENE.search(name[:_LOOK])):
        gene, style = found[0], "Ensembl"
    if behind:
        # The description of Ensembl is free text and comes last.
        facts = f" {behind[0][:_LOOK]}".split("description:", 1)[0]
        for dialect, sign, genes, symbols in _BEHIND:
            if sign not in facts:
                continue
            told = genes.search(facts), symbols.search(facts)
            if any(told):
                gene, symbol, style = gene or _first(told[0]), _first(told[1]), dialect
                break
    return Header(name, gene, symbol, style)


def _first(found: re.Match[str] | None) -> str | None:
    return found[found.lastindex or 0] if found else None


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


def accessions(name: str) -> list[str]:
    """Return what a name may be looked up by: itself, its parts, the accessions within.

    Examples
    --------
    >>> accessions("ENST00000504943.1|Nucleus")
    ['ENST00000504943.1|Nucleus', 'ENST00000504943.1', 'Nucleus']
    >>> accessions("hg38_refGene_NR_046018")
    ['hg38_refGene_NR_046018', 'NR_046018']
    """
    parts = name.split("|") if "|" in name else []
    return list(dict.fromkeys([name, *filter(None, parts), *_ACCESSIONS.findall(name[:_LOOK])]))


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

"""Which protein a motif is of, from the tables that collections come with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Column of the motif and of the protein in CISBP-RNA, ATtRACT and RBPBench, lower case.
_MOTIF = ("motif_id", "matrix_id", "rbp_motif_id")
_PROTEIN = ("rbp_name", "gene_name")


def parse_proteins(text: str) -> Mapping[str, str] | None:
    r"""Read a table of tab-separated columns, the first line naming them.

    Parameters
    ----------
    text
        Such as CISBP-RNA's ``RBP_Information.txt`` or ATtRACT's ``ATtRACT_db.txt``.

    Returns
    -------
    mapping of str to str, or None
        Proteins of each motif, joined by commas where there are several; None where the first
        line names no column of motifs and of proteins.

    Examples
    --------
    >>> parse_proteins("Motif_ID\tRBP_Name\nM1\tPUM1\nM1\tPUM2\n")
    {'M1': 'PUM1,PUM2'}
    """
    head, *lines = text.splitlines() or [""]
    names = [name.strip().lower() for name in head.split("\t")]
    motif = next((names.index(name) for name in _MOTIF if name in names), None)
    protein = next((names.index(name) for name in _PROTEIN if name in names), None)
    if motif is None or protein is None:
        return None
    found: dict[str, list[str]] = {}
    for line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > max(motif, protein) and cells[motif] and cells[protein]:
            known = found.setdefault(cells[motif], [])
            if cells[protein] not in known:
                known.append(cells[protein])
    return {key: ",".join(values) for key, values in found.items()}

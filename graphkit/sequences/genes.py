"""Genes of transcripts, from a table or a GTF, for headers that do not say them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences.gtf import read_genes
from graphkit.sequences.selection import Selection
from graphkit.sequences.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graphkit.types import Record

_REMEDY = "Write transcript<TAB>gene, and a symbol behind them where there is one."


class GeneMap:
    """Gene and symbol of transcripts.

    Parameters
    ----------
    path
        A table whose columns are called ``transcript``, ``gene`` and ``symbol``, among others, or
        are these three in this order; or a GTF.
    gtf
        Whether it is a GTF.

    Raises
    ------
    InputError
        If the file cannot be read or holds no gene of a transcript.
    """

    def __init__(self, path: Path, *, gtf: bool = False) -> None:
        self._path = path
        self._genes = read_genes(path) if gtf else _read_map(path)
        self._names = Selection(self._genes, any_version=True)
        self.n_met = 0

    def add_to(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records with their genes; those that the map does not know as they are.

        Raises
        ------
        InputError
            At the end, if it knew none.
        """
        for record in records:
            met = self._names.met(replace(record, gene=None, symbol=None))
            gene, symbol = self._genes[met[0]] if met else ("", "")
            self.n_met += bool(met)
            yield replace(record, gene=gene or record.gene, symbol=symbol or record.symbol)
        if not self.n_met:
            raise self._names.none_met(file=self._path)


def _read_map(path: Path) -> dict[str, tuple[str, str]]:
    table = read_table(path, remedy=_REMEDY)
    known = bool(table.columns)
    transcript = table.place("transcript", "id", default=0)
    gene, symbol = (
        table.place(kind, default=None if known else place)
        for place, kind in enumerate(("gene", "symbol"), start=1)
    )
    genes: dict[str, tuple[str, str]] = {}
    for number, cells in table:
        found = [
            "" if at is None else "".join(cells[at : at + 1]) for at in (transcript, gene, symbol)
        ]
        if not found[0] or not (found[1] or found[2]):
            raise InputError("names no gene", file=path, line=number, remedy=_REMEDY)
        genes.setdefault(found[0], (found[1], found[2]))
    if not genes:
        raise InputError("names no gene", file=path, remedy=_REMEDY)
    return genes

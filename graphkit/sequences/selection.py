"""Names that people keep in lists and tables, and the records that they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences.headers import accessions, strip_version
from graphkit.sequences.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graphkit.types import Record

MOST_TOLD = 10


class Selection:
    """Names of a list or a table, and which of them were met.

    A name without a version meets every version. A name with a version meets that version, or an
    input that gives none. Symbols are compared letter by letter.

    Parameters
    ----------
    names
        Transcript identifiers, gene identifiers or symbols.
    any_version
        Let a name with a version meet every version, where its own is not there.

    Examples
    --------
    >>> from graphkit.types import Record
    >>> selection = Selection(["ENST01", "XIST"])
    >>> records = [Record("ENST01.2", "A"), Record("ENST02.1", "A")]
    >>> [record.id for record in selection.pick(records)], selection.missing()
    (['ENST01.2'], ['XIST'])
    """

    def __init__(self, names: Iterable[str], *, any_version: bool = False) -> None:
        self._any_version = any_version
        self._found = dict.fromkeys(names, False)
        self._versions: dict[str, list[str]] = {}
        self._folded: dict[str, str] = {}
        for name in self._found:
            base = strip_version(name)
            if base != name:
                self._versions.setdefault(base, []).append(name)
            self._folded.setdefault(name.casefold(), name)
        self._near: dict[str, str] = {}
        self._input: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._found)

    def pick(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records that were asked for, in their order."""
        return (record for record in records if self.met(record))

    def met(self, record: Record) -> list[str]:
        """Return the names that mean the record, its own before its gene's; remember them."""
        given = [*accessions(record.id), *([record.gene] if record.gene else [])]
        met = list(dict.fromkeys(name for one in given for name in self._called(one)))
        if record.symbol in self._found:
            met.append(record.symbol)
        self._found.update(dict.fromkeys(met, True))
        if not met:
            self._remember(record, given)
        return met

    def _called(self, given: str) -> Iterator[str]:
        base = strip_version(given)
        yield from (name for name in (given, base) if name in self._found)
        if base == given or (self._any_version and given not in self._found):
            yield from self._versions.get(base, ())

    def _remember(self, record: Record, given: list[str]) -> None:
        """Note what the input has instead, above all where it differs by version or case alone."""
        if len(self._input) < MOST_TOLD:
            self._input[record.id] = None
        for one in (*given, *filter(None, [record.symbol])):
            wanted = self._versions.get(strip_version(one), [])
            folded = self._folded.get(one.casefold())
            for name in [*wanted, *([folded] if folded else [])]:
                self._near.setdefault(name, one)

    def missing(self) -> list[str]:
        """Return the names that were not met, each with the nearest thing the input has."""
        return [
            f"{name} (the input has {self._near[name]})" if name in self._near else name
            for name, found in self._found.items()
            if not found
        ]

    @property
    def n_met(self) -> int:
        """Number of names that were met."""
        return sum(self._found.values())

    def none_met(self, *, file: str | Path | None, slot: str | None = None) -> InputError:
        """Return what is wrong where no name was met, with examples of both sides."""
        return InputError(
            f"none of its {len(self):,} names is in the input: {_some(self.missing())};"
            f" the input has {_some([*self._input])}",
            file=file,
            slot=slot,
            remedy="Give transcript ids, gene ids or symbols as the headers have them.",
        )


def _some(names: list[str]) -> str:
    return ", ".join(names[:MOST_TOLD]) + (", ..." if len(names) > MOST_TOLD else "")


def read_selection(path: Path) -> Selection:
    """Read the names of a list or of a table, where the column of transcripts is the first choice.

    Text behind a name and lines that start with ``#`` are passed over.

    Raises
    ------
    InputError
        Where the file is not text or names nothing.
    """
    remedy = "Give one id or symbol a line."
    table = read_table(path, remedy=remedy)
    place = table.place("transcript", "id", "gene", "symbol", default=0) or 0
    words = (cells[place].removeprefix(">").split() for _, cells in table if len(cells) > place)
    names = [first[0] for first in words if first]
    if not names:
        raise InputError("names no record", file=path, remedy=remedy)
    return Selection(names)

"""Pick records by transcript, gene or symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError
from graphkit.sequences import strip_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graphkit.types import Record


class Selection:
    """The names a user asked for, and which of them were met.

    A name without a version meets every version. A name with a version meets that version, or an
    input that gives none. Symbols are compared letter by letter.

    Parameters
    ----------
    names
        Transcript identifiers, gene identifiers or symbols.

    Examples
    --------
    >>> from graphkit.types import Record
    >>> selection = Selection(["ENST01", "XIST"])
    >>> records = [Record("ENST01.2", "A"), Record("ENST02.1", "A")]
    >>> [record.id for record in selection.pick(records)], selection.missing()
    (['ENST01.2'], ['XIST'])
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._found = dict.fromkeys(names, False)
        self._versions: dict[str, list[str]] = {}
        self._folded: dict[str, str] = {}
        for name in self._found:
            base = strip_version(name)
            if base != name:
                self._versions.setdefault(base, []).append(name)
            self._folded.setdefault(name.casefold(), name)
        self._near: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._found)

    def pick(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records that were asked for, in their order."""
        for record in records:
            if self.matches(record):
                yield record

    def matches(self, record: Record) -> bool:
        """Whether the record was asked for; remembers what it met."""
        met = set(self._names_met(record))
        for name in met:
            self._found[name] = True
        if not met:
            self._remember_near(record)
        return bool(met)

    def _names_met(self, record: Record) -> Iterator[str]:
        for given in _accessions(record):
            base = strip_version(given)
            yield from (name for name in (given, base) if name in self._found)
            if base == given:
                yield from self._versions.get(base, ())
        if record.symbol in self._found:
            yield record.symbol

    def _remember_near(self, record: Record) -> None:
        """Note an input name that differs from a wanted one by version or case alone."""
        for given in (*_accessions(record), *filter(None, [record.symbol])):
            wanted = self._versions.get(strip_version(given), [])
            folded = self._folded.get(given.casefold())
            for name in [*wanted, *([folded] if folded else [])]:
                self._near.setdefault(name, given)

    def missing(self) -> list[str]:
        """Return the names that were not met, each with the nearest thing the input has."""
        return [
            f"{name} (the input has {self._near[name]})" if name in self._near else name
            for name, found in self._found.items()
            if not found
        ]


def _accessions(record: Record) -> Iterator[str]:
    """Yield what may be asked for by accession, the parts of ``ENST01|Nucleus`` among them."""
    yield record.id
    if "|" in record.id:
        yield from record.id.split("|")
    if record.gene:
        yield record.gene


def read_selection(path: Path) -> Selection:
    """Read one name a line; text after the name and lines that start with ``#`` are ignored.

    Raises
    ------
    InputError
        Where the file is not text or names nothing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not a text file", file=path, remedy="Give one id a line.") from error
    words = (line.split(maxsplit=1) for line in text.splitlines())
    names = [first[0].removeprefix(">") for first in words if first and first[0][0] != "#"]
    names = [name for name in names if name]
    if not names:
        raise InputError("names no record", file=path, remedy="Give one id or symbol a line.")
    return Selection(names)

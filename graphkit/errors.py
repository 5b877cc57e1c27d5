"""Errors that graphkit raises when the user's input, not the program, is at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_MESSAGE = 2_000


class GraphkitError(Exception):
    """Base class of every error graphkit raises on purpose."""


class InputError(GraphkitError, ValueError):
    """Input that cannot be used: names where it is, what is wrong and what to do.

    Parameters
    ----------
    reason
        What is wrong, as a clause: ``"no records"``.
    file
        The file the input came from.
    record
        Identifier of the record (sequence, spot, cell) at fault.
    line
        1-based line in `file`.
    slot
        AnnData slot, configuration key or argument at fault: ``"obsm['spatial']"``.
    remedy
        One sentence saying what to do about it.

    Examples
    --------
    >>> print(InputError("no records", file="x.fa", remedy="Check that the file is FASTA."))
    x.fa: no records. Check that the file is FASTA.
    """

    def __init__(
        self,
        reason: str,
        *,
        file: str | Path | None = None,
        record: str | None = None,
        line: int | None = None,
        slot: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.reason = reason
        self.file = None if file is None else str(file)
        self.record = record
        self.line = line
        self.slot = slot
        self.remedy = remedy
        place = ", ".join(
            part
            for part in (
                self.file,
                None if line is None else f"line {line}",
                None if record is None else f"record {shorten(record)}",
                slot,
            )
            if part
        )
        message = f"{place}: {reason}" if place else reason
        super().__init__(f"{message}. {remedy}" if remedy else message)

    def at(self, **fields: object) -> InputError:
        """Return this error with other fields, for a caller who knows better where the input is.

        Parameters
        ----------
        fields
            Keyword arguments of :class:`InputError`; those not given stay as they are.

        Examples
        --------
        >>> print(InputError("no records", remedy="Check it.").at(file="x.fa"))
        x.fa: no records. Check it.
        """
        keywords: dict[str, Any] = {**self.__dict__, **fields}
        return InputError(**keywords)

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling of exceptions, and errors
        # raised in a worker process reach the user through pickle.
        return _rebuild, (self.reason, self.__dict__.copy())


def _rebuild(reason: str, fields: dict[str, object]) -> InputError:
    return InputError(reason).at(**fields)


def shorten(text: str, limit: int = 80) -> str:
    """Cut `text` for display; a header may be a megabyte long.

    Examples
    --------
    >>> shorten("a" * 100, limit=10)
    'aaaaaaa...'
    """
    return text if len(text) <= limit else text[: limit - 3] + "..."


def printable(text: str, *, limit: int = LONGEST_MESSAGE) -> str:
    r"""Make `text` safe to show on a terminal: one line, no control characters, not endless.

    A record identifier may hold an escape sequence that would rewrite the screen.

    Examples
    --------
    >>> printable("seq\x1b[2J")
    'seq?[2J'
    """
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(letter if letter.isprintable() else "?" for letter in cut)

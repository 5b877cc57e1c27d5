"""Names for records where a header cannot stand: in a path, in a column of a BED file."""

from __future__ import annotations

import re

from graphkit.errors import printable

LONGEST_NAME = 200  # UCSC takes 255 characters
LONGEST_STEM = 40
_NOT_IN_A_PATH = re.compile(r"[^A-Za-z0-9.-]+")


def column_name(name: str, number: int) -> str:
    """Return a record's name as a column of a table: one word, and not endless.

    The name stands in every line of a record, and a header may be a megabyte long.

    Parameters
    ----------
    name
        Identifier of the record.
    number
        Its place in the input, which tells apart names that begin alike.

    Examples
    --------
    >>> column_name("ENST01.2", 7)
    'ENST01.2'
    >>> len(column_name("A" * 1_000, 7)), column_name("A" * 1_000, 7)[-4:]
    (202, 'A..7')
    """
    word = "_".join(printable(name[: LONGEST_NAME + 1]).split()) or "_"
    return word if len(word) <= LONGEST_NAME else f"{word[: LONGEST_NAME - 1]}..{number}"


def file_stem(name: str, number: int) -> str:
    """Return the stem of a file about a record, whatever its header holds.

    Examples
    --------
    >>> file_stem("../../etc/<passwd>", 12)
    '0012_etc_passwd'
    >>> file_stem("///", 3)
    '0003'
    """
    safe = _NOT_IN_A_PATH.sub("_", name[:1_000])[:LONGEST_STEM].strip("._-")
    return f"{number:04d}_{safe}" if safe else f"{number:04d}"

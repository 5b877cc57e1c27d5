"""Tables larger than memory: numbers in a file without a name, which the system maps.

A sparse matrix whose arrays are mapped is scipy's like any other: who reads rows of it reads the
disk. What makes a new one of it goes by blocks of rows and is mapped again; the rest of graphkit
does not know of either.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from graphkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import DTypeLike, NDArray

MEMINFO = Path("/proc/meminfo")
# What takes more than this share of the free memory is mapped: methods make a few copies of it.
_SHARE = 1 / 8
# Values that are in memory at a time.
_BLOCK = 1 << 22
# Bytes of a value in a sparse matrix.
_PER_VALUE = 8


def free_memory() -> float | None:
    """Return the bytes of memory that programs can still get, None where nobody tells."""
    try:
        lines = MEMINFO.read_text("ascii").splitlines()
    except (OSError, ValueError):
        return None
    amounts = dict(line.split(":", 1) for line in lines if ":" in line)
    words = amounts.get("MemAvailable", "").split()
    return int(words[0]) * 1024.0 if words and words[0].isdigit() else None


def too_large(n_values: int) -> bool:
    """Return whether a matrix of so many stored values had better be mapped."""
    free = free_memory()
    return free is not None and _PER_VALUE * n_values > _SHARE * free


def is_mapped(values: Any) -> bool:
    """Return whether an array, or those of a sparse matrix, are mapped.

    Examples
    --------
    >>> is_mapped(new_array((2, 3), np.float32, mapped=True)), is_mapped(np.zeros(3))
    (True, False)
    """
    array = values.data if sparse.issparse(values) else values
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


def new_array(shape: tuple[int, ...], dtype: DTypeLike, *, mapped: bool) -> NDArray[Any]:
    """Return an array of zeros; one that is mapped takes disk, and goes when nobody holds it.

    Raises
    ------
    InputError
        If the disk has not the room.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if not (mapped and size):
        return np.zeros(shape, dtype)
    with _nameless() as file:
        # Writing into a hole that the disk cannot fill would end the process.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)
        return np.asarray(np.memmap(file, dtype, "r+", shape=shape))


def new_like(values: NDArray[Any], dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Return an array of zeros of the shape of `values`, mapped where they are."""
    return new_array(values.shape, dtype, mapped=is_mapped(values))


def row_blocks(shape: tuple[int, ...], n_values: int) -> Iterator[slice]:
    """Yield the rows of a matrix of so many stored values, a few million values at a time."""
    step = max(1, _BLOCK * shape[0] // max(n_values, 1))
    return (slice(start, min(start + step, shape[0])) for start in range(0, shape[0], step))


def stacked(blocks: Iterable[sparse.csr_matrix]) -> sparse.csr_matrix:
    """Return blocks of rows as one matrix, mapped; one block is in memory at a time.

    Raises
    ------
    InputError
        If the disk has not the room.
    """
    sizes, width, dtype = [np.zeros(1, dtype=np.int64)], 0, np.dtype(np.float32)
    with _nameless() as data, _nameless() as indices:
        for block in blocks:
            block.data.tofile(data)
            block.indices.astype(np.int32, copy=False).tofile(indices)
            sizes.append(np.diff(block.indptr))
            width, dtype = block.shape[1], block.dtype
        indptr = np.cumsum(np.concatenate(sizes))
        n, kinds = int(indptr[-1]), (dtype, np.dtype(np.int32))
        if n == 0:
            return sparse.csr_matrix((len(indptr) - 1, width), dtype=dtype)
        for file in (data, indices):
            file.flush()
        values, columns = (
            np.asarray(np.memmap(file, kind, "r+", shape=(n,)))
            for file, kind in zip((data, indices), kinds, strict=True)
        )
    if n > np.iinfo(np.int32).max:  # or scipy would make them so, in memory
        wide = new_like(columns, np.int64)
        np.copyto(wide, columns)
        columns = wide
    return sparse.csr_matrix((values, columns, indptr), shape=(len(indptr) - 1, width))


def by_rows(
    make: Callable[[sparse.csr_matrix], sparse.csr_matrix],
    matrix: sparse.csr_matrix,
    rows: NDArray[np.int64] | None = None,
) -> sparse.csr_matrix:
    """Return what is made of each row: of all at once, of a mapped matrix block by block.

    Parameters
    ----------
    make
        Returns as many rows as it is given.
    matrix : csr_matrix [n, G]
        What it is given.
    rows : ndarray of int64
        Only these; None for all.

    Examples
    --------
    >>> table = sparse.csr_matrix([[0.0, 2.0], [3.0, 0.0]])
    >>> doubled = by_rows(lambda part: part * 2, stacked([table]), rows=np.array([1, 0]))
    >>> doubled.toarray().tolist(), is_mapped(doubled)
    ([[6.0, 0.0], [0.0, 4.0]], True)
    """
    if not is_mapped(matrix):
        return make(matrix if rows is None else matrix[rows])
    wanted = row_blocks(matrix.shape if rows is None else rows.shape, matrix.nnz)
    return stacked(make(matrix[part if rows is None else rows[part]]) for part in wanted)


def with_values(matrix: sparse.csr_matrix, values: NDArray[Any]) -> sparse.csr_matrix:
    """Return `matrix` with other `values` [nnz] where its own stand; the rest is shared."""
    return sparse.csr_matrix((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def columns_of(matrix: sparse.csr_matrix, columns: NDArray[np.int64]) -> sparse.csr_matrix:
    """Return some columns, [n, len(columns)]; `matrix` itself where they are all in order."""
    if np.array_equal(columns, np.arange(matrix.shape[1])):
        return matrix
    return by_rows(lambda part: part[:, columns], matrix)


def column_sums(
    matrix: sparse.csr_matrix, *, power: int = 1, most: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return the sum of each column, of values up to `most` [G] and to a `power`, [G].

    scipy adds float32 in float32, where sixteen million molecules and one more are sixteen million.
    """
    found = np.zeros(matrix.shape[1])
    for part in row_blocks(matrix.data.shape, matrix.nnz):
        column, values = matrix.indices[part], matrix.data[part].astype(np.float64)
        if most is not None:
            np.minimum(values, most[column], out=values)
        found += np.bincount(column, values**power, minlength=len(found))
    return found


@contextmanager
def _nameless() -> Iterator[IO[bytes]]:
    try:
        with TemporaryFile(prefix="graphkit-") as file:
            yield file
    except OSError as error:
        raise InputError(
            f"has no room for what does not fit into memory ({error.strerror})",
            file=gettempdir(),
            remedy="Free some, or name a folder on a larger disk: TMPDIR=/folder.",
        ) from error

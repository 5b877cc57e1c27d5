"""What an ``.h5ad`` file declares, looked at before any of it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphkit.errors import InputError, printable
from graphkit.omics.anndata_files import explained

if TYPE_CHECKING:
    from pathlib import Path

MOST_PARTS = 100_000
REMEDY = "Save the table again with anndata, without what is not needed."


def check_declared(path: str | Path, *, most: float) -> None:
    """Check that a file of a stranger holds its own data, and no more than memory has.

    Compressed zeros declare a thousand times what the file has, and HDF5 can read other files in
    the place of its own data.

    Parameters
    ----------
    path
        HDF5.
    most
        Bytes that all its arrays may take in memory.

    Raises
    ------
    InputError
        Where it declares more, reads from elsewhere, or is no readable file.
    """
    import h5py

    with explained(path, "no readable .h5ad file"), h5py.File(path, "r") as file:
        groups, size, parts = [file], 0, 0
        while groups:
            group = groups.pop()
            for name in group:
                part = None
                if isinstance(group.get(name, getlink=True), h5py.HardLink):
                    part = group[name]
                elsewhere = part is None
                if isinstance(part, h5py.Group):
                    groups.append(part)
                elif isinstance(part, h5py.Dataset):
                    size += part.size * part.dtype.itemsize if part.shape is not None else 0
                    elsewhere = bool(part.is_virtual or part.external)
                parts += 1
                slot = printable(f"{group.name}/{name}", limit=100)
                if elsewhere:
                    raise InputError("is read from elsewhere", file=path, slot=slot, remedy=REMEDY)
                if size > most:
                    raise InputError(
                        f"declares more than {most / 1e6:,.0f} MB", file=path, remedy=REMEDY
                    )
                if parts > MOST_PARTS:
                    raise InputError(f"more than {MOST_PARTS:,} parts", file=path, remedy=REMEDY)

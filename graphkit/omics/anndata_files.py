"""AnnData files and folders: read with every failure explained, written whole or not at all."""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.errors import InputError, shorten
from graphkit.files import atomic_write, new_folder
from graphkit.omics.mapped import too_large
from graphkit.omics.storage import mapped_csr, stored_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anndata import AnnData


CUT = re.compile("truncated|unexpected end|end of file|EOF", re.IGNORECASE)
TRUNCATED = "Copy or download it again: it is truncated."
WHOLE = "Get it again from where it came from, or save it again with what wrote it."


def read_h5ad(path: str | Path, *, on_disk: bool | None = None) -> AnnData:
    """Read an ``.h5ad`` file; matrices too large for memory are mapped.

    Parameters
    ----------
    path
        The file.
    on_disk
        Whether all matrices of spots by genes are mapped, or none; None to go by their size.

    Returns
    -------
    AnnData [n, G]
        As it was written; dense matrices that are mapped are sparse.

    Raises
    ------
    InputError
        If it is truncated, damaged or no such file, or the disk has no room for what is mapped.
    """
    import anndata
    import h5py

    with explained(path, "no readable .h5ad file"):
        with h5py.File(path) as file:
            mapped = _mapped(file, on_disk)
            if mapped:
                return _read_mapped(file, mapped)
        return anndata.read_h5ad(path)


def read_zarr(path: str | Path, *, on_disk: bool | None = None) -> AnnData:
    """Read an AnnData ``.zarr`` folder as :func:`read_h5ad` reads a file.

    Raises
    ------
    InputError
        If it is incomplete, damaged or no such folder, or the disk has no room for what is mapped.
    """
    import anndata
    import zarr

    with explained(path, "no readable AnnData .zarr folder"):
        store = zarr.open(str(path), mode="r")
        mapped = _mapped(store, on_disk)
        if mapped:
            return _read_mapped(store, mapped)
        return anndata.read_zarr(path)


def _mapped(store: Any, on_disk: bool | None) -> set[str]:
    """Return the matrices of spots by genes in an open file that are to be mapped."""
    names = ["X", "raw/X", *(f"layers/{name}" for name in store.get("layers", ()))]
    found = {name: _table(store[name]) for name in names if name in store}
    return {
        name
        for name, table in found.items()
        if table is not None and (too_large(stored_values(table)) if on_disk is None else on_disk)
    }


def _read_mapped(store: Any, mapped: set[str]) -> AnnData:
    from anndata.experimental import read_dispatched

    def read(default: Callable[[Any], Any], name: str, part: Any, **_: Any) -> Any:
        name = name.lstrip("/")
        return mapped_csr(_table(part), slot=name) if name in mapped else default(part)

    adata: AnnData = read_dispatched(store, read)
    return adata


def _table(stored: Any) -> Any:
    """Return what rows of a matrix can be read from; None where they cannot."""
    from anndata.io import sparse_dataset

    if hasattr(stored, "shape"):
        return stored if len(stored.shape) == 2 else None
    kind = stored.attrs.get("encoding-type", "")
    return sparse_dataset(stored) if kind == "csr_matrix" else None


def write_adata(adata: AnnData, path: str | Path) -> None:
    """Write an ``.h5ad`` file, compressed, or a ``.zarr`` folder; it appears whole or not at all.

    Parameters
    ----------
    adata : AnnData [n, G]
        Written with all its slots: images and scale factors in ``uns["spatial"]`` included. It
        stays as it is.
    path
        The file or folder, by its ending; where it lies exists.

    Raises
    ------
    InputError
        If it cannot be written or a slot holds what the format cannot; an older one stays.
    """
    path = Path(path)
    try:
        if path.suffix == ".zarr":
            with new_folder(path.resolve()) as folder, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of formats to come
                adata.write_zarr(folder, convert_strings_to_categoricals=False)
            return
        with atomic_write(path) as draft:
            # HDF5 fills the file by its name; what is then renamed is the same file.
            adata.write_h5ad(draft.name, convert_strings_to_categoricals=False, compression="gzip")
    except OSError as error:
        reason = error.strerror or shorten(str(error), 200)
        raise InputError(f"cannot be written ({reason})", file=path) from error
    except MemoryError:
        raise
    except Exception as error:  # writers of the many types of slots raise many types of errors
        raise InputError(
            f"cannot be written ({shorten(' '.join(_lines(error)), 300)})",
            file=path,
            remedy=f"Remove the slot that {path.suffix} files cannot hold.",
        ) from error


@contextmanager
def explained(path: str | Path, what: str) -> Iterator[None]:
    """Turn whatever a damaged file makes a reader raise into an InputError, and keep it quiet.

    Parameters
    ----------
    path
        The file or folder.
    what
        What it turns out to be, as a clause.

    Raises
    ------
    InputError
        In place of any other error but lack of memory.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (InputError, MemoryError):
        raise
    except Exception as error:
        reason = shorten(" ".join(_lines(error)), 300)
        empty = Path(path).is_file() and not Path(path).stat().st_size
        raise InputError(
            f"{what} ({type(error).__name__}: {reason})",
            file=path,
            remedy=TRUNCATED if empty or CUT.search(reason) else WHOLE,
        ) from error


def _lines(error: Exception) -> list[str]:
    # What a reader was at when it failed stands in the notes of its error.
    return " ".join([str(error), *getattr(error, "__notes__", [])]).split()

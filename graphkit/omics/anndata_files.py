"""AnnData files and folders: read with every failure explained, written whole or not at all."""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graphkit.errors import InputError, shorten
from graphkit.files import atomic_write, new_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anndata import AnnData


CUT = re.compile("truncated|unexpected end|end of file|EOF", re.IGNORECASE)
TRUNCATED = "Copy or download it again: it is truncated."
WHOLE = "Get it again from where it came from, or save it again with what wrote it."


def read_h5ad(path: str | Path) -> AnnData:
    """Read an ``.h5ad`` file into memory.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    AnnData [n, G]
        As it was written.

    Raises
    ------
    InputError
        If it is truncated, damaged or no such file.
    """
    import anndata

    with explained(path, "no readable .h5ad file"):
        return anndata.read_h5ad(path)


def read_zarr(path: str | Path) -> AnnData:
    """Read an AnnData ``.zarr`` folder into memory.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    AnnData [n, G]
        As it was written.

    Raises
    ------
    InputError
        If it is incomplete, damaged or no such folder.
    """
    import anndata

    with explained(path, "no readable AnnData .zarr folder"):
        return anndata.read_zarr(path)


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

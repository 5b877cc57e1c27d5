"""Tables of places, joined to a matrix by barcode and never by order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphkit.errors import InputError
from graphkit.omics.anndata_files import explained

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from anndata import AnnData


def read_table(path: Path, *, names: Sequence[str], key: str) -> Any:
    """Read a table of CSV (gzipped or not, with or without header) or parquet.

    Parameters
    ----------
    path
        The file.
    names
        Columns of a file without header, in order.
    key
        Column that names the rows; a first line that has it is a header.

    Returns
    -------
    DataFrame
        Indexed by `key` as text.

    Raises
    ------
    InputError
        If the file is damaged, has no such column, or names a row twice.
    """
    import pandas as pd

    with explained(path, "no readable table"):
        if path.suffix == ".parquet":
            table = _read_parquet(path)
        else:
            table = pd.read_csv(path, header=None, dtype=str, keep_default_na=False)
            first = table.iloc[0].astype(str).tolist()
            if key in first:
                table = table.iloc[1:].set_axis(first, axis=1)
            else:
                table = table.set_axis(list(names), axis=1)
            columns = [name for name in table if name != key]
            table = table.assign(**{str(name): _numbers(table[name]) for name in columns})
    if key not in table:
        raise InputError(
            f"no column {key!r}", file=path, remedy=f"It has {', '.join(map(str, table.columns))}."
        )
    table.index = [v.decode() if isinstance(v, bytes) else str(v) for v in table.pop(key)]
    if not table.index.is_unique:
        again = table.index[table.index.duplicated()][0]
        raise InputError(f"{key} {again} occurs twice", file=path, remedy="Keep one row of each.")
    return table


def place(adata: AnnData, table: Any, *, x: str, y: str, path: Path) -> None:
    """Join a table of places to `adata` by name: ``obsm["spatial"]``, and the rest into ``obs``.

    Parameters
    ----------
    adata : AnnData [n, G]
        Gets the columns; its rows keep their order.
    table : DataFrame
        Indexed by the names of spots or cells; it may have more of them.
    x, y
        Columns of the coordinates.
    path
        The file that `table` came from.

    Raises
    ------
    InputError
        If coordinates are missing for some rows of `adata`.
    """
    for column in (x, y):
        if column not in table:
            raise InputError(
                f"no column {column!r}",
                file=path,
                remedy=f"It has {', '.join(map(str, table.columns))}.",
            )
    absent = ~adata.obs_names.isin(table.index)
    if absent.any():
        raise InputError(
            f"{int(absent.sum()):,} of {adata.n_obs:,} barcodes of the matrix have no position",
            file=path,
            record=str(adata.obs_names[int(np.argmax(absent))]),
            remedy="Check that matrix and positions come from one run.",
        )
    joined = table.loc[adata.obs_names]
    adata.obsm["spatial"] = joined[[x, y]].to_numpy(dtype=np.float64)
    for column in joined.columns.drop([x, y]):
        adata.obs[column] = joined[column].to_numpy()


def _read_parquet(path: Path) -> Any:
    import pandas as pd

    try:
        return pd.read_parquet(path).reset_index(drop=False).drop(columns="index", errors="ignore")
    except ImportError as error:
        raise InputError(
            "parquet files need pyarrow, which is not installed",
            file=path,
            remedy="pip install 'graphkit-bio[parquet]'",
        ) from error


def _numbers(column: Any) -> Any:
    """Return a column of text as numbers where it holds nothing else."""
    import pandas as pd

    try:
        return pd.to_numeric(column)
    except (TypeError, ValueError):
        return column

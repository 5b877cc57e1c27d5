"""Find the small files that ship with graphkit."""

from __future__ import annotations

from pathlib import Path

from graphkit.errors import InputError

# In an installed package the files lie beside this module; in a checkout they are in data/.
_FOLDERS = (Path(__file__).parent / "files", Path(__file__).parents[2] / "data")


def shipped(name: str) -> Path:
    """Return where the shipped file `name` lies.

    Parameters
    ----------
    name
        A file name without folder, such as ``"mouse_lincrnas.fasta"``.

    Returns
    -------
    Path
        An existing file.

    Raises
    ------
    InputError
        If no such file ships; the message lists those that do.

    Examples
    --------
    >>> shipped("mouse_lincrnas.fasta").name
    'mouse_lincrnas.fasta'
    """
    # Looking names up in the listing, not on the file system, keeps "../" out.
    files = {
        path.name: path
        for folder in reversed(_FOLDERS)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
    if name not in files:
        raise InputError(
            f"no file of this name ships with graphkit: {name!r}",
            slot="name",
            remedy=f"Choose one of {', '.join(sorted(files)) or '(none found)'}.",
        )
    return files[name]

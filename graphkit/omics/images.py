"""The photographs of slides, where Space Ranger and squidpy keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphkit.omics.keys import ARRAY_COL, ARRAY_ROW, SPATIAL
from graphkit.omics.lattice import find_lattice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anndata import AnnData
    from numpy.typing import NDArray

# The larger one where there are two.
SIZES = ("hires", "lowres")
# Micrometres between neighbouring spots of Visium.
VISIUM = 100.0


class SlideImage(NamedTuple):
    """The photograph of a slide.

    Parameters
    ----------
    pixels : ndarray of uint8 or float [height, width, 3 or 4]
        As it was scaled for the screen.
    scale
        Pixels per unit of the coordinates.
    diameter
        Of a spot, in units of the coordinates; None where it is not known.
    """

    pixels: NDArray[np.generic]
    scale: float
    diameter: float | None


def slide_images(adata: AnnData, names: Sequence[str]) -> list[SlideImage | None]:
    """Return the photograph of each slide from ``uns["spatial"]``.

    Parameters
    ----------
    adata : AnnData [n, G]
        With or without ``uns["spatial"][name]["images"]`` and ``["scalefactors"]``.
    names
        Slides. A single one needs not be called as its photograph is.

    Returns
    -------
    list of SlideImage or None
        None for a slide without a picture, or without the scale that lays it under the spots.

    Examples
    --------
    >>> import anndata
    >>> adata = anndata.AnnData(np.ones((2, 1)))
    >>> adata.uns["spatial"] = {
    ...     "V1": {
    ...         "images": {"lowres": np.zeros((6, 8, 3))},
    ...         "scalefactors": {"tissue_lowres_scalef": 0.5},
    ...     }
    ... }
    >>> (image,) = slide_images(adata, ["all"])
    >>> image.pixels.shape, image.scale, image.diameter
    ((6, 8, 3), 0.5, None)
    """
    known = _mapping(adata.uns.get(SPATIAL))
    if len(names) == len(known) == 1:
        return [_image(slide) for slide in known.values()]
    return [_image(known.get(name)) for name in names]


def microns_per_unit(
    adata: AnnData, names: Sequence[str], points: NDArray[np.float64], slides: NDArray[np.int64]
) -> list[float | None]:
    """Return the micrometres per unit of the coordinates of each slide, where they are known.

    Parameters
    ----------
    adata : AnnData [n, G]
        With ``microns_per_pixel`` in its scale factors, or places on the array of Visium, whose
        spots are 100 um apart.
    names
        Slides, as for :func:`slide_images`.
    points : ndarray of float64 [n, 2]
        Coordinates.
    slides : ndarray of int64 [n]
        Slide of each spot, as a position in `names`.
    """
    known = _mapping(adata.uns.get(SPATIAL))
    single = len(names) == len(known) == 1
    on_array = {ARRAY_ROW, ARRAY_COL} <= set(adata.obs)
    found = []
    for code, name in enumerate(names):
        slide = next(iter(known.values())) if single else known.get(name)
        factors = _mapping(_mapping(slide).get("scalefactors"))
        microns = _positive(factors.get("microns_per_pixel"))
        if microns is None and "spot_diameter_fullres" in factors and on_array:
            lattice = find_lattice(points[slides == code])
            if lattice is not None and lattice.shape == "hexagonal":
                microns = VISIUM / lattice.spacing
        found.append(microns)
    return found


def _image(slide: Any) -> SlideImage | None:
    images, factors = (_mapping(_mapping(slide).get(name)) for name in ("images", "scalefactors"))
    for size in SIZES:
        scale = _positive(factors.get(f"tissue_{size}_scalef"))
        pixels = np.asarray(images.get(size))
        if scale is not None and pixels.ndim == 3 and pixels.shape[2] in (3, 4):
            return SlideImage(pixels, scale, _positive(factors.get("spot_diameter_fullres")))
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    # Anything may stand in `uns`.
    return value if isinstance(value, Mapping) else {}


def _positive(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 < number < np.inf else None

"""Gene images for learning: denoised ones, and raw ones with fresh counting noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import torch
from scipy import sparse
from scipy.linalg import eigh
from torch import Tensor

from graphkit.builders.halves import halve
from graphkit.omics import log_normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from graphkit.builders.gene_images import Raster

    Images = NDArray[np.float32]

# Halves of the molecules drawn for training come from another stream than those for clustering.
_TRAINING = 1


@dataclass(frozen=True)
class GeneViews:
    """Batches of a method that learns from gene images.

    Every image is z-scored over the pixels that hold spots, so that abundance does not show.

    Parameters
    ----------
    counts : csr_matrix of float32 [n, G]
        Raw counts.
    raster
        Pixel of each spot.
    denoised : float32 [G, slides, height, width]
        Images of denoised expression.
    components : float32 [P, d]
        Leading spatial patterns of the denoised images over the P pixels that hold spots;
        orthonormal after division by ``sqrt(P)``.
    """

    counts: sparse.csr_matrix
    raster: Raster
    denoised: Images
    components: NDArray[np.float32]

    def __len__(self) -> int:
        return self.counts.shape[1]

    def raw(self) -> Images:
        """Return the images of the counts, [G, slides, height, width]."""
        return raw_images(self.counts, self.raster)

    def half(self, generator: np.random.Generator) -> tuple[Images, Images]:
        """Return the images of two random halves of the molecules, each [G, slides, ...]."""
        first = self.counts.copy()
        first.data = halve(self.counts.data, generator)
        return raw_images(first, self.raster), raw_images(self.counts - first, self.raster)

    def project(self, images: Images) -> Images:
        """Return the part of images that the denoised tissue's patterns explain, z-scored.

        A gene keeps the noise of its own counts in the weights of the patterns alone.

        Parameters
        ----------
        images : float32 [G, slides, height, width]
        """
        mask = self.raster.mask
        pixels = images[:, mask]
        weights = pixels @ self.components / len(self.components)
        smooth = np.zeros_like(images)
        smooth[:, mask] = z_score(weights @ self.components.T)
        return smooth


def gene_views(
    counts: sparse.csr_matrix,
    raster: Raster,
    rates: Iterable[tuple[slice, NDArray[np.floating]]],
    *,
    n_components: int = 12,
) -> GeneViews:
    """Make the views of genes from counts and denoised rates.

    Parameters
    ----------
    counts : csr_matrix [n, G]
    raster
        Pixel of each spot.
    rates
        Blocks ``(rows, [b, G])`` of denoised expression; each spot's rates add up to 1.
    n_components
        Spatial patterns kept, at most.
    """
    totals = np.asarray(counts.sum(axis=1)).ravel()
    depth = float(np.median(totals[totals > 0])) if totals.any() else 1.0
    size = np.bincount(raster.pixel, minlength=int(np.prod(raster.shape)))
    summed = np.zeros((len(size), counts.shape[1]), dtype=np.float32)
    for rows, block in rates:
        np.add.at(summed, raster.pixel[rows], np.log1p(depth * np.asarray(block, dtype=np.float32)))
    mask = raster.mask
    average = summed[mask.ravel()] / size[mask.ravel(), None]
    denoised = np.zeros((counts.shape[1], *raster.shape), dtype=np.float32)
    denoised[:, mask] = z_score(average.T)
    patterns = spatial_patterns(average, n_components)
    return GeneViews(sparse.csr_matrix(counts, dtype=np.float32), raster, denoised, patterns)


def raw_images(counts: sparse.csr_matrix, raster: Raster) -> Images:
    """Return z-scored images of log-normalised counts, [G, slides, height, width]."""
    images = raster.images(log_normalise(counts))
    images[:, raster.mask] = z_score(images[:, raster.mask])
    return images


def z_score(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return each row with mean 0 and variance 1; 0 where it does not vary.

    Examples
    --------
    >>> z_score(np.array([[1.0, 3.0], [5.0, 5.0]]))
    array([[-1.,  1.],
           [ 0.,  0.]])
    """
    away = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt((away**2).mean(axis=1, keepdims=True))
    flat = spread <= 1e-6 * (1 + np.abs(rows).max(axis=1, keepdims=True, initial=0.0))
    scaled: NDArray[np.floating] = np.where(flat, 0.0, away / np.where(flat, 1.0, spread))
    return scaled


def spatial_patterns(images: NDArray[np.floating], n_components: int) -> NDArray[np.float32]:
    """Return the leading principal patterns of images over pixels.

    Parameters
    ----------
    images : ndarray [P, G]
        Denoised log expression, not scaled: patterns that move many molecules come first.
    n_components
        Patterns wanted, at most; those that do not vary are left out.

    Returns
    -------
    float32 [P, d]
        Mean 0 and mean square 1 each, by falling variance, the largest entry positive.
    """
    away = np.asarray(images - images.mean(axis=0), dtype=np.float64)
    pixels, genes = away.shape
    small = away @ away.T if pixels <= genes else away.T @ away
    values, vectors = eigh(small)
    order = np.argsort(values)[::-1][:n_components]
    order = order[values[order] > 1e-9 * max(float(values[-1]), 1e-300)]
    found = vectors[:, order] if pixels <= genes else away @ vectors[:, order]
    found = found / np.sqrt((found**2).mean(axis=0, keepdims=True))
    top = np.abs(found).argmax(axis=0)
    found *= np.sign(found[top, np.arange(found.shape[1])])
    return found.astype(np.float32)


@dataclass(frozen=True)
class GeneBatch:
    """Images of some genes.

    Parameters
    ----------
    index : LongTensor [B]
        Which genes.
    noisy : Tensor [B, S, H, W]
        Raw images of a random half of the molecules.
    denoised : Tensor [B, S, H, W]
    """

    index: Tensor
    noisy: Tensor
    denoised: Tensor

    def __len__(self) -> int:
        return len(self.index)

    def to(self, device: torch.device) -> Self:
        """Return the same batch on `device`."""
        parts = (self.index, self.noisy, self.denoised)
        return type(self)(*(part.to(device) for part in parts))


class GeneImageData:
    """Gene images as a training asks for them; the molecules are halved anew in each epoch.

    Parameters
    ----------
    views
        The images.
    seed
        Of the halves.
    """

    def __init__(self, views: GeneViews, *, seed: int) -> None:
        self.views = views
        self.seed = seed
        self.denoised = torch.from_numpy(views.denoised)
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Draw the halves of an epoch."""
        generator = np.random.default_rng([self.seed, _TRAINING, epoch])
        self.noisy = torch.from_numpy(self.views.half(generator)[0])

    def __len__(self) -> int:
        return len(self.views)

    def __getitem__(self, indices: Sequence[int]) -> GeneBatch:
        chosen = torch.as_tensor(indices)
        return GeneBatch(chosen, self.noisy[chosen], self.denoised[chosen])

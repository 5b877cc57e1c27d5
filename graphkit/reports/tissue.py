"""Draw figures of a table of spots, from its slots."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from anndata import AnnData
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from graphkit.evaluation import Interval
    from graphkit.evaluation.tissues.denoising import DenoiseReport, DenoiseRow
    from graphkit.plots import Tissue

TOP_GENES = 12
DENOISED = "denoised"

HEADER = ("", "loss", "better than the gene mean by", "worse than the model by")
# What neighbours bring on shuffled coordinates, of what they bring: above it, something is wrong.
SHUFFLED_LIMIT = 0.1


def tissue_of(
    adata: AnnData, *, spatial_key: str, library_key: str | None, photograph: bool = False
) -> Tissue:
    """Return the sheet on which the spots of a table are painted.

    Parameters
    ----------
    adata : AnnData [n, G]
        Spots.
    spatial_key, library_key
        Where coordinates and slides are.
    photograph
        Whether the images in ``uns["spatial"]`` lie beneath.
    """
    from graphkit.omics import coordinates, libraries, microns_per_unit, slide_images
    from graphkit.plots import Photograph, lay_out

    slides = libraries(adata, library_key=library_key)
    with warnings.catch_warnings():
        # Whoever read the table was warned of spots that share coordinates.
        warnings.simplefilter("ignore")
        points = coordinates(adata, spatial_key=spatial_key, library_key=library_key, allow_3d=True)
    found = slide_images(adata, slides.names) if photograph else []
    images = [None if image is None else Photograph(*image) for image in found]
    if photograph and not any(images):
        warnings.warn("no tissue image in uns['spatial']: drawn without one", stacklevel=2)
    points = points[:, :2]
    return lay_out(
        points,
        slides=slides.codes,
        names=slides.names,
        photographs=images,
        microns=microns_per_unit(adata, slides.names, points, slides.codes),
    )


def columns(matrix: Any, places: Sequence[int]) -> NDArray[np.float64]:
    """Return some columns of a matrix, however it is stored, as a dense array."""
    import numpy as np

    picked = matrix[:, list(places)]
    return np.asarray(picked.toarray() if hasattr(picked, "toarray") else picked, dtype=np.float64)


def domain_picture(
    adata: AnnData, tissue: Tissue, *, key: str, sure: str | None = None, **words: str
) -> Figure:
    """Draw the domains of ``obs[key]`` and how sure they are, ``obs[sure]`` or their stability.

    Colours are those of ``uns``, where it has one for each; `words` are those of ``domain_figure``.
    """
    from graphkit.plots import domain_figure

    column = adata.obs[key].astype("category").cat
    stability = adata.obs.get(sure or f"{key}_stability")
    colors = adata.uns.get(f"{key}_colors", ())
    return domain_figure(
        tissue,
        column.codes.to_numpy().astype("int64"),
        [str(name) for name in column.categories],
        stability=None if stability is None else stability.to_numpy(dtype=float),
        title=key,
        colors=colors if len(colors) == len(column.categories) else None,
        **words,
    )


def gene_picture(
    adata: AnnData, tissue: Tissue, places: Sequence[int], *, layer: str | None
) -> Figure:
    """Draw genes before and after denoising, as shares of each spot's molecules.

    Expected counts would show the depth of the spots.
    """
    import numpy as np

    from graphkit.omics import gene_symbols, log_normalise, raw_counts
    from graphkit.plots import gene_figure
    from graphkit.tasks.denoise.denoiser import COUNTS, PER

    counts, after = raw_counts(adata, layer=layer), columns(adata.layers[DENOISED], places)
    if adata.uns[DENOISED]["scale"] == COUNTS:
        depth = np.asarray(counts.sum(axis=1)).reshape(-1, 1)
        after = np.log1p(np.divide(PER * after, depth, out=after, where=depth > 0))
    return gene_figure(
        tissue,
        [str(symbol) for symbol in gene_symbols(adata)[list(places)]],
        before=columns(log_normalise(counts, target_sum=PER), places),
        after=after,
        notes=[_gain_of(adata, place) for place in places],
        unit=f"log(1 + counts per {PER:,})",
    )


def _gain_of(adata: AnnData, place: int) -> str:
    if "denoise_gain" not in adata.var:
        return ""
    gain, error = (adata.var[f"denoise_gain{more}"].iloc[place] for more in ("", "_se"))
    if not math.isfinite(gain):
        return ""
    off = f" ± {error:.2f}" if math.isfinite(error) else ""
    return f"gain {gain:+.2f}{off} nats per molecule"


def domain_table(adata: AnnData, *, key: str) -> str:
    """Return CSV: barcode, domain and stability of each spot, as Loupe and Seurat read it."""
    found = adata.obs[[key, f"{key}_stability"]].rename_axis("Barcode")
    text: str = found.to_csv(float_format="%.2f", lineterminator="\n")
    return text


def ranking_picture(adata: AnnData, *, key: str) -> Figure:
    """Draw the best genes of ``uns[key]`` that are higher in each domain than outside."""
    from graphkit.palette import group_colors
    from graphkit.plots import ranking_figure

    ranked, groupby = adata.uns[key]["table"], adata.uns[key]["params"]["groupby"]
    domains = {
        str(name): best.head(TOP_GENES)[["symbol", "own", "neighbors"]].to_numpy().T
        for name, best in ranked[ranked["direction"] == "up"].groupby("group", sort=False)
    }
    categories = adata.obs[groupby].astype("category").cat.categories.astype(str)
    colors = adata.uns.get(f"{groupby}_colors", group_colors(len(categories)))
    of_domain = dict(zip(categories, colors, strict=True))
    return ranking_figure(domains, colors=[of_domain[name] for name in domains])


def module_picture(adata: AnnData, tissue: Tissue, *, key: str, layer: str | None) -> Figure:
    """Draw the mean image of each module of ``var[key]``, its most typical genes named."""
    import numpy as np

    from graphkit.omics import gene_symbols, log_normalise, raw_counts
    from graphkit.plots import module_images, module_montage

    probability = np.asarray(adata.varm[f"{key}_probability"], dtype=np.float64)
    n_modules = probability.shape[1]
    column = adata.var[key].astype("category").cat
    codes, symbols = column.codes.to_numpy().astype(np.int64), gene_symbols(adata)
    # Genes of no module come after the modules.
    codes[codes >= n_modules] = -1
    images = module_images(log_normalise(raw_counts(adata, layer=layer)), codes)
    top = []
    for code in range(n_modules):
        members = np.flatnonzero(codes == code)
        typical = members[np.argsort(-probability[members, code], kind="stable")]
        top.append([str(symbols[i]) for i in typical[:TOP_GENES]])
    return module_montage(
        tissue,
        images,
        [str(name) for name in column.categories[:n_modules]],
        sizes=np.bincount(codes[codes >= 0], minlength=n_modules).tolist(),
        top_genes=top,
    )


def as_table(report: DenoiseReport) -> str:
    """Return the lines to print: what was scored, a table, and two sentences on it."""
    rows = [HEADER, *map(_cells, report.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    n_seeds = len(report.rows[0].losses)
    halves = "1 split" if n_seeds == 1 else f"{n_seeds} splits"
    title = (
        f"Loss per held-out molecule (Poisson, nats; lower is better), {halves} of the molecules"
        f" into halves, {report.n_spots:,} spots x {report.n_genes:,} genes"
    )
    return "\n".join([title, "", *lines, "", *_sentences(report)]) + "\n"


def _cells(row: DenoiseRow) -> tuple[str, ...]:
    loss = sum(row.losses) / len(row.losses)
    return (
        row.name,
        f"{loss:.4f}",
        _interval(row.gain),
        "" if row.behind is None else _interval(row.behind),
    )


def _interval(interval: Interval) -> str:
    if not math.isfinite(interval.lower):
        return f"{interval.estimate:.4f}"
    return f"{interval.estimate:.4f} [{interval.lower:.4f}, {interval.upper:.4f}]"


def _sentences(report: DenoiseReport) -> list[str]:
    sentences = []
    depth, share = report.equivalent_depth, report.shuffled_share
    if math.isfinite(depth):
        sentences.append(
            f"PCA + neighbours would need {depth:.2f} times as many molecules to predict as well."
        )
    if math.isfinite(share):
        verdict = "as it should be" if share < SHUFFLED_LIMIT else "too much: do not trust it"
        sentences.append(
            f"Of what neighbours bring, {share:.0%} is left with shuffled coordinates: {verdict}."
        )
    return sentences

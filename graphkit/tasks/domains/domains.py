"""Find the domains of a tissue: the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.omics import writable
from graphkit.tasks.domains.estimator import Domains

if TYPE_CHECKING:
    from anndata import AnnData

    from graphkit.tasks.domains.members import DomainParams


def find_domains(
    adata: AnnData,
    *,
    n_domains: int | str,
    method: str = "mixtures",
    members: int = 16,
    min_counts: int = 10,
    off_tissue: bool = False,
    integrate: str = "effects",
    use_rep: str | None = None,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    key_added: str = "domain",
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    progress: bool = False,
    params: DomainParams | None = None,
) -> AnnData | None:
    """Divide a tissue into domains: a consensus of mixtures over smoothed components.

    How far spots are averaged with their neighbours, and whether at all, is chosen on the tissue
    itself. :class:`~graphkit.tasks.Domains` does it, and can also save, apply and explain what it
    found.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts, and ``obsm[spatial_key]``.
    n_domains
        How many domains, or ``"auto"``: of 2 to 14 the number on which two halves of the spots
        agree best, for what it explains of held-out molecules. Where that is not clear, or nothing
        is counted, ``uns[key_added]["determined"]`` is false.
    method
        ``"mixtures"``, or ``"scrcl"`` to read what scRCL makes of the spots (``obsm["X_scrcl"]``)
        in place of components.
    members
        Mixtures.
    min_counts
        Spots with fewer counts are left out: their domain is missing.
    off_tissue
        Whether spots that ``obs["in_tissue"]`` puts off the tissue are kept.
    integrate
        How several slides are brought together: ``"effects"`` takes away what each adds to the
        features of its spots, beside clusters that they share; ``"harmony"`` is Harmony, of the
        package harmonypy; ``"means"`` centres each by itself and no more.
    use_rep
        ``obsm`` key, or ``"X"``, to read in place of counts: all its columns.
    layer, spatial_key
        Slots of the raw counts and of the coordinates.
    library_key
        ``obs`` column that tells slides apart. Their graphs are never joined, the labels are
        shared. To use a correction of your own, name its result with `use_rep`.
    key_added
        Column of the labels, and stem of all other names.
    copy
        Whether to return a changed copy and leave `adata` as it is.
    random_state
        Of all that is random.
    device, progress
        Where to train, and whether to show progress lines on stderr.
    params
        The recipe.

    Returns
    -------
    AnnData or None
        The copy, where one is asked for. Added are

        ``obs[key_added]`` : categorical [n]
            Domains, ``"1"`` the largest.
        ``obs[key_added + "_stability"]`` : float64 [n]
            How likely the domain of a spot is right, the number of domains given; set on simulated
            tissues.
        ``uns[key_added + "_colors"]`` : list of str [K]
            Colours of the domains, as in the pictures.
        ``obsm["X_" + key_added]`` : float32 [n, F]
            Smoothed components.
        ``uns[key_added]``
            Method and settings, what smoothing was chosen and the score of each that was tried, how
            far k-means on the same components agrees; for ``"auto"``, the score of each number
            and whether it is determined; of several slides, how far they are mixed.

    Raises
    ------
    InputError
        If counts, coordinates, slides or the number of domains are unusable.

    Warns
    -----
    UserWarning
        If no spot is most likely in some of the domains that were asked for.

    References
    ----------
    scRCL: arXiv:2512.10640. Harmony: doi:10.1038/s41592-019-0619-0.

    Examples
    --------
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    >>> find_domains(tissue, n_domains=2)
    >>> list(tissue.obs["domain"].cat.categories)
    ['1', '2']
    """
    adata = writable(adata, copy=copy)
    model = Domains(
        n_domains,
        method=method,
        members=members,
        min_counts=min_counts,
        off_tissue=off_tissue,
        integrate=integrate,
        params=params,
        random_state=random_state,
        device=device,
    )
    slots: dict[str, Any] = {"layer": layer, "spatial_key": spatial_key, "library_key": library_key}
    model.fit(adata, use_rep=use_rep, **slots, progress=progress)
    model.annotate(adata, key_added=key_added, **slots)
    return adata if copy else None

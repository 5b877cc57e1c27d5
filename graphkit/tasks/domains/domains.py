"""Find the domains of a tissue: the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphkit.omics import writable
from graphkit.tasks.domains.estimator import Domains

if TYPE_CHECKING:
    from anndata import AnnData

    from graphkit.methods.scrcl import ScRCLParams


def find_domains(
    adata: AnnData,
    *,
    n_domains: int | str,
    members: int = 5,
    use_rep: str | None = None,
    layer: str | None = None,
    spatial_key: str = "spatial",
    library_key: str | None = None,
    key_added: str = "domain",
    copy: bool = False,
    random_state: int = 0,
    device: str = "auto",
    progress: bool = False,
    params: ScRCLParams | None = None,
) -> AnnData | None:
    """Divide a tissue into domains, after scRCL.

    :class:`~graphkit.tasks.Domains` does it, and can also save, apply and explain what it found.

    Parameters
    ----------
    adata : AnnData [n, G]
        Raw counts, or an embedding in X, and ``obsm[spatial_key]``.
    n_domains
        How many domains, or ``"auto"``: of 3 to 12 the number on which the runs agree most.
    members
        Networks.
    use_rep
        ``obsm`` key, or ``"X"``, to read in place of genes.
    layer, spatial_key
        Slots of the raw counts and of the coordinates.
    library_key
        ``obs`` column that tells slides apart: their graphs are never joined, each slide's features
        are centred by themselves, and the labels are shared.
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
            Share of the mixtures that agree.
        ``uns[key_added + "_colors"]`` : list of str [K]
            Colours of the domains, as in the pictures.
        ``obsm["X_" + key_added]`` : float32 [n, 2 D]
            Embedding of the first network.
        ``uns[key_added]``
            Method, settings and, for ``"auto"``, agreement at each number of domains.

    Raises
    ------
    InputError
        If counts, coordinates, slides or the number of domains are unusable.

    References
    ----------
    arXiv:2512.10640.

    Examples
    --------
    >>> from graphkit.methods import ScRCLParams
    >>> from graphkit.datasets import TissueParams, simulate_tissue
    >>> from graphkit.omics import tissue_adata
    >>> tissue = tissue_adata(simulate_tissue(TissueParams(n_spots=60, n_layers=2), seed=0))
    >>> find_domains(tissue, n_domains=2, members=2, params=ScRCLParams(epochs=1))
    >>> list(tissue.obs["domain"].cat.categories)
    ['1', '2']
    """
    adata = writable(adata, copy=copy)
    model = Domains(
        n_domains, members=members, params=params, random_state=random_state, device=device
    )
    slots: dict[str, Any] = {"layer": layer, "spatial_key": spatial_key, "library_key": library_key}
    model.fit(adata, use_rep=use_rep, **slots, progress=progress)
    model.annotate(adata, key_added=key_added, **slots)
    return adata if copy else None

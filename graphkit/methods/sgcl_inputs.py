"""How transcripts reach SGCL-LncLoc, and what is fitted on them before it is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch

from graphkit.builders import KmerWord2Vec, OneHotKmers
from graphkit.methods.base import SequenceMethod
from graphkit.methods.ensemble import make_inputs, with_seed
from graphkit.sequences import composition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphkit.builders import NodeFeatures
    from graphkit.methods.sgcl_params import SGCLLncLocParams
    from graphkit.training import BatchDataset

    Codes = NDArray[np.uint8]


class SGCLInputs(SequenceMethod):
    """Makes inputs and fresh networks; the network itself is the class derived from it."""

    start_from: Any

    @staticmethod
    def fixed_topology(params: SGCLLncLocParams) -> bool:
        """Whether a :class:`~graphkit.builders.Spectrum` is enough, and the fast path is taken."""
        return params.conv == "gcn" and params.k <= 6

    @classmethod
    def inputs(
        cls,
        codes: Sequence[Codes],
        params: SGCLLncLocParams,
        *,
        y: Sequence[int] | None = None,
        source: Sequence[int] | None = None,  # noqa: ARG003 - one source for all
    ) -> BatchDataset:
        """Return sequences as :meth:`logits` reads them."""
        return make_inputs(codes, k=params.k, fixed=cls.fixed_topology(params), y=y)

    @classmethod
    def fresh(
        cls,
        classes: tuple[str, ...],
        params: SGCLLncLocParams,
        codes: Sequence[Codes],
        *,
        y: Sequence[int],  # noqa: ARG003 - vectors and scales are fitted without labels
        source: Sequence[int],  # noqa: ARG003
        seed: int,
    ) -> Self:
        """Return a network with fresh weights and all that is fitted on its training records."""
        features: NodeFeatures
        if params.features == "one-hot":
            features = OneHotKmers(params.k)
        else:
            features = KmerWord2Vec(params.k, dimension=params.embedding_dim, seed=seed)
        vectors = features.fit(codes)(np.arange(4**params.k))
        side = np.stack([composition(c) for c in codes]).astype(np.float32)
        member = with_seed(seed, lambda: cls(classes, params))
        return member.start_from(torch.from_numpy(vectors), torch.from_numpy(side))

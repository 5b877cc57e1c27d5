"""The published SGCL-LncLoc net, from its weights as plain arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from graphkit.errors import InputError
from graphkit.methods.sgcl_lncloc import SGCLLncLoc
from graphkit.methods.sgcl_params import PAPER
from graphkit.tasks.localize.classifier import SequenceClassifier
from graphkit.tasks.localize.ensemble import Ensemble

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

# Published name -> (our name, whether it is stored as x @ weight rather than x @ weight.T).
_NAMES = {
    "nodeEmbedding.embedding.weight": ("embedding", False),
    "conv1.weight": ("encoder.convs.0.lin.weight", True),
    "conv1.bias": ("encoder.convs.0.bias", False),
    "conv2.weight": ("encoder.convs.1.lin.weight", True),
    "conv2.bias": ("encoder.convs.1.bias", False),
    "gap.gate_nn.weight": ("encoder.readout.gate.weight", False),
    "gap.gate_nn.bias": ("encoder.readout.gate.bias", False),
    "lin.out.weight": ("projection.linear.weight", False),
    "lin.out.bias": ("projection.linear.bias", False),
    "classify.out.weight": ("classifier.linear.weight", False),
    "classify.out.bias": ("classifier.linear.bias", False),
}


def published_sgcl_lncloc(arrays: Mapping[str, NDArray[np.float32]]) -> SequenceClassifier:
    """Return the published ensemble: five folds whose probabilities are averaged.

    Parameters
    ----------
    arrays
        ``fold1.conv1.weight`` and so on; node embeddings in lexicographic order of the 5-mers.

    Raises
    ------
    InputError
        If an array is missing.

    References
    ----------
    doi:10.26599/BDMA.2024.9020002
    """
    folds = sorted({name.split(".")[0] for name in arrays if name.startswith("fold")})
    if not folds:
        raise InputError("no arrays of published folds", remedy="Names start with 'fold1.'.")
    classes, members = ("Cytoplasm", "Nucleus"), []
    for fold in folds:
        member = SGCLLncLoc(classes, parity="paper")
        state = member.state_dict()
        for theirs, (ours, transposed) in _NAMES.items():
            if f"{fold}.{theirs}" not in arrays:
                raise InputError("array is missing", slot=f"{fold}.{theirs}")
            tensor = torch.from_numpy(arrays[f"{fold}.{theirs}"])
            state[ours] = tensor.T.contiguous() if transposed else tensor
        member.load_state_dict(state)
        members.append(member.eval())
    return SequenceClassifier.of(
        Ensemble(
            method=SGCLLncLoc,
            params=PAPER,
            classes=classes,
            members=members,
            average="probabilities",
        )
    )

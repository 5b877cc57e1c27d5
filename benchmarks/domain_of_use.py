"""What a domain of use costs real transcripts: answers of the shipped model before and after.

Each record of the training set is answered by the one network of the shipped model that did not see
it, and judged by a domain of use that did not either. That the temperature fitted on these answers
is the shipped one shows that the folds are those of its training.
"""

from pathlib import Path

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
from lncloc_data import SEED, load_pool  # noqa: E402
from scipy.special import softmax  # noqa: E402

from graphkit.evaluation import fit_temperature, grouped_folds  # noqa: E402
from graphkit.pretrained import load_ensemble  # noqa: E402
from graphkit.sequences import LEAST_APPLICABILITY, DomainOfUse, similar_groups  # noqa: E402
from graphkit.tasks.localize.ensemble import member_outputs  # noqa: E402
from graphkit.tasks.localize.predictions import LEAST_ODDS  # noqa: E402

SURE = 0.8


def main() -> None:
    pool, ensemble = load_pool(), load_ensemble("lncloc")
    folds = len(ensemble.members)
    groups = similar_groups(pool.codes)
    fold = grouped_folds(2 * pool.source + pool.y, groups, folds=folds, seed=SEED)
    logits, applicability = np.empty((len(fold), 2)), np.empty(len(fold))
    for number, member in enumerate(ensemble.members):
        out = np.flatnonzero(fold == number)
        data = ensemble.method.inputs([pool.codes[i] for i in out], ensemble.params)
        logits[out] = member_outputs([member], data, ensemble.method.logits)[:, 0].numpy()
        domain = DomainOfUse.fit(pool.codes[i] for i in np.flatnonzero(fold != number))
        applicability[out] = [domain.judge(pool.codes[i]).value for i in out]
    temperature = fit_temperature(logits, pool.y)
    assert abs(temperature - ensemble.temperature) < 1e-4, temperature
    best = softmax(logits / temperature, axis=1).max(axis=1)
    answered, sure = best >= LEAST_ODDS / (1 + LEAST_ODDS), best > SURE
    inside = applicability >= LEAST_APPLICABILITY
    rows = []
    for name, kept in (
        ("all", np.ones(len(fold), dtype=bool)),
        ("200 nt and longer", pool.lengths >= 200),
        ("RNAlight", pool.source == 0),
        ("RCI", pool.source == 1),
    ):
        rows.append(
            {
                "records": name,
                "n": int(kept.sum()),
                "outside": float(1 - inside[kept].mean()),
                "answered before": float(answered[kept].mean()),
                "answered after": float((answered & inside)[kept].mean()),
                "answers lost": float(1 - inside[kept & answered].mean()),
                "above .8 before": float(sure[kept].mean()),
                "above .8 after": float((sure & inside)[kept].mean()),
                "above .8 of those answered before": float(sure[kept & answered].mean()),
                "above .8 of those answered after": float(sure[kept & answered & inside].mean()),
            }
        )
    show(rows, title="Held-out records")
    save(Path(__file__), rows, seed=SEED, threads=1)


if __name__ == "__main__":
    main()

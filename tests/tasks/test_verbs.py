import pandas as pd
import pytest

import graphkit
from graphkit.training import TrainSettings


def test_what_was_trained_localizes(simulated):
    records, labels = simulated
    brief = TrainSettings(epochs=1)
    model = graphkit.train(
        records, labels, method="sgcl-lncloc", params={"k": 3}, folds=2, settings=brief
    )
    assert model.params == {"k": 3}
    table = graphkit.localize(model, records, uncertain=1.0)
    pd.testing.assert_frame_equal(table, model.localize(records, uncertain=1.0))
    assert set(table["label"]) == {"uncertain"}


@pytest.fixture
def simulated():
    params = graphkit.datasets.SimulationParams(n_transcripts=12, length=(150, 200))
    each = graphkit.simulate_transcripts(params, seed=0)
    return [one.record for one in each], [one.label for one in each]

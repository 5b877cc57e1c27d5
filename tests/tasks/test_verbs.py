import numpy as np
import pandas as pd
import pytest

import graphkit
from graphkit.errors import InputError
from graphkit.training import TrainSettings


def test_what_was_trained_localizes(simulated):
    records, labels = simulated
    brief = TrainSettings(epochs=1)
    model = graphkit.train(
        records, labels, method="sgcl-lncloc", params={"k": 3}, members=2, settings=brief
    )
    assert model.params == {"k": 3}
    table = graphkit.localize(model, records, uncertain=1.0)
    pd.testing.assert_frame_equal(table, model.localize(records, uncertain=1.0))
    assert set(table["label"]) == {"uncertain"}


def test_embeddings_stand_beside_what_is_said_of_them(simulated, tiny):
    records, _ = simulated
    model = graphkit.SequenceClassifier.load(tiny)
    given = [*records, graphkit.Record("bad", "NN"), records[0]]
    adata = graphkit.embed(model, given)
    kept = [*records, records[0]]
    np.testing.assert_array_equal(adata.X, model.transform(kept))
    assert list(adata.obs["id"]) == [record.id for record in kept]
    assert adata.obs_names.is_unique
    assert adata.obs_names[0] == records[0].id
    expected = model.localize(kept)
    assert list(adata.obs.columns) == list(expected.columns)
    assert list(adata.obs["label"]) == list(expected["label"])
    assert (adata.obs["p_Nucleus"].to_numpy() == expected["p_Nucleus"].to_numpy()).all()


def test_nothing_to_embed_is_refused(tiny):
    model = graphkit.SequenceClassifier.load(tiny)
    with pytest.raises(InputError, match="no record can be embedded: not_predicted: too few"):
        graphkit.embed(model, [graphkit.Record("bad", "NN")])
    with pytest.raises(InputError, match="record bad"):
        graphkit.embed(model, [graphkit.Record("bad", "NN")], on_error="fail")


@pytest.fixture
def simulated():
    params = graphkit.datasets.SimulationParams(n_transcripts=12, length=(150, 200))
    each = graphkit.simulate_transcripts(params, seed=0)
    return [one.record for one in each], [one.label for one in each]

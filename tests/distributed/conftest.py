"""One local Ray cluster, and records to spread over it."""

import warnings

import numpy as np
import pytest

from graphkit.types import Record


@pytest.fixture(scope="module")
def cluster():
    """Two workers; what connects in this module connects to them."""
    import ray

    ray.init(
        "local",
        num_cpus=2,
        object_store_memory=100_000_000,  # where containers have little shared memory
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
    )
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Ray leaves its pipes to the collector
        ray.shutdown()


@pytest.fixture(scope="session")
def records():
    """Ids that come again, and some that cannot be read."""
    generator = np.random.default_rng(0)
    lengths = generator.integers(3, 300, 70)
    return [
        Record(f"r{i % 30}", "".join(generator.choice([*"ACGU"], length)))
        for i, length in enumerate(lengths)
    ]

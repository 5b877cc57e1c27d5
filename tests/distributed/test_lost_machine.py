"""A machine lost half-way: apart from the other tests, whose cluster would be in its way."""

import time
from itertools import islice

import pytest

from graphkit.distributed.engine import answers


@pytest.mark.slow
def test_a_machine_that_is_lost_half_way(records):
    import ray
    from ray.cluster_utils import Cluster

    machines = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    other = machines.add_node(num_cpus=1)
    try:
        ray.init(address=machines.address, log_to_driver=False, logging_level="ERROR")

        def slow(part):
            time.sleep(0.5)
            return [one.number for one in part]

        found = answers(slow, records, workers=2, size=5)
        begun = list(islice(found, 20))
        machines.remove_node(other, allow_graceful=False)
        assert begun + list(found) == list(range(1, 71))
    finally:
        ray.shutdown()
        machines.shutdown()

import torch

from graphkit.training import env


def test_a_package_that_is_missing_is_no_error(monkeypatch):
    monkeypatch.setattr(env, "PACKAGES", ("torch", "no-such-package"))
    facts = env.env()
    assert facts["torch"] == torch.__version__
    assert facts["no-such-package"] == "not installed"
    assert facts["devices"].startswith("cpu")

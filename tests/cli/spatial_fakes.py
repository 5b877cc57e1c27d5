"""Methods for spots that need no training, and ``graphkit`` in a process of its own with them.

``python spatial_fakes.py A B [arguments]`` waits A seconds in a method and B in writing.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd


def fake_methods(*, seconds: float = 0.0) -> SimpleNamespace:
    """Return stand-ins for the methods of the verbs; ``calls`` has what each was asked."""
    calls: dict[str, dict] = {}

    def called(name, keywords):
        calls[name] = keywords
        sys.stderr.write(f"{name} is running\n")
        sys.stderr.flush()
        time.sleep(seconds)

    def denoise(adata, **keywords):
        called("denoise", keywords)
        adata.layers["denoised"] = np.asarray(adata.X.toarray(), dtype=np.float32) + 0.5
        adata.var["denoise_gain"] = np.where(np.arange(adata.n_vars) < 246, 0.0, 9.5)
        adata.uns["denoised"] = {"seed": keywords["random_state"]}

    def domains(adata, *, n_domains, **keywords):
        called("domains", keywords | {"n_domains": n_domains})
        codes = np.arange(adata.n_obs) % (3 if n_domains == "auto" else n_domains) + 1
        adata.obs["domain"] = pd.Categorical(codes.astype(str))
        adata.obs["domain_stability"] = np.linspace(0, 1, adata.n_obs)

    def modules(adata, *, n_modules, **keywords):
        called("modules", keywords | {"n_modules": n_modules})
        k = 3 if n_modules == "auto" else n_modules
        codes = np.arange(adata.n_vars) % (k + 1)
        names = [*(f"module{i + 1}" for i in range(k)), "unassigned"]
        adata.var["gene_module"] = pd.Categorical.from_codes(codes, categories=names)
        adata.varm["gene_module_probability"] = np.vstack([np.eye(k), np.full(k, np.nan)])[codes]
        adata.uns["gene_module"] = {"n_unassigned": int((codes == k).sum())}

    return SimpleNamespace(denoise=denoise, domains=domains, modules=modules, calls=calls)


def as_modules(fakes: SimpleNamespace) -> dict[str, ModuleType]:
    """Return what takes the places of the real methods in ``sys.modules``."""
    modules = {}
    verbs = {"denoise": "denoise", "domains": "find_domains", "modules": "find_modules"}
    for name, verb in verbs.items():
        module = f"graphkit.tasks.{name}.{name}"
        modules[module] = ModuleType(module)
        setattr(modules[module], verb, getattr(fakes, name))
    return modules


def slow_writing(seconds: float) -> None:
    """Make every .h5ad file stay half written for a while."""
    from anndata import AnnData

    write = AnnData.write_h5ad

    def slow(self, filename, **keywords):
        Path(filename).write_bytes(b"half")
        sys.stderr.write("half written\n")
        sys.stderr.flush()
        time.sleep(seconds)
        return write(self, filename, **keywords)

    AnnData.write_h5ad = slow


def main() -> None:
    """Run the command line without torch."""
    running, writing = float(sys.argv.pop(1)), float(sys.argv.pop(1))
    import graphkit
    from graphkit.cli.main import main as run
    from graphkit.tasks.costs import Cost

    training = ModuleType("graphkit.training")
    training.choose_device = lambda name: name
    sys.modules[training.__name__] = graphkit.training = training
    sys.modules.update(as_modules(fake_methods(seconds=running)))
    # What a run costs is computed from the settings of the true method.
    sys.modules["graphkit.cli.denoise"].denoising_cost = lambda *_, **__: Cost(1e9, running)
    slow_writing(writing)
    run()


if __name__ == "__main__":
    main()

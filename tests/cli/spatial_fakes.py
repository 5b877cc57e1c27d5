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
    """Return stand-ins for the estimators of the verbs; ``calls`` has what each was asked."""
    calls: dict[str, dict] = {}

    class Fake:
        sha256 = None

        def __init__(self, **keywords):
            self.asked = keywords

        def fit(self, adata, **keywords):
            calls[self.verb] = self.asked = {**self.asked, **keywords}
            sys.stderr.write(f"{self.verb} is running\n")
            sys.stderr.flush()
            time.sleep(seconds)

    class Denoiser(Fake):
        verb = "denoise"

        def annotate(self, adata, **keywords):
            adata.layers["denoised"] = np.asarray(adata.X.toarray(), dtype=np.float32) + 0.5
            adata.uns["denoised"] = {"scale": "shares"}
            gains = np.where(np.arange(adata.n_vars) < 246, 0.0, 9.5)
            adata.var["denoise_gain"], adata.var["denoise_gain_se"] = gains, 0.5
            shown = np.where(gains > 0, "yes", "not shown")
            adata.var["denoise_verdict"] = pd.Categorical(shown, ["yes", "not shown", "no"])
            adata.var["denoise_molecules"] = np.asarray(adata.X.sum(axis=0)).ravel().astype(int)
            tell_origin(adata, "denoised", self.asked["random_state"])

    class Domains(Fake):
        verb = "domains"

        def annotate(self, adata, **keywords):
            number = self.asked["n_domains"]
            codes = np.arange(adata.n_obs) % (3 if number == "auto" else number) + 1
            adata.obs["domain"] = pd.Categorical(codes.astype(str))
            adata.obs["domain_stability"] = np.linspace(0, 1, adata.n_obs)
            adata.uns["domain"] = {
                "features": "15 principal components",
                "left_out": 3,
                "read": 100,
                "n_domains": 3,
                "smoothings": {"no smoothing": 0.2, "the mean over 6 neighbours": 0.1},
                "agreement_with_kmeans": 0.8,
                "curve": {"2": 0.5, "3": 0.9},
                "determined": number == "auto",
            }
            tell_origin(adata, "domain", self.asked["random_state"])

    class Modules(Fake):
        verb = "modules"

        def annotate(self, adata, **keywords):
            k = 3 if self.asked["n_modules"] == "auto" else self.asked["n_modules"]
            codes = np.arange(adata.n_vars) % (k + 1)
            names = [*(f"module{i + 1}" for i in range(k)), "unassigned"]
            adata.var["gene_module"] = pd.Categorical.from_codes(codes, categories=names)
            probability = np.vstack([np.eye(k), np.full(k, np.nan)])[codes]
            adata.varm["gene_module_probability"] = probability
            left = int((codes == k).sum())
            tell_origin(adata, "gene_module", self.asked["random_state"])
            adata.uns["gene_module"] = {
                "n_modules": k,
                "n_unassigned": left,
                "agreement": 0.5,
                "reproducibility": np.full(k, 0.75),
            }

    return SimpleNamespace(denoise=Denoiser, domains=Domains, modules=Modules, calls=calls)


def tell_origin(adata, key, seed):
    adata.uns["graphkit"] = {key: {"seed": seed}}


def places(fakes: SimpleNamespace) -> dict[tuple[str, str], type]:
    """Return what takes the place of which estimator, by module and name."""
    return {
        ("graphkit.tasks.denoise.denoiser", "SpatialDenoiser"): fakes.denoise,
        ("graphkit.tasks.domains.estimator", "Domains"): fakes.domains,
        ("graphkit.tasks.modules.estimator", "GeneModules"): fakes.modules,
    }


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
    from graphkit.cli import denoise
    from graphkit.cli.main import main as run
    from graphkit.tasks.costs import Cost

    training = ModuleType("graphkit.training")
    training.choose_device = lambda name: name
    sys.modules[training.__name__] = graphkit.training = training
    for (name, kind), fake in places(fake_methods(seconds=running)).items():
        sys.modules[name] = ModuleType(name)
        setattr(sys.modules[name], kind, fake)
    # What a run costs is computed from the settings of the true method.
    denoise.denoising_cost = lambda *_, **__: Cost(1e9, running)
    slow_writing(writing)
    run()


if __name__ == "__main__":
    main()

"""Run one trial of the search: members on every split, resumable, one file of logits per trial.

``python trials.py NAME --folder F`` trains what is not there yet; the name ``baselines`` fits
ExtraTrees, length and composition on the same splits. ``score.py`` makes numbers of the logits.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from model import Shape
from numpy.typing import NDArray
from training import Recipe, logits_of, train_member

from data import Regions, Sources, load_sources
from graphkit.evaluation import BASELINES

#: The trials, by what they change.
TRIALS = {
    "regions": Recipe(),
    "whole": Recipe(shape=Shape(regions=1), ends=()),
    "length-gated": Recipe(shape=Shape(length_for_all=False)),
    "weak-gate": Recipe(gate=0.1, second=2.0),
}


def splits(data: Sources) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Name -> training and test records of every split of the protocol."""
    first, second = data.source == 0, data.source == 1
    found = {
        f"fold{i}": (np.flatnonzero(data.folds != i), np.flatnonzero(data.folds == i))
        for i in range(5)
    }
    found["first to second"] = (np.flatnonzero(first), np.flatnonzero(second & data.unseen))
    found["second to first"] = (np.flatnonzero(second), np.flatnonzero(first & data.unseen))
    return found


def run(name: str, members: int, folder: Path, data: Sources) -> None:
    """Train the members of a trial that are not in `folder` yet."""
    recipe = TRIALS[name]
    regions = Regions(data.codes, recipe.ends)
    for member in range(members):
        for split, (train, test) in splits(data).items():
            target = folder / f"{name}.{split.replace(' ', '-')}.{member}.npz"
            if target.exists():
                continue
            seed = 1000 * member + len(split) + sum(map(ord, split))
            net, speed = train_member(data, regions, train, recipe, seed=seed)
            np.savez(target, z=logits_of(net, regions, test), test=test, speed=speed)
            print(name, member, split, round(speed), flush=True)


def run_baselines(folder: Path, data: Sources) -> None:
    """Fit every baseline on each split, and on each source's own part of each fold."""
    pairs = dict(splits(data))
    for i in range(5):
        train, test = pairs[f"fold{i}"]
        for source in (0, 1):
            own = [part[data.source[part] == source] for part in (train, test)]
            pairs[f"fold{i} source{source}"] = (own[0], own[1])
    for name, make in BASELINES.items():
        for split, (train, test) in pairs.items():
            target = folder / f"{name.split()[0]}.{split.replace(' ', '-')}.npz"
            if target.exists():
                continue
            model = make().fit([data.records[i] for i in train], data.y[train])
            p = model.predict_proba([data.records[i] for i in test])
            np.savez(target, p=p, test=test)
            print(name, split, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=[*TRIALS, "baselines"])
    parser.add_argument("--members", type=int, default=5)
    parser.add_argument("--folder", type=Path, required=True, help="where logits go")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    data = load_sources()
    if chosen.name == "baselines":
        run_baselines(chosen.folder, data)
    else:
        run(chosen.name, chosen.members, chosen.folder, data)


if __name__ == "__main__":
    main()

"""What single-nucleotide variants cost: 10,000 in transcripts of 2 kb, one thread.

Bar: less than a minute, and each change that of predicting the mutant anew, to 1e-5. Letters,
places and substitutions are drawn at random.
"""

import time

from common import limit_threads, save, show

limit_threads(1)

import numpy as np  # noqa: E402
import torch  # noqa: E402

from graphkit.pretrained import load  # noqa: E402
from graphkit.sequences import Variant, decode  # noqa: E402
from graphkit.tasks.explain.explain import explain  # noqa: E402
from graphkit.tasks.explain.variants import score_variants  # noqa: E402
from graphkit.types import Record  # noqa: E402

SEED, LENGTH, TRANSCRIPTS, EACH, COMPARED = 0, 2_000, 10, 1_000, 20
PACKAGES = ("graphkit-bio", "numpy", "torch")


def main() -> None:
    torch.set_num_threads(1)
    generator = np.random.default_rng(SEED)
    model = load("lncloc")
    scoring, far = 0.0, []
    for number in range(TRANSCRIPTS):
        codes = generator.integers(4, size=LENGTH).astype(np.uint8)
        places = generator.integers(LENGTH, size=EACH)
        letters = (codes[places] + generator.integers(1, 4, size=EACH)) % 4
        variants = [
            Variant(f"t{number}", int(place) + 1, "ACGU"[codes[place]], "ACGU"[letter])
            for place, letter in zip(places, letters, strict=True)
        ]
        record = Record(f"t{number}", decode(codes))
        (explanation,) = explain(model, [record], target=model.classes_[0], steps=2)
        start = time.perf_counter()
        effects = score_variants(model, explanation, variants)
        scoring += time.perf_counter() - start
        mutants = []
        for variant in variants[:COMPARED]:
            at = variant.position - 1
            letters_of = record.sequence
            mutants.append(Record("m", letters_of[:at] + variant.alt + letters_of[at + 1 :]))
        own, *others = (one.value[0] for one in model.ensemble_.predict_each([record, *mutants]))
        far += [
            abs(effect.change - (other - own))
            for effect, other in zip(effects, others, strict=False)
        ]
    rows = [
        {
            "what": f"{TRANSCRIPTS * EACH:,} variants of 2 kb, seconds",
            "value": scoring,
            "bar": 60.0,
        },
        {"what": "largest difference to predicting anew", "value": max(far), "bar": 1e-5},
    ]
    show(rows, title="Variants")
    save(__file__, rows, seed=SEED, threads=1, packages=PACKAGES)


if __name__ == "__main__":
    main()

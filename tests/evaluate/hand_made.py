"""Cases as `scored_cases` returns them, made by hand or by chance."""

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.cases import Model

A, B = Model("a", 0.5, "probability", "youden"), Model("b", 0.5, "probability", "youden")


def cases_of(splits: dict[str, int], seed: int = 1, events: bool = False) -> pd.DataFrame:
    """Draw cases with a label and the probabilities of two models, the second the noisier; one case a patient."""
    generator = np.random.default_rng(seed)
    split = np.repeat(list(splits), list(splits.values()))
    risk = generator.normal(size=len(split))
    names = [f"c{number:04d}" for number in range(len(split))]
    label = (generator.random(len(split)) < 1 / (1 + np.exp(-1.5 * risk))).astype(float)
    frame = pd.DataFrame({"patient": names, "case": names, "split": split, "centre": "one", "label": label})
    for model, noise in (("a", 0.3), ("b", 1.5)):
        score = risk + noise * generator.normal(size=len(split))
        frame[f"{model}__probability"] = 1 / (1 + np.exp(-score))
    if events:
        time = generator.exponential(12 * np.exp(-risk))
        censored = generator.uniform(4, 40, len(split))
        frame["time"], frame["event"] = np.minimum(time, censored).round(1), (time <= censored).astype(float)
    return frame

"""Hyperparameters are chosen in inner folds."""

import numpy as np

from sonomics.core.settings.train import Model
from sonomics.train.classifier import fit
from sonomics.train.search.grid import choose_values
from tests.train.rows import STATED, model_of, people


def ring(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Positives around negatives: no straight line parts them."""
    turn = np.linspace(0, 2 * np.pi, n)
    labels = np.arange(n) % 2.0
    return np.column_stack([np.cos(turn), np.sin(turn)]) * (0.3 + labels)[:, None], labels


def searching(values: dict) -> Model:
    return model_of({**STATED["linear"], "search": {"folds": 3, "values": values}})


def test_the_search_takes_what_parts_the_classes():
    values, labels = ring()
    settings = searching({"kernel": ["linear", "rbf"], "cost": [1.0]})
    assert choose_values(settings, settings.search, values, labels, people(values), seed=1).kernel == "rbf"
    assert fit(settings, values, labels, people(values), seed=1).kernel == "rbf"


def test_with_one_patient_a_class_the_first_candidate_is_taken():
    values, labels = ring(4)
    settings = searching({"kernel": ["linear", "rbf"]})
    groups = np.array(["P1", "P2", "P1", "P2"])
    assert choose_values(settings, settings.search, values, labels, groups, seed=1).kernel == "linear"

"""Every kind with the sentences that the methods text and the checklists make of it.

`sentences.json` holds settings, among them all that the params.yaml of this repository state, and the words for them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kinds.toy import GROUPS

SENTENCES = json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8"))


def described(entry: dict[str, Any]) -> tuple[Any, Any]:
    kind = GROUPS[entry["group"]].get(entry["name"])
    kind.settings.model_validate(entry["settings"])
    return kind, kind.settings.partial(entry["settings"])


def of(*groups: str) -> list[dict[str, Any]]:
    return [entry for entry in SENTENCES if entry["group"] in groups]


def test_there_is_a_sentence_for_every_kind() -> None:
    # Formats of outlines are not part of the methods text.
    kinds = {(group.name, name) for group in GROUPS.values() for name in group.names() if group.name != "outlines"}
    assert {(entry["group"], entry["name"]) for entry in SENTENCES} == kinds


@pytest.mark.parametrize("entry", SENTENCES, ids=lambda entry: f"{entry['group']}-{entry['name']}")
def test_words_with_settings_and_defaults(entry: dict[str, Any]) -> None:
    kind, settings = described(entry)
    assert kind.describe(settings) == entry["words"]
    # A job is handed the settings with all defaults filled in.
    assert kind.describe(kind.settings.partial(settings.plain())) == entry["words"]


@pytest.mark.parametrize("entry", of("families"), ids=lambda entry: entry["name"])
def test_details_of_hand_crafted_families(entry: dict[str, Any]) -> None:
    kind, settings = described(entry)
    details = kind.describe_details(settings)
    assert (f"For NAME: {details}." if details else "") == entry["details"]


@pytest.mark.parametrize("entry", of("models"), ids=lambda entry: entry["name"])
def test_classes_and_training_of_models(entry: dict[str, Any]) -> None:
    kind, settings = described(entry)
    assert kind.balances_classes(settings) == entry["alike"]
    training = [f"NAME {kind.describe_training(settings)}."] if kind.training else []
    changes = [f"Their training images were {kind.image_changes} at random."] if kind.image_changes else []
    assert training + changes == entry["fitting"]


@pytest.mark.parametrize("entry", of("sources"), ids=lambda entry: entry["name"])
def test_pixels_of_sources(entry: dict[str, Any]) -> None:
    kind, settings = described(entry)
    pixels = kind.describe_pixels(settings)
    assert (f"; {pixels}" if pixels else "") == entry["pixels"]


@pytest.mark.parametrize("entry", of("combinations"), ids=lambda entry: entry["name"])
def test_evidence_of_combinations(entry: dict[str, Any]) -> None:
    kind, _ = described(entry)
    assert kind.evidence == entry["evidence"]

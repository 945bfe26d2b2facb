"""Settings of kinds: what is refused, and where."""

from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from sonomics.kinds.families import FAMILIES
from sonomics.kinds.models import MODELS
from sonomics.kinds.sources import SOURCES
from tests.kinds.toy import GROUPS

TEXTURE = {"kind": "texture", "bins": 32, "classes": ["glcm"], "filters": {"original": {}}, "resample_mm": None}
DEEP = {"kind": "deep", "architecture": "resnet18", "weights": "none", "size": 64, "batch": 8}
FOREST = {"kind": "forest", "families": ["texture"], "trees": 10}
SVM = {"kind": "svm", "families": ["texture"], "cost": 1}
COHORT = {"centre": "north", "split": {"train": "2015-01-01"}}
LISTED = {
    "root": "x",
    "table": "x.csv",
    "view": "grey",
    "columns": {"patient": "ID"},
    "images": "{ID}.png",
    "cohort": {"centre": "x", "split": {"column": "set", "values": {"train": [1, "b"]}}, "columns": {}},
}
DIMSE = {"host": "p", "port": 104, "ae_title": "A", "called_ae_title": "B", "retrieve": "get", "cohort": COHORT}


@pytest.mark.parametrize(
    ("group", "name", "settings", "place"),
    [
        ("models", "forest", {**FOREST, "trees": 0}, "trees"),
        ("models", "forest", {**FOREST, "trees": 10.0}, "trees"),
        ("models", "forest", {**FOREST, "trees": True}, "trees"),
        ("models", "forest", {**FOREST, "families": []}, "families"),
        ("models", "forest", {**FOREST, "families": ["a", "a"]}, "families"),
        ("models", "forest", {**FOREST, "class_weight": "even"}, "class_weight"),
        ("models", "forest", {**FOREST, "depth": 3}, "depth"),
        ("models", "forest", {**FOREST, "search": {"folds": 1, "values": {"trees": [1]}}}, "search.folds"),
        ("models", "forest", {**FOREST, "search": {"folds": 2, "values": {}}}, "search.values"),
        ("models", "forest", {**FOREST, "search": {"folds": 2, "values": {"trees": []}}}, "search.values.trees"),
        (
            "models",
            "forest",
            {**FOREST, "search": {"folds": 2, "values": {"trees": [1, 0.5]}}},
            "search.values.trees.1",
        ),
        ("models", "forest", {**FOREST, "search": {"folds": 2, "values": {"cost": [1]}}}, "search.values"),
        ("models", "svm", {**SVM, "cost": float("nan")}, "cost"),
        ("models", "svm", {**SVM, "search": {"folds": 2, "values": {"kernel": ["poly"]}}}, "search.values.kernel.0"),
        ("models", "radscore", {"kind": "radscore", "families": ["a", "b"]}, "families"),
        ("models", "clinical", {"kind": "clinical", "columns": [], "enter": 0.1}, "columns"),
        ("models", "clinical", {"kind": "clinical", "columns": ["age"], "enter": 2}, "enter"),
        ("families", "texture", {**TEXTURE, "bins": 1}, "bins"),
        ("families", "texture", {**TEXTURE, "classes": ["shape"]}, "classes.0"),
        ("families", "texture", {**TEXTURE, "filters": {}}, "filters"),
        ("families", "texture", {**TEXTURE, "filters": {"sobel": {}}}, "filters.sobel"),
        ("families", "texture", {**TEXTURE, "filters": {"log": {}}}, "filters.log.sigma"),
        ("families", "texture", {**TEXTURE, "filters": {"log": {"sigma": [0]}}}, "filters.log.sigma.0"),
        ("families", "texture", {**TEXTURE, "filters": {"wavelet": {"wavelet": "db99"}}}, "filters.wavelet.wavelet"),
        ("families", "texture", {**TEXTURE, "filters": {"original": {"a": 1}}}, "filters.original.a"),
        ("families", "texture", {key: TEXTURE[key] for key in TEXTURE if key != "resample_mm"}, "resample_mm"),
        ("families", "pyradiomics", {**TEXTURE, "proof": 3}, "proof"),
        ("families", "mazda", {"kind": "mazda", "normalisation": "none", "resample_mm": 0}, "resample_mm"),
        ("families", "deep", {**DEEP, "layers": ["layer1"]}, "pooling"),
        ("families", "deep", {**DEEP, "pooling": "max"}, "layers"),
        ("families", "deep", {**DEEP, "size": 16}, "size"),
        ("steps", "pca", {"step": "pca"}, ""),
        ("steps", "pca", {"step": "pca", "components": 3, "variance": 0.9}, ""),
        ("steps", "pca", {"step": "pca", "variance": 1.5}, "variance"),
        ("steps", "icc", {"step": "icc", "above": 0.7, "form": "1,1"}, "form"),
        ("steps", "icc", {"step": "icc", "above": 0.7, "below": 1}, "below"),
        ("steps", "u_test", {"step": "u_test", "below": 1.5}, "below"),
        ("steps", "lasso", {"step": "lasso", "folds": 2, "rule": "min"}, "folds"),
        ("steps", "lasso", {"step": "lasso", "folds": 3, "rule": "min", "mixing": 0.5}, "mixing"),
        ("steps", "elastic_net", {"step": "elastic_net", "folds": 3, "rule": "min"}, "mixing"),
        ("steps", "combat", {"step": "combat", "by": "centre", "reference": None}, "reference"),
        ("sources", "simulator", {"patients": {"later": 3}, "repeat_outlines": 0}, "patients.later"),
        ("sources", "folder", {"root": "/media"}, "table"),
        ("sources", "folder", {"root": "/media", "table": "t.csv", "dicom": {"cohort": COHORT}}, ""),
        ("sources", "folder", {**LISTED, "captures": {"ID": "bus_("}}, "captures.ID"),
        ("sources", "folder", {**LISTED, "prefix": "a b"}, "prefix"),
        ("sources", "dicomweb", {"url": "pacs.hospital", "cohort": COHORT}, "url"),
        ("sources", "dicomweb", {"url": "https://p/d", "cohort": COHORT, "password": "secret"}, "password"),
        (
            "sources",
            "dicomweb",
            {"url": "https://p/d", "cohort": {**COHORT, "split": {"train": "2015"}}},
            "cohort.split.train",
        ),
        ("sources", "dimse", {**DIMSE, "retrieve": "move"}, "store_port"),
        ("sources", "dimse", {**DIMSE, "port": 70000}, "port"),
    ],
)
def test_bad_settings_are_refused_at_their_key(group: str, name: str, settings: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        GROUPS[group].get(name).settings.model_validate(settings)
    assert ".".join(map(str, refused.value.errors()[0]["loc"])).startswith(place)
    assert bool(refused.value.errors()[0]["loc"]) == bool(place)


def test_a_search_says_what_it_can_choose() -> None:
    assert {name: MODELS.get(name).searchable for name in MODELS.names()} == {
        "boosting": ("depth", "rate", "trees"),
        "cox": ("mixing",),
        "clinical": (),
        "forest": ("trees",),
        "logistic": ("cost",),
        "network": (),
        "ordinal": ("cost",),
        "radscore": (),
        "survival_forest": ("trees", "leaf"),
        "svm": ("cost", "kernel"),
    }
    settings = MODELS.get("boosting").settings
    with pytest.raises(ValidationError) as refused:
        settings.model_validate(
            {"kind": "boosting", "families": ["a"], "trees": 1, "rate": 1, "depth": 1,
             "search": {"folds": 2, "values": {"cost": [1]}}}
        )  # fmt: skip
    (error,) = refused.value.errors()
    assert error["ctx"]["rule"] == "this kind of model cannot search cost"
    assert error["ctx"]["fix"] == "search depth or rate or trees"


def test_settings_keep_what_is_written_and_fill_in_defaults() -> None:
    text = {**TEXTURE, "filters": {"original": {}, "log": {"sigma": [1, 2.5]}, "lbp2d": {"radius": 2}}}
    filled = FAMILIES.get("texture").settings.partial(text).plain()
    assert list(filled["filters"]) == ["original", "log", "lbp2d"]
    assert filled["filters"]["log"] == {"sigma": [1, 2.5]}
    assert filled["filters"]["lbp2d"] == {"radius": 2, "samples": 8}
    assert filled["proof"] == 3
    assert filled["resample_mm"] is None
    searched = {**SVM, "search": {"folds": 2, "values": {"kernel": ["rbf"], "cost": [1, 0.5]}}}
    filled = MODELS.get("svm").settings.partial(searched).plain()
    assert (filled["kernel"], filled["class_weight"], filled["cost"]) == ("rbf", "balanced", 1)
    assert list(filled["search"]["values"]) == ["kernel", "cost"]
    fold = {"column": "kFold", "values": {0: [1], 1: [2]}}
    listed = {**LISTED, "cohort": {**LISTED["cohort"], "fold": fold}}
    SOURCES.get("folder").settings.model_validate(listed)
    assert SOURCES.get("folder").settings.partial(listed).plain()["cohort"]["fold"] == fold
    server = SOURCES.get("dicomweb").settings.partial({"url": "https://p/d", "cohort": COHORT}).plain()
    assert {key: server[key] for key in ("parallel", "timeout_s", "retries", "pause_s")} == {
        "parallel": 2, "timeout_s": 60, "retries": 4, "pause_s": 1,
    }  # fmt: skip
    assert server["query"]["modality"] == "US"


def study(*steps: dict[str, Any], clinical: tuple[str, ...] = ()) -> SimpleNamespace:
    """A study with a binary task, which these steps are of, and one that no radscore serves."""
    typed = [GROUPS["steps"].get(step["step"]).settings.partial(step) for step in steps]
    by_task = {"cancer": typed, "relapse": [GROUPS["steps"].get("cox").settings.partial({"step": "cox", "below": 0.1})]}
    tasks = {"cancer": SimpleNamespace(type="binary"), "relapse": SimpleNamespace(type="survival")}
    select = SimpleNamespace(steps_of=lambda name, task: by_task[name])
    return SimpleNamespace(select=select, study=SimpleNamespace(clinical=list(clinical), tasks=tasks))


def test_a_radscore_needs_a_last_step_that_gives_coefficients() -> None:
    radscore = MODELS.get("radscore")
    settings = radscore.settings.model_validate({"kind": "radscore", "families": ["texture"]})
    lasso = {"step": "lasso", "folds": 3, "rule": "min"}
    for_deep_alone = {"step": "pca", "components": 2, "families": ["deep"]}
    radscore.check(settings, study(lasso))
    radscore.check(settings, study({"step": "elastic_net", "folds": 3, "rule": "1se", "mixing": 0.5}, for_deep_alone))
    for steps in ([lasso, {"step": "mrmr", "count": 3}], [{**lasso, "families": ["deep"]}]):
        with pytest.raises(ValidationError, match="the last step for texture is another"):
            radscore.check(settings, study(*steps))


def test_a_clinical_model_takes_columns_of_the_study() -> None:
    clinical = MODELS.get("clinical")
    settings = clinical.settings.partial({"kind": "clinical", "columns": ["age", "weight"], "enter": 0.1})
    clinical.check(settings, study(clinical=("age", "weight", "sex")))
    with pytest.raises(ValidationError, match=r"weight is not in study\.clinical") as refused:
        clinical.check(settings, study(clinical=("age", "sex")))
    assert refused.value.errors()[0]["loc"] == ("columns",)


def test_a_clinical_model_names_the_regression_of_each_task() -> None:
    clinical = MODELS.get("clinical")
    settings = clinical.settings.partial({"kind": "clinical", "columns": ["age"], "enter": 0.1})
    binary = SimpleNamespace(type="binary")
    assert clinical.describe_for(settings, {"a": binary, "b": binary}) == clinical.describe(settings)
    ordered, nominal = (SimpleNamespace(type="classes", ordered=ordered) for ordered in (True, False))
    several = {"a": binary, "grade": ordered, "kind": nominal, "death": SimpleNamespace(type="survival")}
    assert clinical.describe_for(settings, several) == (
        "multivariable regression on the clinical variables with a univariable P < 0.1, logistic (a), "
        "proportional-odds logistic (grade), multinomial logistic (kind) and Cox (death)"
    )


def test_sources_say_whether_they_hold_identities_and_bring_outlines() -> None:
    stated = {
        "simulator": {"patients": {"train": 3}, "repeat_outlines": 0},
        "dicomweb": {"url": "https://p/d", "cohort": COHORT},
        "dimse": DIMSE,
    }
    about = {name: (SOURCES.get(name), SOURCES.get(name).settings.partial(section)) for name, section in stated.items()}
    assert {name: kind.holds_identities(settings) for name, (kind, settings) in about.items()} == {
        "simulator": False, "dicomweb": True, "dimse": True,
    }  # fmt: skip
    assert [name for name, (kind, _) in about.items() if kind.is_server] == ["dicomweb", "dimse"]
    assert [name for name, (kind, _) in about.items() if kind.is_simulated] == ["simulator"]
    folder = SOURCES.get("folder")
    listed = folder.settings.partial({**LISTED, "outlines": {"reader_1": "{ID}.png"}})
    found = folder.settings.partial({"root": "x", "dicom": {"cohort": COHORT}})
    assert [folder.holds_identities(settings) for settings in (listed, found)] == [False, True]
    assert [folder.outline_readers(settings) for settings in (listed, found)] == [["reader_1"], []]
    assert folder.studies(found).cohort.centre == "north"
    assert [folder.describe_pictures(settings) for settings in (listed, found)] == [
        "pictures without metadata, blanked outside the scan and freed of writing", "",
    ]  # fmt: skip
    kept = folder.settings.partial({**LISTED, "pixels": "keep"})
    assert folder.keeps_pixels(kept)
    assert folder.describe_pictures(kept) == "pictures without metadata; their pixels not checked for text"

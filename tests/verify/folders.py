"""Other folders of reference tables: resampled, and degenerate in one way each."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from sonomics.verify.statistics import COLUMNS

ORACLE = Path(__file__).parents[1] / "data" / "oracle"
Tables = dict[str, pd.DataFrame]


def oracle_tables() -> Tables:
    return {name: pd.read_csv(ORACLE / f"{name}.csv") for name in COLUMNS}


def write(tables: Tables, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    (folder / "sample_size_inputs.json").write_bytes((ORACLE / "sample_size_inputs.json").read_bytes())
    return folder


def resampled(seed: int) -> Tables:
    """Every table drawn anew with other sizes, numbers jittered."""
    tables, generator = oracle_tables(), np.random.default_rng(seed)
    patients = _drawn(tables["binary_paired"], 173, generator)
    for model in ("model_a", "model_b"):
        patients[model] = np.clip(patients[model] + generator.normal(0, 0.05, len(patients)), 0.001, 0.999).round(2)
    survival = _drawn(tables["survival"], 231, generator)
    survival["time_months"] = (survival["time_months"] * generator.uniform(0.7, 1.2, len(survival))).round(1)
    features = _drawn(tables["features"], 140, generator)
    columns = [column for column in features if column.startswith("x")]
    features = features.assign(**(features[columns] + generator.normal(0, 0.3, (len(features), len(columns)))))
    of_train = features["set"] == "train"
    features.loc[of_train, "fold"] = np.arange(of_train.sum()) % 10 + 1
    images = tables["clustered_images"]
    images["score"] = np.clip(images["score"] + generator.normal(0, 0.05, len(images)), 0, 1).round(3)
    readings = tables["reader_study"]
    cases = generator.choice(readings["case_id"].unique(), 90, replace=False)
    maps = tables["heatmap_mask"]
    maps["heat"] = generator.permutation(maps["heat"])
    return tables | {
        "binary_paired": patients,
        "boot_patients": pd.DataFrame(generator.integers(1, 174, (50, 173))),
        "survival": survival,
        "features": features,
        "reader_study": readings[readings["case_id"].isin(cases)],
    }


def _drawn(table: pd.DataFrame, rows: int, generator: np.random.Generator) -> pd.DataFrame:
    drawn = table.iloc[np.sort(generator.integers(0, len(table), rows))].reset_index(drop=True)
    return drawn.assign(patient_id=[f"N{number:03}" for number in range(rows)])


def _set(table: str, **columns: object) -> Callable[[Tables], Tables]:
    return lambda tables: tables | {table: tables[table].assign(**columns)}


def _keep(table: str, query: str) -> Callable[[Tables], Tables]:
    return lambda tables: tables | {table: tables[table].query(query)}


def _one_class_in_training(tables: Tables) -> Tables:
    patients = tables["binary_paired"].copy()
    patients.loc[patients["set"] == "train", "y"] = 1
    features = tables["features"].copy()
    features.loc[features["set"] == "train", "y"] = 0
    return tables | {"binary_paired": patients, "features": features}


def _equal_readers(tables: Tables) -> Tables:
    readings = tables["reader_study"]
    first = readings[(readings["reader"] == "R1") & (readings["modality"] == "unaided")].set_index("case_id")
    same = {name: readings["case_id"].map(first[name]) for name in ("score", "category", "decision")}
    return tables | {"reader_study": readings.assign(**same)}


def _separated(tables: Tables) -> Tables:
    patients = tables["binary_paired"]
    return tables | {"binary_paired": patients.assign(model_a=0.1 + 0.8 * patients["y"], model_b=patients["y"])}


def _certain(tables: Tables) -> Tables:
    survival = tables["survival"]
    return tables | {"survival": survival.assign(risk_score=-survival["time_months"], event=1)}


DEGENERATE: dict[str, Callable[[Tables], Tables]] = {
    "all ill": _set("binary_paired", y=1),
    "all well": _set("binary_paired", y=0),
    "one class in training": _one_class_in_training,
    "constant probabilities": _set("binary_paired", model_a=0.5, model_b=0.5),
    "certain probabilities": _separated,
    "no test patients": _set("binary_paired", set="train"),
    "no training patients": _set("binary_paired", set="test"),
    "constant clinical": _set("binary_paired", age=50, menopause=1, ascites=0, echo="solid", ca125=np.nan),
    "no events": _set("survival", event=0),
    "all events": _set("survival", event=1),
    "constant risk": _set("survival", risk_score=0.0),
    "perfect risk": _certain,
    "one stage": _set("survival", stage="I", residual=0),
    "no survival test": _keep("survival", "set == 'train'"),
    "no survival training": _keep("survival", "set == 'test'"),
    "short follow-up": lambda tables: (
        tables | {"survival": tables["survival"].assign(time_months=lambda rows: rows["time_months"].clip(upper=10))}
    ),
    "one time": _set("survival", time_months=12.0),
    "constant features": _set("features", x01=1.0, x02=0.0, x07=3.0),
    "no feature test": _keep("features", "set == 'train'"),
    "no feature training": _keep("features", "set == 'test'"),
    "one outline": lambda tables: (
        tables
        | {
            "icc_features": tables["icc_features"].assign(
                **{name: 1.0 for name in tables["icc_features"] if name.startswith("f")}
            )
        }
    ),
    "two outlined patients": _keep("icc_features", "patient_id in ('R001', 'R002')"),
    "one reader": _keep("reader_study", "reader == 'R1'"),
    "two readers": _keep("reader_study", "reader in ('R1', 'R2')"),
    "equal readers": _equal_readers,
    "no ill case read": _keep("reader_study", "truth == 0"),
    "one ill case read": _keep("reader_study", "truth == 0 or case_id == 'C002' or case_id == 'C005'"),
    "one decision": _set("reader_study", decision=1, category=3, score=50),
    "no positive image": _set("clustered_images", y_image=0, y_patient=0),
    "constant image scores": _set("clustered_images", score=0.4),
    "one image a patient": lambda tables: (
        tables | {"clustered_images": tables["clustered_images"].drop_duplicates("patient_id")}
    ),
    "no heat": _set("heatmap_mask", heat=0.0),
    "no masks": _set("heatmap_mask", mask=0),
    "one case": _keep("heatmap_mask", "case == 6"),
}

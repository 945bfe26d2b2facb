"""The plain radiomics script that users would write, side by side with the chain, on the same patients of BUS-BRA.

PyRadiomics on the original image (32 bins, 102 features), z-score, LASSO with an inner 5-fold cross-validation, a score
an image, the mean of a patient's images. Needs $SONOMICS_REALDATA and a finished run of studies/breast-bus-bra:

    uv run python benchmarks/plain_script.py --split train      # out-of-fold, kFold 1-3
    uv run python benchmarks/plain_script.py --split internal   # the test set, kFold 4: once, at the very end
"""

import argparse
import json
import logging
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

STUDY = Path(__file__).parents[1] / "studies" / "breast-bus-bra"
DATA = Path(os.environ.get("SONOMICS_REALDATA", "")) / "bus-bra"
TEST_FOLD, TRAINING_FOLDS = 4, (1, 2, 3)
RESAMPLES, SEED = 2000, 20260921


def image_features(name: str) -> dict[str, float]:
    """Extract what PyRadiomics gives for one image and its mask."""
    import SimpleITK
    from PIL import Image
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    logging.getLogger("radiomics").setLevel(logging.ERROR)
    pixels = np.asarray(Image.open(DATA / "Images" / f"{name}.png").convert("L"), dtype=float)
    mask = np.asarray(Image.open(DATA / "Masks" / f"{name.replace('bus', 'mask')}.png").convert("L")) > 0
    extractor = RadiomicsFeatureExtractor(binCount=32, force2D=True, force2Ddimension=0, additionalInfo=False)
    extractor.disableAllFeatures()
    for group in ("firstorder", "shape2D", "glcm", "glrlm", "glszm", "gldm", "ngtdm"):
        extractor.enableFeatureClassByName(group)
    image, region = (SimpleITK.GetImageFromArray(array[np.newaxis]) for array in (pixels, mask.astype(np.uint8)))
    return {feature: float(value) for feature, value in extractor.execute(image, region).items()}


def table_of_features(table: pd.DataFrame, workers: int) -> pd.DataFrame:
    """Extract the features of every image of the table."""
    with ProcessPoolExecutor(workers) as pool:
        rows = list(tqdm(pool.map(image_features, table["ID"], chunksize=8), total=len(table), desc="plain features"))
    return pd.DataFrame(rows, index=table.index)


def scores(features: pd.DataFrame, labels: pd.Series, fitted: pd.Series, scored: pd.Series) -> pd.Series:
    """Fit z-score and LASSO on some images, score others."""
    from sklearn.linear_model import LassoCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LassoCV(cv=5, random_state=SEED, max_iter=20000))
    model.fit(features[fitted], labels[fitted])
    return pd.Series(model.predict(features[scored]), index=features.index[scored])


def plain_scores(table: pd.DataFrame, features: pd.DataFrame, split: str) -> pd.Series:
    """Score the images of a split: each training fold by a fit on the others, the test fold by a fit on all of them."""
    labels = (table["Pathology"] == "malignant").astype(float)
    training = table["kFold"].isin(TRAINING_FOLDS)
    if split == "internal":
        return scores(features, labels, training, table["kFold"] == TEST_FOLD)
    folds = [(training & (table["kFold"] != fold), table["kFold"] == fold) for fold in TRAINING_FOLDS]
    return pd.concat([scores(features, labels, fitted, scored) for fitted, scored in folds]).sort_index()


def chain_scores(model: str, split: str) -> pd.Series:
    """Read the chain's probability of every case of a split."""
    from sonomics.core.schemas import PREDICTIONS
    from sonomics.core.tables import read_table

    path = STUDY / "results" / "stack" / "main" / model / "malignancy" / "predictions.parquet"
    predictions = read_table(path, PREDICTIONS)
    rows = predictions[(predictions["split"] == split) & (predictions["kind"] == "probability")]
    return rows.set_index("patient")["value"]


def main() -> None:
    """Print both AUCs by patient, their difference and its 95 % interval."""
    from sonomics.statistics.discrimination.auc import auc
    from sonomics.statistics.resampling.bootstrap import bootstrap_auc_difference

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=["train", "internal"], required=True)
    parser.add_argument("--model", default="stacked", help="one of stack.models (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()

    table = pd.read_csv(DATA / "bus_data.csv")
    if args.split == "train":
        table = table[table["kFold"].isin(TRAINING_FOLDS)]
    table = table.set_index("ID", drop=False)
    features = table_of_features(table, args.workers)
    by_image = plain_scores(table, features, args.split)
    rows = table.loc[by_image.index]
    cases = pd.DataFrame(
        {
            "patient": [f"B{number:04d}" for number in rows["Case"]],
            "label": (rows["Pathology"] == "malignant").astype(float),
            "plain": by_image,
        }
    )
    by_patient = cases.groupby("patient").mean().join(chain_scores(args.model, args.split).rename("chain"))
    both = by_patient.dropna()
    compared = bootstrap_auc_difference(both["label"], both["chain"], both["plain"], both.index, RESAMPLES, SEED)
    result = {
        "split": args.split,
        "model": args.model,
        "patients": len(both),
        "patients_without_a_chain_score": len(by_patient) - len(both),
        "features": features.shape[1],
        "plain_auc_by_image": auc(cases["label"], cases["plain"]),
        "plain_auc": compared.auc_b,
        "chain_auc": compared.auc_a,
        "difference": compared.difference,
        "interval": [compared.lower, compared.upper],
        "resamples": compared.used,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

"""PyRadiomics features of one region, computed in two dimensions."""

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import SimpleITK
from numpy.typing import NDArray
from radiomics import firstorder, glcm, gldm, glrlm, glszm, imageoperations, ngtdm, shape2D

from sonomics.extract.crops.job import Compute
from sonomics.kinds.radiomics import Filters, LocalBinaryPatterns, Radiomics
from sonomics.kinds.wording import values_of
from sonomics.texture.filters import filter_image
from sonomics.texture.region import is_constant, name_features

CLASSES = {
    "firstorder": firstorder.RadiomicsFirstOrder,
    "shape2D": shape2D.RadiomicsShape2D,
    "glcm": glcm.RadiomicsGLCM,
    "glrlm": glrlm.RadiomicsGLRLM,
    "glszm": glszm.RadiomicsGLSZM,
    "gldm": gldm.RadiomicsGLDM,
    "ngtdm": ngtdm.RadiomicsNGTDM,
}
SHAPE = "shape2D"
# PyRadiomics has no Laplacian of Gaussian for a single slice, and its gradient has single precision: those two
# images are ours.
FILTERS = {
    "wavelet": imageoperations.getWaveletImage,
    "square": imageoperations.getSquareImage,
    "squareroot": imageoperations.getSquareRootImage,
    "logarithm": imageoperations.getLogarithmImage,
    "exponential": imageoperations.getExponentialImage,
    "lbp2d": imageoperations.getLBP2DImage,
}
# The image is one slice, (1, rows, columns): given an image without that axis, PyRadiomics with `force2D` silently
# looks along the columns only.
IN_PLANE = {"force2D": True, "force2Ddimension": 0, "label": 1}

logging.getLogger("radiomics").setLevel(logging.CRITICAL)


def make_reference(family: Radiomics) -> Compute:
    """Make the function that computes a family's features of one crop with PyRadiomics.

    Parameters
    ----------
    family : Radiomics
        `classes`, `filters` and `bins` of the settings.
    """

    def compute(pixels: NDArray[np.float64], mask: NDArray[np.bool_], edge: float) -> NDArray[np.float64]:
        binning = {"binCount": family.bins}
        values = compute_reference(pixels, mask, family.classes, family.filters, binning, edge)
        return np.array(list(values.values()))

    return compute


def compute_reference(
    pixels: NDArray[Any],
    mask: NDArray[np.bool_],
    classes: Sequence[str],
    filters: Filters,
    binning: Mapping[str, float],
    spacing: float = 1.0,
) -> dict[str, float]:
    """Compute the features of one region with PyRadiomics, filters included where PyRadiomics has them.

    Parameters
    ----------
    pixels : (rows, columns) array
        Grey levels.
    mask : (rows, columns) bool array
        The region.
    classes, filters
        As in `sonomics.texture.region.name_features`.
    binning : mapping
        Discretisation as PyRadiomics takes it: `{"binCount": 32}` or `{"binWidth": 1}`.
    spacing : float
        Edge of a pixel: 1, or in mm; the unit of shape features and of filter widths.

    Returns
    -------
    dict of str to float
        One value for each of `name_features`, in that order. NaN where undefined: shape without two pixels in both
        directions; intensity and texture of an image that is constant in the region or holds a NaN or an infinity
        anywhere, and textures of a region in which no pixel has a neighbour.
    """
    values = dict.fromkeys(name_features(classes, filters), np.nan)
    if not mask.any():
        return values
    labelled = SimpleITK.GetImageFromArray(mask[np.newaxis].astype(np.uint8))
    labelled.SetSpacing((spacing, spacing, spacing))
    if SHAPE in classes and min(np.ptp(axis) for axis in np.nonzero(mask)) > 0:
        values |= _compute_class(SHAPE, "original", labelled, labelled, binning)
    grey = pixels.astype(np.float64)
    largest = float(np.abs(grey).max())
    if not np.isfinite(largest):
        return values
    for image, levels in _filter_images(grey, filters, spacing):
        if is_constant(levels[mask], largest):
            continue
        one_slice = SimpleITK.GetImageFromArray(levels[np.newaxis])
        one_slice.CopyInformation(labelled)
        for name in classes:
            if name != SHAPE:
                values |= _compute_class(name, image, one_slice, labelled, binning)
    return values


def read_joints(
    pixels: NDArray[Any],
    mask: NDArray[np.bool_],
    image: str,
    filters: Filters,
    binning: Mapping[str, float],
    spacing: float = 1.0,
) -> NDArray[np.float64]:
    """Read the co-occurrence matrices that PyRadiomics computes features from.

    Parameters
    ----------
    pixels, mask, filters, binning, spacing
        As in `compute_reference`.
    image : str
        Name of the filtered image, as features begin with it.

    Returns
    -------
    (directions, levels, levels) float array
        Symmetric probabilities; without directions when there is no such image or no pair.
    """
    labelled = SimpleITK.GetImageFromArray(mask[np.newaxis].astype(np.uint8))
    labelled.SetSpacing((spacing, spacing, spacing))
    for name, levels in _filter_images(pixels.astype(np.float64), filters, spacing):
        if name == image:
            one_slice = SimpleITK.GetImageFromArray(levels[np.newaxis])
            one_slice.CopyInformation(labelled)
            matrices = glcm.RadiomicsGLCM(one_slice, labelled, **IN_PLANE, **binning)
            matrices.enableFeatureByName("JointEnergy")
            matrices.execute()
            joints: NDArray[np.float64] = np.moveaxis(matrices.P_glcm[0], -1, 0)
            return joints[np.isfinite(joints).all(axis=(1, 2))]
    return np.empty((0, 0, 0))


def _filter_images(
    grey: NDArray[np.float64], filters: Filters, spacing: float
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    one_slice = SimpleITK.GetImageFromArray(grey[np.newaxis])
    for name, settings in values_of(filters).items():
        if name not in FILTERS:
            yield from filter_image(grey, Filters.partial({name: settings.plain()}), spacing)
            continue
        options = values_of(settings)
        if isinstance(settings, LocalBinaryPatterns):
            options = {f"lbp2D{key.title()}": value for key, value in options.items()}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            images = list(FILTERS[name](one_slice, one_slice, **IN_PLANE, **options))
        for image, theirs, _ in images:
            levels = SimpleITK.GetArrayFromImage(image)[0].astype(np.float64)
            yield theirs.replace("lbp-2D", "lbp2d").replace("-", "_"), levels


def _compute_class(
    name: str, image: str, pixels: SimpleITK.Image, mask: SimpleITK.Image, binning: Mapping[str, float]
) -> dict[str, float]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            computed = CLASSES[name](pixels, mask, **IN_PLANE, **binning).execute()
        except (ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError):
            return {}
    values = {f"{image}_{name}_{feature}": float(np.real(value)) for feature, value in computed.items()}
    return {feature: value if np.isfinite(value) else np.nan for feature, value in values.items()}

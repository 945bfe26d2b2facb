"""How an image was acquired, where its file says so: kind of transducer, frequency, mechanical index.

DICOM has no element for the gain of an ultrasound image, so that no study can report it from its files.
"""

import math
from dataclasses import dataclass

from pydicom.dataset import Dataset

from sonomics.clean.images.scan_region import COLOUR_FLOW
from sonomics.clean.images.tags import read_items, read_number, read_text

KHZ_PER_MHZ = 1000.0


@dataclass(frozen=True)
class Acquisition:
    """What the file states of the acquisition.

    Attributes
    ----------
    transducer : str
        Transducer Type (0018,6031), such as LINEAR; "" when it is not stated.
    frequency_mhz : float
        Transducer Frequency (0018,6030) of the regions that are not colour flow; NaN when none or several are stated.
    mechanical_index : float
        Mechanical Index (0018,5022); NaN when it is not stated.
    """

    transducer: str = ""
    frequency_mhz: float = math.nan
    mechanical_index: float = math.nan


def read_acquisition(tags: Dataset) -> Acquisition:
    """Read what a file states of its acquisition; 0 counts as not stated."""
    items = read_items(tags, "SequenceOfUltrasoundRegions")
    regions = [item for item in items if read_number(item, "RegionDataType") != COLOUR_FLOW]
    frequencies = {value for region in regions if (value := read_number(region, "TransducerFrequency")) > 0}
    mechanical_index = read_number(tags, "MechanicalIndex")
    return Acquisition(
        transducer=read_text(tags, "TransducerType"),
        frequency_mhz=frequencies.pop() / KHZ_PER_MHZ if len(frequencies) == 1 else math.nan,
        mechanical_index=mechanical_index if mechanical_index > 0 else math.nan,
    )

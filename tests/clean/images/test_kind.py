"""What the elements of a file state about its kind."""

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedUSVolumeStorage

from sonomics.clean.images.kind import StatedKind, read_stated_kind
from tests.clean.dicom_files import region_item


def tags_of(**elements: object) -> Dataset:
    tags = Dataset()
    for name, value in elements.items():
        setattr(tags, name, value)
    return tags


@pytest.mark.parametrize(
    ("elements", "stated"),
    [
        ({}, StatedKind("", "", "")),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "", "0001"]}, StatedKind("", "2d", "")),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "", "0011"]}, StatedKind("yes", "2d", "")),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "", "0101"]}, StatedKind("yes", "2d", "")),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "", "0041"]}, StatedKind("", "3d", "")),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "EPICARDIAL", "WORDS"]}, StatedKind("", "", "")),
        ({"SOPClassUID": EnhancedUSVolumeStorage}, StatedKind("", "3d", "")),
        ({"UltrasoundColorDataPresent": 0}, StatedKind("no", "", "")),
        ({"UltrasoundColorDataPresent": 1}, StatedKind("yes", "", "")),
        ({"SequenceOfUltrasoundRegions": [region_item(RegionDataType=2)]}, StatedKind("yes", "", "")),
        ({"ContrastBolusAgent": "microbubbles"}, StatedKind("", "", "stated")),
        ({"ContrastBolusStartTime": "101500"}, StatedKind("", "", "stated")),
    ],
)
def test_what_the_elements_say(elements: dict[str, object], stated: StatedKind) -> None:
    assert read_stated_kind(tags_of(**elements)) == stated

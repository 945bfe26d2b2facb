import zlib
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.errors import InvalidDicomError
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from sonomics.core.settings.export import Limits
from sonomics.imaging import dicom_file
from sonomics.imaging.decoding import decode_frames
from sonomics.imaging.dicom_file import MB, OverLimitError, open_original, read_header
from sonomics.simulate.scanner.dicom import us_dataset

LIMITS = Limits.partial({})
FRAMES = np.random.default_rng(0).integers(0, 200, (3, 48, 64)).astype(np.uint8)


def content_of(syntax=ExplicitVRLittleEndian, **elements):
    made = us_dataset("P1-e1-i1", FRAMES, description="x", model="A", bounds=(0, 0, 47, 63), mm_per_pixel=0.3,
                      times_s=np.arange(3.0))  # fmt: skip
    made.file_meta.TransferSyntaxUID = syntax
    for name, value in elements.items():
        setattr(made, name, value)
    content = BytesIO()
    made.save_as(content, enforce_file_format=True)
    return content.getvalue()


def member(content):
    """A file that is not a path, such as a member of an archive."""
    return SimpleNamespace(name="x", open=lambda mode: BytesIO(content))


def decoded(content):
    with open_original(member(content), LIMITS) as original:
        return np.stack(list(decode_frames(original.content, original.header.file_meta.TransferSyntaxUID, None)))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_an_object_is_opened_whatever_it_lacks(syntax):
    whole = content_of(syntax)
    forms = [whole, whole + b"\0" * 3, whole[128 + 4 :]]
    if syntax != DeflatedExplicitVRLittleEndian:
        forms.append(whole[whole.index(b"\x08\x00\x05\x00") :])
    for form in forms[: 2 if syntax == DeflatedExplicitVRLittleEndian else 4]:
        np.testing.assert_array_equal(decoded(form), FRAMES)
        assert read_header(member(form), LIMITS, ["SOPInstanceUID"]).SOPInstanceUID


def test_what_is_not_dicom_is_told_at_once():
    for content in (b"", b"PK", b"\x08", bytes(200), b"DICN" * 50):
        with pytest.raises(InvalidDicomError):
            read_header(member(content), LIMITS)


def bomb(megabytes):
    """A deflated object whose pixels are zeros."""
    head = content_of(DeflatedExplicitVRLittleEndian)
    plain = content_of(ExplicitVRLittleEndian)
    start = plain.index(b"\x08\x00\x05\x00")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(plain[start:]) + b"".join(packer.compress(bytes(MB)) for _ in range(megabytes))
    meta_end = 132 + 12 + dcmread(BytesIO(head), stop_before_pixels=True).file_meta.FileMetaInformationGroupLength
    return head[:meta_end] + packed + packer.flush()


def test_a_deflated_bomb_is_over_a_limit_and_its_header_can_be_read():
    content = bomb(100)
    assert len(content) < MB
    with pytest.raises(OverLimitError, match="ratio"), open_original(member(content), LIMITS):
        pass
    with (
        pytest.raises(OverLimitError, match="object_mb"),
        open_original(member(content), Limits.partial({"object_mb": 50})),
    ):
        pass
    assert read_header(member(content), LIMITS, ["PatientID"]).PatientID == "P1"


def test_a_header_of_many_megabytes_is_over_the_limit(monkeypatch):
    monkeypatch.setattr(dicom_file, "MB", 10_000)
    item = b"\xfe\xff\x00\xe0\0\0\0\0"
    many = b"\x08\x00\x40\x11SQ\0\0" + b"\xff" * 4 + item * 3_000 + b"\xfe\xff\xdd\xe0\0\0\0\0"
    content = content_of()
    place = content.index(b"\x08\x00\x16\x00")
    with pytest.raises(OverLimitError, match="header_mb"):
        read_header(member(content[:place] + many + content[place:]), Limits.partial({"header_mb": 1}))


def test_a_file_on_disk_over_the_limit_is_not_read(tmp_path):
    (tmp_path / "a.dcm").write_bytes(content_of() + bytes(2 * MB))
    with (
        pytest.raises(OverLimitError, match="object_mb"),
        open_original(tmp_path / "a.dcm", Limits.partial({"object_mb": 1})),
    ):
        pass

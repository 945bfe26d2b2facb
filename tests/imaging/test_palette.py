"""Palettes of any depth and byte order give the colours that were meant."""

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.imaging.palette import look_up_palette, reduce_to_eight_bits

INDICES = np.arange(256, dtype=np.uint8).reshape(16, 16)
GREY = np.repeat(INDICES[..., None], 3, axis=2)


def tags(entries: NDArray[np.uint16], dtype: str, bits: int, first: int = 0) -> Dataset:
    made = Dataset()
    made.set_original_encoding(is_implicit_vr=False, is_little_endian=not dtype.startswith(">"))
    for name in ("Red", "Green", "Blue"):
        setattr(made, f"{name}PaletteColorLookupTableDescriptor", [len(entries), first, bits])
        setattr(made, f"{name}PaletteColorLookupTableData", entries.astype(dtype).tobytes())
    return made


@pytest.mark.parametrize("stated_bits", [8, 16])
@pytest.mark.parametrize(
    ("factor", "dtype"), [(1, "<u2"), (1, ">u2"), (16, "<u2"), (256, "<u2"), (257, "<u2"), (256, ">u2"), (1, "u1")]
)
def test_entries_in_the_low_or_the_high_byte(factor: int, dtype: str, stated_bits: int) -> None:
    entries = np.arange(256, dtype=np.uint16) * factor
    np.testing.assert_array_equal(look_up_palette(INDICES, tags(entries, dtype, stated_bits)), GREY)


def test_indices_of_16_bits_into_entries_of_8() -> None:
    entries = np.minimum(np.arange(4096) // 16, 255).astype(np.uint16)
    indices = np.array([[0, 16, 4095], [256, 300, 60000]], dtype=np.uint16)
    found = look_up_palette(indices, tags(entries, "u1", 8))
    np.testing.assert_array_equal(found[..., 0], [[0, 1, 255], [16, 18, 255]])


def test_a_palette_that_begins_above_0() -> None:
    found = look_up_palette(INDICES, tags(np.arange(200, dtype=np.uint16) << 8, "<u2", 16, first=50))
    np.testing.assert_array_equal(found[..., 1], np.clip(INDICES.astype(int) - 50, 0, 199))


def test_a_palette_that_is_cut_off_is_an_error() -> None:
    made = tags(np.arange(256, dtype=np.uint16), "u1", 8)
    made.GreenPaletteColorLookupTableData = b"\0" * 10
    with pytest.raises(ValueError, match="cut off"):
        look_up_palette(INDICES, made)


def test_a_black_palette_stays_black() -> None:
    assert not reduce_to_eight_bits(np.zeros((4, 3), dtype=np.uint16)).any()

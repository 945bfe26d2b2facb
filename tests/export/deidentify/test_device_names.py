"""Names of devices, and names of persons that must not pass for them."""

import logging

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.export.deidentify.device_names import is_device_name
from sonomics.export.files.listing import name_images
from sonomics.kinds.sources.folder import Folder

PERSONS = [
    "ROE ANN", "KIM LEE", "MULLER", "Müller", "Ng", "LI", "Wu Xu", "DOE^JANE", "J D", "J. D.", "GE J D", "GE ROE",
    "Ann GE", "LI5", "Kim7", "ROE E9", "E9 ROE", "19500101", "1950-01-01", "01.01.50", "1 1 1950", "HOSP12345",
    "12345678", "Jane's scanner", "Philips 01/01/1950", "O'Hara", "李", "", "-", "x" * 65,
]  # fmt: skip
DEVICES = [
    "GE Logiq 7 @10-14MHz", "Toshiba Aplio 300 @12-14 MHz", "U-Systems @10-14MHz", "LOGIQ E9", "LOGIQe", "Voluson E10",
    "Voluson S", "iU22", "EPIQ 7G", "HDI 5000", "HDI5000/DVS", "SSA-790A", "EUB-7500", "RS85A", "ACUSON S2000",
    "Aplio i800", "MyLab70", "SIM-A1", "DC-70", "CX50", "Esaote S.p.A.", "SAMSUNG MEDISON CO., LTD.", "SSD-4000",
    "G.E. Medical Systems", "Philips Medical Systems", "HI VISION Preirus", "SonoSite, Inc.", "Hewlett-Packard",
    "Siemens Healthineers", "Canon Medical Systems", "X300", "SuperSonic Imagine", "Shenzhen Mindray Bio-Medical",
]  # fmt: skip


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_is_no_device(name):
    assert not is_device_name(name)


@pytest.mark.parametrize("name", DEVICES)
def test_devices_of_the_usual_makers_are_known(name):
    assert is_device_name(name)


@given(st.from_regex(r"[A-Z][a-z]{1,9}(berg|mann|ova|oglu|ez)", fullmatch=True), st.sampled_from(DEVICES))
def test_a_name_beside_a_device_makes_it_unknown(name, device):
    assert not is_device_name(name)
    assert not is_device_name(f"{device} {name}")
    assert not is_device_name(f"{name}, {device}")


def test_words_of_the_patient_are_refused_and_usual_words_of_hospitals_are_not():
    assert not is_device_name("Philips Medical Systems", persons=frozenset({"philips"}))
    assert not is_device_name("SSD-4000", persons=frozenset({"4000"}))
    assert is_device_name("Philips Medical Systems", persons=frozenset({"medical", "centre"}))
    assert not is_device_name("Acme X1")
    assert is_device_name("Acme X1", ["acme"])
    assert not is_device_name("Acme X1", ["acme"], frozenset({"acme"}))


def test_the_devices_of_a_listed_folder_are_filtered_and_numbered(caplog):
    settings = Folder.partial(
        {
            "root": ".", "table": "t.csv", "view": "grey", "images": "{Case} {Device}.png",
            "columns": {"patient": "Case", "device": "Device"},
        }
    )  # fmt: skip
    names = ["GE Logiq 7", "ROE ANN", "KIM LEE", "ROE ANN", "", "Acme 5"]
    table = pd.DataFrame({"Case": list("abcdef"), "Device": names})
    with caplog.at_level(logging.WARNING):
        listed = name_images(table, settings, ["Acme"])
    coded = ["GE Logiq 7", "device_1", "device_2", "device_1", "", "Acme 5"]
    assert listed["device"].tolist() == coded
    assert listed["source__Device"].tolist() == coded
    assert listed["image"].iloc[1] == "b ROE ANN.png"
    assert "2 names of devices" in caplog.text
    assert "ROE" not in caplog.text

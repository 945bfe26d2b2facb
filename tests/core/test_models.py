import zipfile

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from sonomics.core.errors import StudyError
from sonomics.core.models import read_model, write_model


@pytest.mark.parametrize("model", [RandomForestClassifier(3, random_state=0), SVC(), LogisticRegression()])
def test_a_model_comes_back_and_the_same_model_gives_the_same_bytes(tmp_path, model):
    x = np.random.default_rng(0).normal(size=(40, 3))
    y = (x[:, 0] > 0).astype(float)
    write_model(tmp_path / "a.skops", model.fit(x, y))
    kept = [object() for _ in range(1000)]
    write_model(tmp_path / "b.skops", model.fit(x, y))
    assert (tmp_path / "a.skops").read_bytes() == (tmp_path / "b.skops").read_bytes()
    assert (read_model(tmp_path / "a.skops").predict(x) == model.predict(x)).all()
    assert len(kept) == 1000


def test_an_untrusted_type_is_refused(tmp_path):
    write_model(tmp_path / "a.skops", LogisticRegression())
    with zipfile.ZipFile(tmp_path / "a.skops") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["schema.json"] = contents["schema.json"].replace(b"sklearn.linear_model._logistic", b"some.where.else")
    with zipfile.ZipFile(tmp_path / "a.skops", "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    with pytest.raises(StudyError, match="untrusted types"):
        read_model(tmp_path / "a.skops")

"""From images to cases."""

import pandas as pd
import pytest

from sonomics.stack.methods.pooling import pool_images


@pytest.mark.parametrize(("how", "value"), [("mean", 0.5), ("max", 0.8)])
def test_images_are_pooled_to_their_case(how, value):
    images = pd.DataFrame(
        {"patient": "P1", "case": "P1", "image": ["a", "b"], "split": "train", "fold": "0", "value": [0.2, 0.8]}
    )
    assert pool_images(images, how)["value"].tolist() == [value]

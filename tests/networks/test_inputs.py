"""Images of any shape become squares of one size, their proportions kept."""

import numpy as np

from sonomics.networks.inputs import stack_images


def test_proportions_are_kept_and_padding_is_black() -> None:
    tall = np.full((40, 20), 200, dtype=np.uint8)
    wide = np.full((5, 10), 100, dtype=np.uint8)
    squares = stack_images([tall, wide], 16)
    assert squares.shape == (2, 16, 16)
    assert squares.dtype == np.uint8
    assert (squares[0, :, 4:12] == 200).all()
    assert (squares[0, :, :4] == 0).all()
    assert (squares[1, 4:12] == 100).all()
    assert (squares[1, 12:] == 0).all()


def test_shrinking_averages() -> None:
    board = np.indices((8, 8)).sum(axis=0) % 2 * 255
    np.testing.assert_allclose(stack_images([board.astype(np.uint8)], 4), 127.5, atol=0.5)


def test_no_image_gives_an_empty_stack() -> None:
    assert stack_images([], 8).shape == (0, 8, 8)

"""Change training images at random, one batch at a time."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn


@dataclass(frozen=True)
class Augmentation:
    """How much a training image may be changed.

    Attributes
    ----------
    flip : float
        Probability of a mirror image (left and right).
    rotation : float
        Largest rotation, degrees either way.
    crop : float
        Largest share of the side cut off or added, and of the shift, either way.
    brightness : float
        Largest shift of intensity on the scale 0-1.
    contrast : float
        Largest relative change of contrast about the image's mean.
    """

    flip: float = 0.5
    rotation: float = 10.0
    crop: float = 0.1
    brightness: float = 0.1
    contrast: float = 0.2


def augment(images: Tensor, limits: Augmentation, rng: Generator) -> Tensor:
    """Change each image of a batch at random.

    Parameters
    ----------
    images : (n, 1, rows, columns) float32
        On the scale 0-1.
    limits : Augmentation
    rng : Generator
        On the CPU; the only source of randomness.

    Returns
    -------
    (n, 1, rows, columns) float32
        On the scale 0-1; black outside the image.
    """
    n, device = len(images), images.device

    def draw(extent: float) -> Tensor:
        return ((2 * torch.rand(n, generator=rng) - 1) * extent).to(device)

    mirror = torch.where(torch.rand(n, generator=rng) < limits.flip, -1.0, 1.0).to(device)
    angle = torch.deg2rad(draw(limits.rotation))
    scale = 1 + draw(limits.crop)
    rows = [
        torch.stack([mirror * scale * angle.cos(), -scale * angle.sin(), draw(limits.crop)], dim=1),
        torch.stack([mirror * scale * angle.sin(), scale * angle.cos(), draw(limits.crop)], dim=1),
    ]
    grid = nn.functional.affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
    moved = nn.functional.grid_sample(images, grid, align_corners=False)
    mean = moved.mean(dim=(1, 2, 3), keepdim=True)
    contrast = (1 + draw(limits.contrast)).view(-1, 1, 1, 1)
    brightness = draw(limits.brightness).view(-1, 1, 1, 1)
    return ((moved - mean) * contrast + mean + brightness).clamp(0, 1)

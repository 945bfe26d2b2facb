"""Change training images at random, one batch at a time."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from sonomics.networks.inputs import count_colours


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
    """Change each image of a batch at random; an outline moves with its image.

    Parameters
    ----------
    images : (n, channels, rows, columns) or (n, views, channels, rows, columns) float32
        On the scale 0-1; channels as in `Inputs`. Each view is changed for itself.
    limits : Augmentation
    rng : Generator
        On the CPU; the only source of randomness.

    Returns
    -------
    float32 of the same shape
        On the scale 0-1; black outside the image.
    """
    if images.ndim == 5:
        each: Tensor = augment(images.flatten(0, 1), limits, rng).unflatten(0, images.shape[:2])
        return each
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
    colours, outline = moved.split([count_colours(moved), moved.shape[1] - count_colours(moved)], dim=1)
    mean = colours.mean(dim=(1, 2, 3), keepdim=True)
    contrast = (1 + draw(limits.contrast)).view(-1, 1, 1, 1)
    brightness = draw(limits.brightness).view(-1, 1, 1, 1)
    return torch.cat([((colours - mean) * contrast + mean + brightness).clamp(0, 1), outline], dim=1)

"""Where a network looked: Grad-CAM on its last feature map."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.architectures.target_layers import as_map, target_layer
from sonomics.networks.training.fit import device, planes


def grad_cam(
    model: Classifier, images: NDArray[np.uint8], head: int = 0, batch: int = 32
) -> NDArray[np.float32] | None:
    """Compute the heat of images: what in the last feature map speaks for a head's positive class.

    Parameters
    ----------
    model : Classifier
    images : (n, size, size) or (n, size, size, 3) uint8
    head : int
        Column of the model's output.
    batch : int
        Images a step; it changes memory, not meaning.

    Returns
    -------
    (n, size, size) float32 or None
        Not negative, bilinear between the places of the map; all 0 where nothing speaks for the class. None when the
        target layer of the architecture is not known.

    References
    ----------
    Selvaraju RR et al., Grad-CAM, ICCV 2017: the ReLU of the channels' sum, each weighed by its mean gradient.
    """
    layer = target_layer(model.backbone)
    if layer is None:
        return None
    model.to(device()).eval().requires_grad_(False)
    parts = [_of_batch(model, layer, images[start : start + batch], head) for start in range(0, len(images), batch)]
    heat: NDArray[np.float32] = np.concatenate([np.zeros((0, *images.shape[1:3]), np.float32), *parts])
    return heat


def _of_batch(model: Classifier, layer: nn.Module, images: NDArray[np.uint8], head: int) -> NDArray[np.float32]:
    given: list[Tensor] = []

    def start_here(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        # The gradient is followed back to here and no further; the copy may be changed in place.
        given.append(output.detach().requires_grad_())
        return given[0].clone()

    handle = layer.register_forward_hook(start_here)
    try:
        with torch.enable_grad():
            logits = model(planes(images).to(device()).float() / 255)
            (gradient,) = torch.autograd.grad(logits[:, head].sum(), given)
    finally:
        handle.remove()
    maps, slopes = (as_map(values, model.backbone.trunk) for values in (given[0].detach(), gradient))
    heat = (maps * slopes.mean(dim=(2, 3), keepdim=True)).sum(dim=1, keepdim=True).relu()
    spread = nn.functional.interpolate(heat, size=images.shape[1:3], mode="bilinear", align_corners=False)
    array: NDArray[np.float32] = spread[:, 0].cpu().numpy()
    return array

"""Compute what a network looked at: Grad-CAM on its last feature map."""

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sonomics.core.rows import apply_in_batches
from sonomics.networks.architectures.backbones import Backbone
from sonomics.networks.architectures.heads import Classifier
from sonomics.networks.architectures.target_layers import find_target_layer, to_map
from sonomics.networks.inputs import to_planes
from sonomics.networks.training.fit import ROWS, choose_device


def grad_cam(model: Classifier, images: NDArray[np.uint8], head: int = 0) -> NDArray[np.float32] | None:
    """Compute heat maps of images: how much each place of the last feature map supports a head's positive class.

    Parameters
    ----------
    model : Classifier
    images : (n, size, size) or (n, size, size, 3) uint8
    head : int
        Column of the model's output.

    Returns
    -------
    (n, size, size) float32 or None
        Not negative, interpolated bilinearly from the feature map; all 0 where nothing supports the class. None when
        the target layer of the architecture is not known.

    References
    ----------
    Selvaraju RR et al., Grad-CAM, ICCV 2017: the ReLU of the sum of the channels, each weighted by its mean gradient.
    """
    layer = find_target_layer(model.backbone) if isinstance(model.backbone, Backbone) else None
    if layer is None:
        return None
    if not len(images):
        return np.zeros((0, *images.shape[1:3]), np.float32)
    model.to(choose_device()).eval().requires_grad_(False)
    return apply_in_batches(lambda batch: _explain_batch(model, layer, batch, head), images, ROWS[choose_device().type])


def _explain_batch(model: Classifier, layer: nn.Module, images: NDArray[np.uint8], head: int) -> NDArray[np.float32]:
    outputs: list[Tensor] = []

    def stop_gradient(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        # The gradient is followed back to this output and no further; later layers may change the copy in place.
        outputs.append(output.detach().requires_grad_())
        return outputs[0].clone()

    handle = layer.register_forward_hook(stop_gradient)
    try:
        with torch.enable_grad():
            logits = model(to_planes(images).to(choose_device()).float() / 255)
            (gradient,) = torch.autograd.grad(logits[:, head].sum(), outputs)
    finally:
        handle.remove()
    trunk = cast(Backbone, model.backbone).trunk
    maps, slopes = (to_map(values, trunk) for values in (outputs[0].detach(), gradient))
    heat = (maps * slopes.mean(dim=(2, 3), keepdim=True)).sum(dim=1, keepdim=True).relu()
    resized = nn.functional.interpolate(heat, size=images.shape[1:3], mode="bilinear", align_corners=False)
    array: NDArray[np.float32] = resized[:, 0].cpu().numpy()
    return array

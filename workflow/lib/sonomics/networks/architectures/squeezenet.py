"""SqueezeNet 1.1, which timm lacks, behind the interface of timm's networks."""

from torch import Tensor, nn
from torchvision.models import squeezenet1_1


class SqueezeNet(nn.Module):
    """The convolutions of torchvision's network, then the mean over the map; tensors keep torchvision's names."""

    head_hidden_size = num_features = 512

    def __init__(self) -> None:
        super().__init__()
        self.features = squeezenet1_1(weights=None).features

    def forward_features(self, images: Tensor) -> Tensor:
        """Return the last map (n, 512, ...) of images (n, 3, rows, columns)."""
        maps: Tensor = self.features(images)
        return maps

    def forward(self, images: Tensor) -> Tensor:
        """Return features (n, 512) of images (n, 3, rows, columns)."""
        return self.forward_features(images).mean(dim=(2, 3))

"""Networks whose rows hold several views, and clinical variables beside them."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from sonomics.networks.architectures.backbones import Backbone, Encoder
from sonomics.networks.fusion.joins import JOINS

# Numbers that clinical variables become before they stand beside the features of the image. A convention.
CLINICAL_WIDTH = 16


class Clinical(Encoder):
    """Clinical variables in, features out; without variables there are no features."""

    def __init__(self, variables: int) -> None:
        super().__init__()
        self.num_features = CLINICAL_WIDTH if variables else 0
        self.layer = nn.Linear(variables, self.num_features) if variables else nn.Identity()

    def forward(self, variables: Tensor) -> Tensor:
        """Return features (n, num_features) of variables (n, variables)."""
        features: Tensor = self.layer(variables).relu()
        return features


class Rows(Encoder):
    """Views of a row in, features out: as a `Backbone`, for rows of several images and clinical variables.

    Parameters
    ----------
    backbones : sequence of Backbone
        One for each view, or one for all.
    views : int
        Images of a row.
    join : str
        A key of `JOINS`.
    variables : int
        Clinical variables of a row; may be 0.
    """

    def __init__(self, backbones: Sequence[Backbone], views: int, join: str, variables: int) -> None:
        super().__init__()
        self.trunks = nn.ModuleList(backbones)
        self.width = backbones[0].num_features
        self.join = JOINS[join](self.width, views)
        self.clinical = Clinical(variables)
        self.num_features = self.join.num_features + self.clinical.num_features

    def forward(self, images: Tensor, present: Tensor, variables: Tensor) -> Tensor:
        """Return features (n, num_features).

        Parameters
        ----------
        images : (n, views, channels, rows, columns) float32
            On the scale 0-1; what stands for a missing view is not looked at.
        present : (n, views) float32
            1, or 0 where a view is missing; each row has one.
        variables : (n, variables) float32
        """
        joined = self.join(self._see(images, present > 0), present)
        return torch.cat([joined, self.clinical(variables)], dim=1)

    def _see(self, images: Tensor, is_present: Tensor) -> Tensor:
        """Return the features (n, views, width) of the views that are present; no trunk sees the others, all 0."""
        features = images.new_zeros((*is_present.shape, self.width))
        if len(self.trunks) == 1:
            features[is_present] = self.trunks[0](images[is_present])
            return features
        for view, trunk in enumerate(self.trunks):
            rows = is_present[:, view]
            if rows.any():
                features[rows, view] = trunk(images[rows, view])
        return features


class EarlyRows(Encoder):
    """Views as channels of one image in, features out; a missing view is 0 after normalisation.

    Parameters
    ----------
    backbone : Backbone
        Its trunk sees the channels of all views.
    variables : int
        As for `Rows`.
    """

    def __init__(self, backbone: Backbone, variables: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.clinical = Clinical(variables)
        self.num_features = backbone.num_features + self.clinical.num_features

    def forward(self, images: Tensor, present: Tensor, variables: Tensor) -> Tensor:
        """Return features (n, num_features); parameters as for `Rows.forward`."""
        n, views = images.shape[:2]
        normalised = self.backbone.normalise(images.flatten(0, 1)).unflatten(0, (n, views))
        seen = normalised * present[..., None, None, None]
        channels = torch.cat([seen[:, :, :3].flatten(1, 2), seen[:, :, 3:].flatten(1, 2)], dim=1)
        features = self.backbone.trunk(channels.contiguous(memory_format=torch.channels_last))
        return torch.cat([features, self.clinical(variables)], dim=1)

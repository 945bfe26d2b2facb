"""How the features of several views become one vector; views that are missing take no part."""

import torch
from torch import Tensor, nn

from sonomics.networks.architectures.backbones import Encoder


class Alone(Encoder):
    """The features of the only view."""

    def __init__(self, features: int, views: int) -> None:
        super().__init__()
        self.num_features = features

    def forward(self, features: Tensor, present: Tensor) -> Tensor:
        """Return features (n, width) of features (n, 1, width)."""
        return features[:, 0]


class Concatenation(Encoder):
    """The features of the views next to each other, 0 where a view is missing, and which are present."""

    def __init__(self, features: int, views: int) -> None:
        super().__init__()
        self.num_features = views * (features + 1)

    def forward(self, features: Tensor, present: Tensor) -> Tensor:
        """Join features (n, views, width) of the views that are present (n, views), 1 or 0."""
        return torch.cat([(features * present[..., None]).flatten(1), present], dim=1)


class Gated(Encoder):
    """The sum of the views, each number weighted by a gate that looks at all views.

    References
    ----------
    Arevalo J et al., Gated multimodal units for information fusion, ICLR workshop 2017: here the gates of the views
    that are present sum to 1.
    """

    def __init__(self, features: int, views: int) -> None:
        super().__init__()
        self.num_features = features
        self.hidden = nn.ModuleList([nn.Linear(features, features) for _ in range(views)])
        self.gate = nn.Linear(views * (features + 1), views * features)

    def forward(self, features: Tensor, present: Tensor) -> Tensor:
        """Join features as `Concatenation.forward`; return (n, width)."""
        n, views, width = features.shape
        seen = torch.cat([(features * present[..., None]).flatten(1), present], dim=1)
        gates = _weigh(self.gate(seen).view(n, views, width), present[..., None])
        hidden = torch.stack([layer(features[:, view]).tanh() for view, layer in enumerate(self.hidden)], dim=1)
        return (gates * hidden).sum(dim=1)


class Attention(Encoder):
    """The mean of the views, weighted by gated attention.

    References
    ----------
    Ilse M, Tomczak J, Welling M, Attention-based deep multiple instance learning, ICML 2018.
    """

    def __init__(self, features: int, views: int) -> None:
        super().__init__()
        self.num_features = features
        width = max(8, features // 8)
        self.content, self.gate = nn.Linear(features, width), nn.Linear(features, width)
        self.score = nn.Linear(width, 1)

    def forward(self, features: Tensor, present: Tensor) -> Tensor:
        """Join features as `Concatenation.forward`; return (n, width)."""
        scores = self.score(self.content(features).tanh() * self.gate(features).sigmoid())
        return (_weigh(scores, present[..., None]) * features).sum(dim=1)


def _weigh(scores: Tensor, present: Tensor) -> Tensor:
    """Turn scores of views (dimension 1) into weights that sum to 1; views that are not present have 0."""
    return scores.masked_fill(present == 0, -torch.inf).softmax(dim=1)


JOINS: dict[str, type[Alone | Concatenation | Gated | Attention]] = {
    "alone": Alone,
    "concatenation": Concatenation,
    "gated": Gated,
    "attention": Attention,
}

"""AnchorHeadSingle: three 1 x 1 convolutions."""

import math

from torch import nn


class AnchorHeadSingle(nn.Module):
    def __init__(self, settings, classes, inputs):
        super().__init__()
        anchors = settings.anchors_per_cell
        self.classes, self.bins = classes, settings.direction_bins
        self.conv_cls = nn.Conv2d(inputs, anchors * classes, 1)
        self.conv_box = nn.Conv2d(inputs, anchors * 7, 1)
        self.conv_dir_cls = (nn.Conv2d(inputs, anchors * self.bins, 1) if settings.direction
                             else None)
        # One anchor in a hundred answers 'yes' at first: the focal loss starts quietly.
        nn.init.constant_(self.conv_cls.bias, -math.log(99))
        nn.init.normal_(self.conv_box.weight, 0, 0.001)

    def forward(self, features):
        """class logits [B, A, classes], box codes [B, A, 7], direction logits [B, A, bins] or None;
        A anchors, in the order y, x, class, rotation. float32."""
        def flat(layer, width):
            found = layer(features).permute(0, 2, 3, 1)
            return found.reshape(len(found), -1, width).float()
        return (flat(self.conv_cls, self.classes), flat(self.conv_box, 7),
                flat(self.conv_dir_cls, self.bins) if self.conv_dir_cls is not None else None)

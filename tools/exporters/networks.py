"""Layers that all families have in common, small, seeded and settled."""

import math

import torch
from torch import nn


def conv(inputs, outputs, stride=1, explicit_pad=False):
    """3 x 3, batch norm, ReLU. OpenPCDet and second.pytorch pad in a layer of its own."""
    first = [nn.ZeroPad2d(1)] if explicit_pad else []
    return [*first, nn.Conv2d(inputs, outputs, 3, stride, 0 if explicit_pad else 1, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3), nn.ReLU()]


def up(inputs, outputs, stride):
    return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, stride, stride, bias=False),
                         nn.BatchNorm2d(outputs, eps=1e-3), nn.ReLU())


class Backbone(nn.Module):
    """Blocks of falling resolution, brought back to the first one's and concatenated."""

    def __init__(self, inputs, widths=(12, 16, 16), output=8, explicit_pad=False, first_stride=2):
        super().__init__()
        self.blocks, self.ups = nn.ModuleList(), nn.ModuleList()
        for i, width in enumerate(widths):
            stride = first_stride if i == 0 else 2
            self.blocks.append(nn.Sequential(*conv(inputs, width, stride, explicit_pad),
                                             *conv(width, width)))
            self.ups.append(up(width, output, 2**i))
            inputs = width
        self.outputs = output * len(widths)

    def forward(self, image):
        maps = []
        for block, rise in zip(self.blocks, self.ups):
            image = block(image)
            maps.append(rise(image))
        return torch.cat(maps, 1)


class Heads(nn.Module):
    """Class logits, box codes, direction logits as [1, A*K, H, W]."""

    def __init__(self, inputs, anchors, classes, codes=7, directions=2):
        super().__init__()
        self.classes = head(inputs, anchors * classes, -1.2, 1.2)
        self.boxes = head(inputs, anchors * codes, 0.0, 0.3)
        self.directions = head(inputs, anchors * directions, 0.0, 1.0) if directions else None

    def forward(self, features):
        maps = [self.classes(features), self.boxes(features)]
        return (*maps, self.directions(features)) if self.directions is not None else tuple(maps)


def head(inputs, outputs, mean, deviation):
    """A 1 x 1 convolution that answers about N(mean, deviation) to normalised, rectified maps."""
    layer = nn.Conv2d(inputs, outputs, 1)
    nn.init.normal_(layer.weight, 0, deviation / math.sqrt(inputs / 2))
    nn.init.constant_(layer.bias, mean)
    return layer


def settle(model, *inputs):
    """Batch norms as after training: with these inputs' statistics and weights of their own."""
    for layer in model.modules():
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            layer.momentum = 1.0
            nn.init.normal_(layer.weight, 1, 0.1)
            nn.init.normal_(layer.bias, 0, 0.2)
    with torch.no_grad():
        model.train()(*inputs)
    return model.eval()

"""BaseBEVBackbone: blocks of falling resolution, brought back to one and concatenated."""

import torch
from torch import nn


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class BaseBEVBackbone(nn.Module):
    def __init__(self, settings, inputs):
        super().__init__()
        self.blocks, self.deblocks = nn.ModuleList(), nn.ModuleList()
        for layers, stride, outputs in zip(settings.layers, settings.strides, settings.filters):
            # OpenPCDet pads in a layer of its own, number 0; the numbers are in parameter names.
            block = [nn.Identity(), nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
                     norm(outputs), nn.ReLU(inplace=True)]
            for _ in range(layers):
                block += [nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), norm(outputs),
                          nn.ReLU(inplace=True)]
            self.blocks.append(nn.Sequential(*block))
            inputs = outputs
        for inputs, stride, outputs in zip(settings.filters, settings.up_strides,
                                           settings.up_filters):
            self.deblocks.append(nn.Sequential(rise(inputs, outputs, stride), norm(outputs),
                                               nn.ReLU(inplace=True)))
        self.outputs = sum(settings.up_filters)

    def forward(self, image):
        """[B, C, H, W] -> [B, outputs, H / stride, W / stride]"""
        maps = []
        for block, deblock in zip(self.blocks, self.deblocks):
            image = block(image)
            maps.append(deblock(image))
        return torch.cat(maps, 1)


def rise(inputs, outputs, stride):
    """Upsampling; a stride below 1 is OpenPCDet's way to ask for the opposite."""
    if stride >= 1:
        return nn.ConvTranspose2d(inputs, outputs, int(stride), int(stride), bias=False)
    down = round(1 / stride)
    return nn.Conv2d(inputs, outputs, down, down, bias=False)

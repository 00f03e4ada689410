"""BEV image -> the heads' maps, NHWC."""

from torch import nn

MAPS = {"cls_preds": "conv_cls", "box_preds": "conv_box", "dir_cls_preds": "conv_dir_cls"}


def norm(graph, image, layer, name):
    parts = (("weight", layer.weight), ("bias", layer.bias), ("running_mean", layer.running_mean),
             ("running_var", layer.running_var))
    tensors = [graph.constant(f"{name}.{key}", value.detach().numpy()) for key, value in parts]
    return graph.node("BatchNormalization", [image, *tensors], epsilon=layer.eps)


def sequence(graph, image, layers, name):
    """Convolutions, norms and ReLUs as the module has them."""
    for number, layer in enumerate(layers):
        key = f"{name}.{number}"
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            weight = graph.weight(f"{key}.weight", layer.weight.detach().numpy())
            pad = layer.padding[0]
            op = "Conv" if isinstance(layer, nn.Conv2d) else "ConvTranspose"
            image = graph.node(op, [image, weight], kernel_shape=list(layer.kernel_size),
                               strides=list(layer.stride), pads=[pad] * 4)
        elif isinstance(layer, nn.BatchNorm2d):
            image = norm(graph, image, layer, key)
        elif isinstance(layer, nn.ReLU):
            image = graph.node("Relu", [image])
    return image


def heads(network):
    """The names of the maps that this network has."""
    return [n for n, key in MAPS.items() if getattr(network.dense_head, key) is not None]


def rpn(graph, network, image, order=None):
    """Adds the nodes and the outputs; `order` of the outputs, else classes, boxes, directions."""
    maps, backbone = [], network.backbone_2d
    for i, (block, deblock) in enumerate(zip(backbone.blocks, backbone.deblocks)):
        image = sequence(graph, image, block, f"backbone_2d.blocks.{i}")
        maps.append(sequence(graph, image, deblock, f"backbone_2d.deblocks.{i}"))
    features = graph.node("Concat", maps, axis=1) if len(maps) > 1 else maps[0]
    grid, stride = network.model.grid, network.model.head.stride
    for name in order or heads(network):
        layer = getattr(network.dense_head, MAPS[name])
        key = f"dense_head.{MAPS[name]}"
        weight = graph.weight(f"{key}.weight", layer.weight.detach().numpy())
        bias = graph.constant(f"{key}.bias", layer.bias.detach().numpy())
        found = graph.node("Conv", [features, weight, bias], kernel_shape=[1, 1])
        graph.node("Transpose", [found], name, perm=[0, 2, 3, 1])
        graph.output(name, [1, grid.ny // stride, grid.nx // stride, layer.out_channels])

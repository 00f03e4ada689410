#!/usr/bin/env python3
"""OpenPCDet's nuScenes multi-head network as hova88 exports it: a PFN, and a backbone with six heads
that decodes in the graph; and the same heads with their codes.

    python3 tools/export_multihead.py    # needs torch, onnx, numpy; writes tests/golden/multihead
"""

import numpy as np
import torch
from torch import nn

from exporters import boxes, networks, pillars, store

F = np.float32
GRID = pillars.Grid((-6.4, -4.8, -5.0), (6.4, 4.8, 3.0), (0.2, 0.2))
COLUMNS, ROWS = GRID.nx // 4, GRID.ny // 4
CHANNELS, MAX_PILLARS, ROOM, SLOTS = 8, 700, 720, 20
# Length, width, height, bottom of each class's anchor, head by head.
HEADS = (((4.63, 1.97, 1.74, -0.95),),
         ((6.93, 2.51, 2.84, -0.6), (6.37, 2.85, 3.19, -0.225)),
         ((10.5, 2.94, 3.47, -0.085), (12.29, 2.9, 3.87, 0.115)),
         ((0.5, 2.53, 0.98, -1.33),),
         ((2.11, 0.77, 1.47, -1.085), (1.7, 0.6, 1.28, -1.18)),
         ((0.73, 0.67, 1.77, -0.935), (0.41, 0.41, 1.07, -1.285)))
TOP, CAP = 300, 12

# Each of these changes the boxes: what it changes is being tested.
RULES = dict(
    multihead=["pillars.max_pillars=650", "pillars.overflow=stop", "pillars.center[0]=-6.4",
               "ego_radius=0", "box.z=bottom", "box.size=wlh",
               "post.candidates=best_class", "post.score_threshold=0.5", "post.top_k=20",
               "post.nms.threshold=0.01", "post.nms.per_class=false", "post.max_boxes=50",
               "post.max_boxes_per_class=11", "post.max_boxes_per_class=0", "post.order=score"],
    multihead_codes=["anchor_layout.placement=cell_center", "anchor_layout.order=y_x_anchor",
                     "box.z=bottom", "box.size=wlh"])


class PillarFeatureNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(11, CHANNELS, bias=False)
        self.norm = nn.BatchNorm1d(CHANNELS, eps=1e-3)

    def forward(self, voxels):
        hidden = self.norm(self.linear(voxels).permute(0, 2, 1)).permute(0, 2, 1)
        return torch.relu(hidden).max(1, keepdim=True)[0][:, 0]


class Head(nn.Module):
    """Every anchor's ten codes are ten neighbouring channels of the concatenated branches, whatever
    these branches were meant for."""

    def __init__(self, inputs, classes):
        super().__init__()
        self.anchors, self.classes = 2 * classes, classes
        self.shared = nn.Sequential(*networks.conv(inputs, 8))
        self.score = networks.head(8, self.anchors * classes, -1.2, 1.2)
        self.branches = nn.ModuleList(networks.head(8, self.anchors * n, 0, 0.3)
                                      for n in (2, 1, 3, 2, 2))

    def forward(self, features):
        shared = self.shared(features)
        codes = torch.cat([branch(shared) for branch in self.branches], 1)
        return self.flat(self.score(shared), self.classes), self.flat(codes, 10)

    def flat(self, maps, values):
        """[1, A*K, H, W] -> [1, A*H*W, K]: the anchor is outermost."""
        maps = maps.view(1, self.anchors, values, ROWS, COLUMNS).permute(0, 1, 3, 4, 2)
        return maps.contiguous().view(1, -1, values)


class Rpn(nn.Module):
    """Six class maps and all boxes, decoded, or all codes."""

    def __init__(self):
        super().__init__()
        widths = (CHANNELS, 8, 12, 12)
        self.blocks = nn.ModuleList(
            nn.Sequential(*networks.conv(i, o, 2, explicit_pad=True), *networks.conv(o, o))
            for i, o in zip(widths, widths[1:]))
        down = nn.Sequential(nn.Conv2d(8, 8, 2, 2, bias=False), nn.BatchNorm2d(8, eps=1e-3),
                             nn.ReLU())
        self.levels = nn.ModuleList([down, networks.up(12, 8, 1), networks.up(12, 8, 2)])
        self.heads = nn.ModuleList(Head(24, len(head)) for head in HEADS)
        self.register_buffer("anchors", torch.from_numpy(anchors())[None], persistent=False)
        self.decodes = True

    def forward(self, image):
        maps = []
        for block, level in zip(self.blocks, self.levels):
            image = block(image)
            maps.append(level(image))
        features = torch.cat(maps, 1)
        scores, codes = zip(*(head(features) for head in self.heads))
        if not self.decodes:
            return (*scores, *codes)
        return (*scores, decode(torch.cat(codes, 1), self.anchors))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.pfn, self.rpn = PillarFeatureNet(), Rpn()

    def forward(self, voxels, cells):
        canvas = torch.zeros(CHANNELS, GRID.ny, GRID.nx)
        canvas[:, cells[:, 0], cells[:, 1]] = self.pfn(voxels)[:len(cells)].t()
        return self.rpn(canvas[None])


def decode(codes, priors):
    """As hova88 wrote it for TensorRT, which has no atan2: half of the angles come out turned."""
    xt, yt, zt, dxt, dyt, dzt, cost, sint, vx, vy = codes.split(1, -1)
    xa, ya, za, dxa, dya, dza, ra = priors.split(1, -1)
    diagonal = torch.sqrt(dxa**2 + dya**2)
    yaw = torch.atan((sint + torch.sin(ra)) / (cost + torch.cos(ra) + 1e-6))
    return torch.cat([xt * diagonal + xa, yt * diagonal + ya, zt * dza + za, torch.exp(dxt) * dxa,
                      torch.exp(dyt) * dya, torch.exp(dzt) * dza, yaw, vx, vy], -1)


def anchors():
    """(head, class, rotation, y, x); z of the centre."""
    xs = boxes.spanning(GRID.min[0], GRID.max[0], COLUMNS)
    ys = boxes.spanning(GRID.min[1], GRID.max[1], ROWS)
    return np.concatenate([boxes.anchors(xs, ys, [(F(z) + F(h) / 2, l, w, h, yaw)])
                           for head in HEADS for l, w, h, z in head for yaw in (0, 1.57)])


def final_boxes(*maps):
    """Head by head and class by class: score >= 0.1, the best TOP, rotated NMS > 0.2 where a corner
    within 1 cm counts as inside, the first CAP."""
    decoded = maps[len(HEADS)][0]
    chosen, first_anchor, first_label = [], 0, 0
    for scores in (boxes.sigmoid(m[0]) for m in maps[:len(HEADS)]):
        for channel in range(scores.shape[1]):
            order = boxes.by_score(scores[:, channel])
            order = order[scores[order, channel] >= F(0.1)][:TOP]
            ground = decoded[first_anchor + order][:, [0, 1, 3, 4, 6]]
            kept = boxes.nms(ground, lambda a, b: boxes.rotated_iou(a, b, 0.01) > 0.2)[:CAP]
            chosen += [(first_anchor + order[k], first_label + channel, scores[order[k], channel])
                       for k in kept]
        first_anchor += len(scores)
        first_label += scores.shape[1]
    index, labels, final = (np.array(column) for column in zip(*chosen))
    found = decoded[index]
    canonical = boxes.canonical(found[:, :7], bottom=False)
    return np.concatenate([canonical, found[:, 7:]], 1), final, labels, index


def decode_whole(codes):
    """OpenPCDet's own: atan2 knows all angles."""
    priors = anchors()
    found = boxes.decode(codes, priors, bottom=False)
    found[:, 6] = np.arctan2(codes[:, 7] + np.sin(priors[:, 6]), codes[:, 6] + np.cos(priors[:, 6]))
    return np.concatenate([found, codes[:, 8:]], 1)


def boxes_of_codes(*maps):
    codes = np.concatenate([m[0] for m in maps[len(HEADS):]])
    return final_boxes(*maps[:len(HEADS)], decode_whole(codes)[None])


def nuscenes(seed):
    """x, y, z, intensity to 255, seconds before the newest sweep."""
    cloud = pillars.sweep(GRID, seed, ground=2000)
    rng = np.random.default_rng(seed)
    dt = 0.05 * rng.integers(0, 10, len(cloud))
    cloud = np.concatenate([cloud, dt[:, None].astype(F)], 1)
    cloud[:, 3] = np.floor(cloud[:, 3] * 255)
    return cloud


def main():
    golden = store.Golden("multihead", "export_multihead.py")
    torch.manual_seed(5)
    cloud = nuscenes(51)
    golden.sweep("sweep.npy", cloud)
    own_car = (np.abs(cloud[:, 0]) < 1) & (np.abs(cloud[:, 1]) < 1)
    frame = pillars.pillarize(cloud[~own_car], GRID, MAX_PILLARS, SLOTS)
    count = len(frame.counts)
    voxels = np.zeros((ROOM, SLOTS, 11), F)
    voxels[:count] = pillars.decorate(frame, GRID)
    network = networks.settle(Network(), torch.from_numpy(voxels),
                              torch.from_numpy(frame.cells).long())

    features = store.run(network.pfn, voxels)[0]
    graph = store.export(network.pfn, (torch.from_numpy(voxels),), opset_version=12)
    golden.graph("pfe.onnx", graph, {graph.graph.input[0].name: voxels},
                 {graph.graph.output[0].name: features})
    image = np.zeros((1, CHANNELS, GRID.ny, GRID.nx), F)
    image[0, :, frame.cells[:, 0], frame.cells[:, 1]] = features[:count]
    settings = [*GRID.settings(), f"pillars.max_pillars={MAX_PILLARS}",
                f"pillars.center={GRID.center()}", f"post.top_k={TOP}",
                f"post.max_boxes_per_class={CAP}"]
    for name, decodes, boxes_of, more in (
            ("multihead", True, final_boxes, []),
            ("multihead_codes", False, boxes_of_codes, ["box.sin_cos=true"])):
        network.rpn.decodes = decodes
        maps = store.run(network.rpn, image)
        graph = store.export(network.rpn, (torch.from_numpy(image),), opset_version=10)
        golden.graph(f"{name}.onnx", graph, {graph.graph.input[0].name: image},
                     dict(zip((o.name for o in graph.graph.output), maps)))
        store.require_stable(boxes_of, maps)
        golden.boxes(f"{name}.npz", boxes_of(*maps))
        golden.model(name, "openpcdet-nuscenes-multihead", [f"{name}.onnx", "pfe.onnx"],
                     [*settings, *more], "sweep.npy", f"{name}.npz", count, RULES[name])
    golden.close()


if __name__ == "__main__":
    main()

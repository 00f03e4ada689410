"""OpenPCDet's three losses of an anchor head."""

import dataclasses

import torch
import torch.nn.functional as F

ALPHA, GAMMA, BETA = 0.25, 2.0, 1 / 9


@dataclasses.dataclass
class Losses:
    """Scalars, weighted: their sum is what's minimised."""

    classes: torch.Tensor
    boxes: torch.Tensor
    direction: torch.Tensor

    @property
    def total(self):
        return self.classes + self.boxes + self.direction


def focal(logits, wanted):
    """Sigmoid focal loss of each logit; wanted: 0 or 1."""
    probability = torch.sigmoid(logits)
    missed = wanted + probability - 2 * wanted * probability  # 1 - the wanted one's probability
    weight = wanted * ALPHA + (1 - wanted) * (1 - ALPHA)
    return weight * missed ** GAMMA * F.binary_cross_entropy_with_logits(logits, wanted,
                                                                         reduction="none")


def losses(maps, targets):
    """maps: what PointPillar answers. Each sample weighs the same, whatever it holds."""
    logits, codes, directions = maps
    samples, _, classes = logits.shape
    positives = (targets.labels > 0).sum(1).clamp(min=1).float()
    wanted = F.one_hot(targets.labels.clamp(min=0), classes + 1)[..., 1:].to(logits.dtype)
    counted = (targets.labels >= 0)[..., None] / positives[:, None, None]
    class_loss = (focal(logits, wanted) * counted).sum() / samples

    weight = 1 / positives[targets.sample]
    difference = codes[targets.sample, targets.anchor] - targets.codes
    # sin(a - b): a box turned by pi is as good, the direction tells them apart.
    difference = torch.cat([difference[:, :6], torch.sin(difference[:, 6:])], 1)
    box_loss = (F.smooth_l1_loss(difference, torch.zeros_like(difference), beta=BETA,
                                 reduction="none") * weight[:, None]).sum() / samples
    direction_loss = box_loss.new_zeros(())
    if directions is not None:
        found = directions[targets.sample, targets.anchor]
        direction_loss = (F.cross_entropy(found, targets.direction, reduction="none")
                          * weight).sum() / samples
    return Losses(class_loss, 2 * box_loss, 0.2 * direction_loss)

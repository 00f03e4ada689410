"""Random labels and predictions in KITTI's form: near misses, duplicates, wrong classes, ties, objects
that no difficulty counts, regions. Places are drawn so that overlaps fall on both sides of every
threshold; the boxes in the image have nothing to do with those in space."""

import math
import random

CLASSES = {"Car": (1.5, 1.6, 3.9), "Van": (2.1, 1.9, 5.0), "Truck": (3.2, 2.6, 9.0),
           "Pedestrian": (1.75, .65, .8), "Person_sitting": (1.3, .6, .8), "Cyclist": (1.7, .6, 1.8)}
TAKEN_FOR = {"Car": "Van", "Van": "Car", "Pedestrian": "Cyclist", "Cyclist": "Pedestrian",
             "Truck": "Car", "Person_sitting": "Pedestrian"}


def _label(rng):
    kind = rng.choices(list(CLASSES), [8, 2, 1, 5, 1, 4])[0]
    h, w, l = (side * rng.uniform(.85, 1.15) for side in CLASSES[kind])
    x, z = rng.uniform(-20, 20), rng.uniform(5, 60)
    turn = rng.uniform(-math.pi, math.pi)
    tall = rng.choice([20, 24, 25, 30, 39, 40, 45, 45, 60, 80, 80, 90, 120, 150])  # On the borders, too.
    left, top = rng.uniform(0, 1100), rng.uniform(100, 200)
    return {"type": kind, "truncated": rng.choice([0] * 9 + [.1, .15, .2, .3, .45, .5, .8]),
            "occluded": rng.choice([0, 0, 0, 0, 0, 0, 1, 1, 2, 3]), "alpha": turn - math.atan2(x, z),
            "image": [left, top, left + tall * rng.uniform(.5, 2), top + tall],
            "hwl": [h, w, l], "xyz": [x, rng.uniform(1.4, 2), z], "turn": turn}


def _region(rng):
    left, top = rng.uniform(0, 1100), rng.uniform(100, 200)
    return {"type": "DontCare", "truncated": -1, "occluded": -1, "alpha": -10,
            "image": [left, top, left + rng.uniform(60, 300), top + rng.uniform(40, 120)],
            "hwl": [-1, -1, -1], "xyz": [-1000, -1000, -1000], "turn": -10}


def _prediction(rng, label, jitter):
    kind = label["type"] if rng.random() < .93 else TAKEN_FOR[label["type"]]
    wide = label["image"][2] - label["image"][0]
    return {"type": kind, "truncated": -1, "occluded": -1,
            "alpha": label["alpha"] + rng.gauss(0, .3) + rng.choice([0, 0, 0, 0, math.pi]),
            "image": [v + rng.gauss(0, .04 * jitter * wide) for v in label["image"]],
            "hwl": [v * rng.uniform(.93, 1.07) for v in label["hwl"]],
            "xyz": [v + rng.gauss(0, .06 * jitter) for v in label["xyz"]],
            "turn": label["turn"] + rng.gauss(0, .08 * jitter),
            "score": round(rng.betavariate(5, 2 * jitter), 2)}


def _false_one(rng):
    prediction = _prediction(rng, _label(rng), 1)
    prediction["score"] = round(rng.betavariate(2, 5), 2)
    return prediction


def frame(rng):
    labels = [_label(rng) for _ in range(rng.randrange(0, 9))]
    regions = [_region(rng) for _ in range(rng.randrange(0, 3))]
    predictions = []
    for label in labels:
        for _ in range(rng.choices([0, 1, 2, 3], [2, 10, 2, 1])[0]):
            predictions.append(_prediction(rng, label, rng.choice([.3, .3, 1, 1, 2.5])))
    predictions += [_false_one(rng) for _ in range(rng.randrange(0, 4))]
    for region in regions:  # What lies inside of a region.
        inside = _false_one(rng)
        left, top, right, bottom = region["image"]
        inside["image"] = [left + 5, top + 2, (left + right) / 2 + 6, bottom - rng.uniform(0, 8)]
        predictions.append(inside)
    labels += regions
    rng.shuffle(labels)
    rng.shuffle(predictions)
    return labels, predictions


def frames(seed, count):
    """{name: (labels, predictions)}"""
    rng = random.Random(seed)
    return {f"{k:06d}": frame(rng) for k in range(count)}


def line(o):
    """As it stands in a file: the oracle reads the files too, so that rounding is the same."""
    numbers = [o["alpha"], *o["image"], *o["hwl"], *o["xyz"], o["turn"]]
    words = [o["type"], f"{o['truncated']:.2f}", str(o["occluded"]), *(f"{v:.4f}" for v in numbers)]
    return " ".join(words + ([f"{o['score']:.4f}"] if "score" in o else [])) + "\n"


def parsed(text):
    objects = []
    for row in text.splitlines():
        words = row.split()
        v = [float(word) for word in words[1:]]
        o = {"type": words[0], "truncated": v[0], "occluded": v[1], "alpha": v[2], "image": v[3:7],
             "hwl": v[7:10], "xyz": v[10:13], "turn": v[13]}
        if len(v) > 14:
            o["score"] = v[14]
        objects.append(o)
    return objects


def write(folder, made):
    """folder/labels and folder/predictions, a text a frame."""
    for name, pair in made.items():
        for kind, objects in zip(("labels", "predictions"), pair):
            (folder / kind).mkdir(parents=True, exist_ok=True)
            (folder / kind / f"{name}.txt").write_text("".join(map(line, objects)))

"""A training's state in a file: written whole or not at all, resumed with what differs said."""

import dataclasses
import os

import torch

from .errors import UserError

VERSION = 1
NAME = "checkpoint.pth"


def write_atomically(path, state):
    """A crash leaves the old file or the new one."""
    temporary = path.with_name(path.name + ".part")
    with open(temporary, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def save(folder, network, optimizer, settings, iteration, seconds):
    """`settings`: a dataclass; `seconds` of training so far."""
    write_atomically(folder / NAME, {
        "format": VERSION, "iteration": iteration, "seconds": seconds,
        "settings": dataclasses.asdict(settings), "model_state": network.state_dict(),
        "optimizer_state": optimizer.state_dict(), "rng": torch.get_rng_state()})


def read(path):
    """The file's dictionary, tensors on the CPU; UserError where it's none of ours or OpenPCDet's."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # pylint: disable=broad-except; of broken bytes torch raises any.
        raise UserError(f"{path}: expected a PyTorch checkpoint of tensors with 'model_state', can't "
                        f"be read as one ({type(error).__name__}); an incomplete copy looks like "
                        "this") from None
    if not isinstance(state, dict) or not isinstance(state.get("model_state"), dict):
        found = (", ".join(map(str, list(state)[:4])) if isinstance(state, dict)
                 else type(state).__name__)
        raise UserError(f"{path}: expected a checkpoint with the entry 'model_state', found {found}")
    return state


def differences(stored, now):
    """'batch 4, was 8', ... of two dictionaries of settings."""
    return [f"{key} {now.get(key)}, was {stored.get(key)}" for key in sorted({*stored, *now})
            if _plain(stored.get(key)) != _plain(now.get(key))]


def _plain(value):
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def load_weights(network, state, path):
    """Into a network of the same layers; names what doesn't fit."""
    own, given = network.state_dict(), dict(state["model_state"])
    given.pop("global_step", None)  # OpenPCDet's Detector3DTemplate counts its steps there.
    missing, unknown = sorted(own.keys() - given.keys()), sorted(given.keys() - own.keys())
    shapes = [k for k in own.keys() & given.keys() if own[k].shape != given[k].shape]
    if missing or unknown:
        what = f"has no {missing[0]}" if missing else f"has {unknown[0]}, which the network has not"
        raise UserError(f"{path}: doesn't fit the network: {what} "
                        f"({len(missing)} missing, {len(unknown)} unknown)")
    if shapes:
        key = sorted(shapes)[0]
        raise UserError(f"{path}: doesn't fit the network: {key} is {list(given[key].shape)}, "
                        f"expected {list(own[key].shape)} ({len(shapes)} differ; another --width?)")
    network.load_state_dict(given)

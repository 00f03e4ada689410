#!/usr/bin/env python3
"""Runs a module of tests in a Python that has PyTorch: this one, or the project's environment .venv.
Exit status 77, which ctest calls skipped, where neither has, or where every test of it was skipped.

usage: run.py MODULE"""

import importlib.util
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv" / "bin" / "python3"
SKIPPED = 77


def main():
    if importlib.util.find_spec("torch") is None:
        if ENVIRONMENT.exists() and pathlib.Path(sys.executable) != ENVIRONMENT:
            os.execv(ENVIRONMENT, [str(ENVIRONMENT), "-B", *sys.argv])
        print("PyTorch isn't installed; training/environment.sh makes an environment with it")
        return SKIPPED
    sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(pathlib.Path(__file__).parent)]
    import torch
    torch.set_num_threads(min(2, torch.get_num_threads()))
    try:
        tests = unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])
    except unittest.SkipTest as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    found = unittest.TextTestRunner(verbosity=2).run(tests)
    if found.wasSuccessful() and len(found.skipped) == found.testsRun:
        return SKIPPED
    return 0 if found.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())

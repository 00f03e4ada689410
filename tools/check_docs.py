#!/usr/bin/env python3
"""Refuses Markdown links to files that don't exist, and command-line flags that the command hasn't got.

usage: check_docs.py [COLONNADE]   the built command; without it only links are checked
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERBS = ["detect", "run", "bench", "compare", "inspect", "import preset", "import openpcdet",
         "import second", "doctor", "eval", "verify", "build", "convert", "cache list", "cache clear"]


def broken_links(page: pathlib.Path) -> list[str]:
    failures = []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
            if "://" not in target and not (page.parent / target).exists():
                failures.append(f"{page.relative_to(ROOT)}:{number}: no such file: {target}")
    return failures


def help_of(command: str, verb: str) -> str:
    return subprocess.run([command, *verb.split(), "--help"], capture_output=True, text=True).stdout


def unknown_flags(page: pathlib.Path, helps: dict[str, str]) -> list[str]:
    failures = []
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for command in re.findall(r"colonnade ((?:detect|run|bench|compare|inspect|import|doctor|eval|build|convert|cache) .*)", line):
            verb = max((v for v in VERBS if command.startswith(v)), key=len, default=None)
            if verb is None:
                continue
            for flag in re.findall(r"(?<![\w-])--[a-zA-Z][a-zA-Z-]*", command):
                if not re.search(re.escape(flag) + r"(?![a-zA-Z-])", helps[verb]):
                    failures.append(f"{page.relative_to(ROOT)}:{number}: {verb} has no {flag}")
    return failures


def main() -> int:
    pages = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
    failures = [f for page in pages for f in broken_links(page)]
    if len(sys.argv) > 1:
        helps = {verb: help_of(sys.argv[1], verb) for verb in VERBS}
        failures += [f for page in pages for f in unknown_flags(page, helps)]
    print("\n".join(failures) or f"{len(pages)} pages hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Runs the commands of the pages' ```console blocks and compares what they print with what is shown.

usage: run_docs.py BUILD [--write] [PAGE...]
  BUILD    the build folder
  --write  puts the real output into the pages where it differs and nothing is cut by `...`
  PAGE     README.md and docs/**/*.md unless given

A page is one bash session in an empty folder that holds model/ (the demo model) and street.bin (the
sample sweep). In a block a line `$ COMMAND` is run (a backslash at its end continues it); the lines
below it are its output: `...` alone stands for any lines, at a line's end for the rest of it. Lines
that begin as the command's complaints do ("colonnade: ") are standard error and compared apart from
the rest. Of a comment `<!-- run: COMMAND -->` only the status counts: what a page needs but a reader
doesn't. Times, instruction sets and thread counts may differ, decimals by 1e-4 or by two of their last digits:
instruction sets round differently. Everything else must be equal. A command that fails must complain,
or be followed by `$ echo $?`.
"""
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMPLAINT = re.compile(r"colonnade( [a-z]+)*: ")
NUMBER = re.compile(r"-?\d+\.\d+(?![\d.])")
VARIES = (
    (re.compile(r"\d+\.\d+ ms"), "T ms"),
    (re.compile(r"(cpu|reference) \([^)]*\)"), r"\1 (ISA)"),
    (re.compile(r"^  cpu .*\(of .*\)$"), "  cpu ISA"),
    (re.compile(r'"cpu": "[^"]*"'), '"cpu": ISA'),
    (re.compile(r"\d+ threads?\b"), "N threads"),
    (re.compile(r"effective \w+: [^,]*"), "effective P: WHY"),  # Not every CPU has BF16.
    (re.compile(r"\d+\.\d+ (qps|s|GFLOP/s|cores used)\b"), r"T \1"),
    (re.compile(r"\b\d\.\de[-+]\d\d\b"), "E"),
    (re.compile(r"^Warm-up: \d+ runs"), "Warm-up: N runs"),
    (re.compile(r"^Cores used: .*"), "Cores used: N"),
    # A row of bench's profile: all but precision, GFLOP, kind and layer.
    (re.compile(r"^ +[\d.]+ +(?:[\d.]+|-) +[\d.]+% +(\S+) +(\S+) +\S+ +\S+ "), r"ROW \1 \2 "),
    (re.compile(r"^  milliseconds: .*"), lambda m: re.sub(r"\d+\.\d+", "T", m[0])),
    (re.compile(r'"times_ms": .*'), lambda m: re.sub(r"\d+(\.\d+)?", "T", m[0])),
)


@dataclasses.dataclass
class Step:
    line: int
    command: str
    output: list[str] | None  # None: only the status counts.


def steps_of(page: pathlib.Path) -> list[Step]:
    steps, in_block, continues = [], False, False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        hidden = re.fullmatch(r"<!-- run: (.*) -->", line)
        if hidden:
            steps.append(Step(number, hidden[1], None))
        elif line.startswith("```"):
            in_block = line == "```console" and not in_block
            continues = False
        elif in_block and continues:
            steps[-1].command += "\n" + line
            continues = line.endswith("\\")
        elif in_block and line.startswith("$ "):
            steps.append(Step(number, line[2:], []))
            continues = line.endswith("\\")
        elif in_block and steps and steps[-1].output is not None:
            steps[-1].output.append(line)
    return steps


def session(steps: list[Step], folder: pathlib.Path, path: str) -> list[tuple[int, str, str]]:
    """Status, standard output and standard error of each step."""
    logs, work, script = folder / "logs", folder / "work", ""
    logs.mkdir()
    for k, step in enumerate(steps):
        script += f"{{ {step.command}\n}} >{logs}/out.{k} 2>{logs}/err.{k}\n"
        script += f"status=$?; echo $status >{logs}/rc.{k}; (exit $status)\n"
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "SOURCE": str(ROOT),
                   "LC_ALL": "C.UTF-8"}
    subprocess.run(["bash", "-c", script], cwd=work, env=environment, timeout=300, check=False)
    return [(int((logs / f"rc.{k}").read_text()),
             (logs / f"out.{k}").read_text(errors="replace"),
             (logs / f"err.{k}").read_text(errors="replace")) for k in range(len(steps))]


def normal(line: str) -> str:
    for pattern, to in VARIES:
        line = pattern.sub(to, line)
    return re.sub(r" +", " ", line.rstrip())


def same_line(shown: str, real: str) -> bool:
    shown, real = normal(shown), normal(real)
    if shown.endswith("..."):
        shown = shown[:-3].rstrip()
        return real.startswith(shown)
    ours, theirs = NUMBER.findall(shown), NUMBER.findall(real)
    if NUMBER.sub("#", shown) != NUMBER.sub("#", real):
        return False
    for a, b in zip(ours, theirs):
        digits = len(a) - a.index(".") - 1
        if abs(float(a) - float(b)) > max(2.01 * 10.0 ** -digits, 1e-4 * max(1, abs(float(a)))):
            return False
    return True


def same_lines(shown: list[str], real: list[str]) -> bool:
    """Whether they are the same, `...` alone being any number of lines."""
    if not shown:
        return not real
    if shown[0].strip() == "...":
        return any(same_lines(shown[1:], real[k:]) for k in range(len(real) + 1))
    return bool(real) and same_line(shown[0], real[0]) and same_lines(shown[1:], real[1:])


def failure_of(step: Step, status_is_shown: bool, status: int, out: str, err: str) -> str:
    if step.output is None:
        return f"ended with status {status}: {err}" if status != 0 else ""
    complaints = [line for line in step.output if COMPLAINT.match(line)]
    rest = [line for line in step.output if not COMPLAINT.match(line)]
    while rest and not rest[-1]:  # An empty line before the next command is the page's.
        rest.pop()
    problem = ""
    if status != 0 and not complaints and not status_is_shown:
        problem = f"ended with status {status}; "
    if not same_lines(rest, out.splitlines()) or not same_lines(complaints, err.splitlines()):
        problem += "printed otherwise; "
    return f"{problem}it printed\n{err}{out}" if problem else ""


def write_output(page: pathlib.Path, step: Step, real: str) -> None:
    lines = page.read_text().splitlines()
    start = step.line + step.command.count("\n")
    lines[start:start + len(step.output)] = real.splitlines()
    page.write_text("\n".join(lines) + "\n")


def results_of(steps: list[Step], build: pathlib.Path) -> list[tuple[int, str, str]]:
    path = f"{build}/apps/colonnade:{build}/tools"
    with tempfile.TemporaryDirectory(prefix="colonnade-docs-") as name:
        work = pathlib.Path(name) / "work"
        work.mkdir()
        subprocess.run([build / "tools/make_demo_model", work / "model"], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([build / "tools/make_sample_sweep", work / "street.bin"], check=True,
                       stdout=subprocess.DEVNULL)
        return session(steps, pathlib.Path(name), path)


def failures_of(page: pathlib.Path, build: pathlib.Path, write: bool) -> tuple[int, list[str]]:
    steps = steps_of(page)
    if not steps:
        return 0, []
    failures = []
    # From the last, so that what is written leaves the lines of the others where they are.
    following = [step.command == "echo $?" for step in steps[1:]] + [False]
    runs = list(zip(steps, following, results_of(steps, build)))
    for step, status_is_shown, (status, out, err) in reversed(runs):
        problem = failure_of(step, status_is_shown, status, out, err)
        cut = step.output is None or any(line.endswith("...") for line in step.output)
        if problem and write and not cut:
            write_output(page, step, err + out)
        elif problem:
            failures.append(f"{page.relative_to(ROOT)}:{step.line}: {step.command}\n  {problem}")
    return len(steps), failures[::-1]


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    build = pathlib.Path(sys.argv[1]).resolve()
    write = "--write" in sys.argv[2:]
    pages = [pathlib.Path(page).resolve() for page in sys.argv[2:] if page != "--write"]
    pages = pages or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    commands, failures = 0, []
    for page in pages:
        count, found = failures_of(page, build, write)
        commands += count
        failures += found
    print("\n".join(failures) or f"{commands} commands print what the pages show")
    return 1 if failures or commands == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

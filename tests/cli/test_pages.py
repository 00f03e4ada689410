"""Help, manual pages and completions: all of them from the command line's own definition."""

import os
import pathlib
import re
import select
import shlex
import shutil
import subprocess
import time
import unittest

from command import COLONNADE, FINE, MODEL, SWEEP, WRONG_USE, CommandTest

FILES = ("model.yaml", "list.json", "a.bin", "b.pcd", "graph.onnx", "config.yaml", "calib.txt",
         "voxels.npy", "folder/x.yaml")

# (words of the command line, the last of them unfinished; what all shells offer for it)
OFFERS = (
    (["de"], {"detect"}),
    (["import", ""], {"preset", "openpcdet", "second"}),
    (["completion", ""], {"bash", "zsh", "fish"}),
    (["detect", "--sco"], {"--score"}),
    (["import", "preset", "--se"], {"--set"}),
    (["detect", "--format", ""], {"auto", "kitti", "nuscenes", "pcd", "ply", "npy"}),
    (["detect", "model.yaml", "a.bin", "--backend", ""], {"auto", "cpu", "reference", "tensorrt"}),
    (["detect", "--sweeps", ""], {"list.json", "folder/"}),
    (["detect", "--kitti", ""], {"folder/"}),
    (["detect", "model.yaml", "--calib", "c"], {"calib.txt"}),
    (["run", "--output", "f"], {"folder/"}),
    (["inspect", ""], {"graph.onnx", "folder/"}),
    (["import", "preset", "z"], {"zhulf-kitti"}),
    (["import", "openpcdet", "config.yaml", "g"], {"graph.onnx"}),
    (["detect", "--threads", ""], set()),
)


class Help(CommandTest):
    VERBS = (["detect"], ["run"], ["inspect"], ["import"], ["import", "preset"],
             ["import", "openpcdet"], ["import", "second"], ["completion"])

    def test_lines_fit_a_terminal(self):
        for verb in ([], *self.VERBS):
            text = self.run_fine(*verb, "--help")
            self.assertIn("Usage: " + " ".join(["colonnade", *verb]), text)
            for line in text.split("\nExamples:\n")[0].splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_examples_are_of_the_verb(self):
        for verb in self.VERBS:
            for line in self.run_fine(*verb, "--help").partition("\nExamples:\n")[2].splitlines():
                if "colonnade" in line:
                    self.assertIn(" ".join(["colonnade", *verb]), line)

    def test_choices_are_what_the_command_takes(self):
        text = self.run_fine("detect", "--help")
        for option in ("--format", "--backend", "--isa"):
            choices, = re.findall(rf"^  {option} (\S+\|\S+)", text, re.M)
            for choice in choices.split("|"):
                done = self.run_command("detect", MODEL, SWEEP, option, choice)
                # A format that the sweep isn't of, a set of instructions that isn't here.
                self.assertNotRegex(done.stderr.decode(), r"there's no|there is no|doesn't know")

    def test_a_shell_that_is_unknown(self):
        self.assert_refused(WRONG_USE, "completion", "tcsh", says=("tcsh", "bash,zsh,fish"))
        self.assert_refused(WRONG_USE, "completion", says="SHELL")


class ManPages(CommandTest):
    def setUp(self):
        super().setUp()
        self.run_fine("pages", "-o", self.folder, "--date", "2026-01-31")
        self.pages = sorted(self.folder.glob("man/man1/*.1"))

    def test_a_page_a_verb(self):
        verbs = re.findall(r"^  ([a-z]+) +[A-Z]", self.run_fine("--help"), re.M)
        self.assertIn("detect", verbs)
        self.assertEqual([page.name for page in self.pages],
                         sorted(["colonnade.1"] + [f"colonnade-{verb}.1" for verb in verbs]))

    def test_every_option_is_there(self):
        for page in self.pages:
            text = page.read_text()
            verb = page.stem.split("-")[1:]
            for option in re.findall(r"^  .*?(--[a-z-]+)", self.run_fine(*verb, "--help"), re.M):
                self.assertIn(option.replace("-", "\\-"), text, (page.name, option))

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc isn't installed")
    def test_mandoc_has_nothing_to_say(self):
        for page in self.pages:
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page],
                                  capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))

    @unittest.skipUnless(shutil.which("groff"), "groff isn't installed")
    def test_groff_has_nothing_to_say(self):
        for page in self.pages:
            done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", page],
                                  capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_the_same_scripts_as_completion_prints(self):
        for shell, file in (("bash", "bash-completion/completions/colonnade"),
                            ("zsh", "zsh/site-functions/_colonnade"),
                            ("fish", "fish/vendor_completions.d/colonnade.fish")):
            self.assertEqual(self.path(file).read_text(), self.run_fine("completion", shell))


class Completion(CommandTest):
    def setUp(self):
        super().setUp()
        for name in FILES:
            self.write("work/" + name, "")
        self.work = self.path("work")
        self.environment = {**os.environ, "HOME": str(self.folder), "TERM": "dumb",
                            "PATH": f"{pathlib.Path(COLONNADE).parent}:{os.environ['PATH']}"}

    def shell(self, *words):
        done = subprocess.run(words, capture_output=True, text=True, cwd=self.work, timeout=60,
                              env=self.environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (FINE, ""), words)
        return done.stdout

    def bash(self, words, word_breaks=" \t\n\"'><=;|&(:"):
        """What COMPREPLY holds once bash has split the words as it does."""
        split = []
        for word in ["colonnade", *words]:
            split += [part for part in re.split("(=)", word) if part] or [""] \
                if "=" in word_breaks else [word]
        quoted = " ".join(map(shlex.quote, split))
        breaks = shlex.quote(word_breaks)
        return set(self.shell(
            "bash", "--norc", "-c", "source <(colonnade completion bash); "
            f"COMP_WORDBREAKS={breaks}; COMP_WORDS=({quoted}); "
            f"COMP_CWORD={len(split) - 1}; _colonnade; "
            "for word in \"${COMPREPLY[@]}\"; do "
            "[[ -d $word ]] && echo \"$word/\" || echo \"$word\"; done").splitlines())

    @unittest.skipUnless(shutil.which("bash"), "bash isn't installed")
    def test_bash(self):
        for words, offers in OFFERS:
            with self.subTest(words):
                self.assertEqual(self.bash(words), offers)
        self.assertEqual(self.bash(["detect", "m"]), {"model.yaml"})
        self.assertEqual(self.bash(["detect", "model.yaml", ""]), {"a.bin", "b.pcd", "voxels.npy",
                                                                  "folder/"})
        self.assertEqual(self.bash(["import", "preset", "zhulf-kitti", ""]),
                         {"graph.onnx", "folder/"})

    @unittest.skipUnless(shutil.which("bash"), "bash isn't installed")
    def test_bash_at_an_equals_sign(self):
        self.assertEqual(self.bash(["detect", "--sweeps=l"]), {"list.json"})
        self.assertEqual(self.bash(["detect", "--format="]),
                         {"auto", "kitti", "nuscenes", "pcd", "ply", "npy"})
        self.assertEqual(self.bash(["run", "g", "--input", "a=voxels.npy", "b=v"]), {"voxels.npy"})
        self.assertEqual(self.bash(["run", "g", "--input", "a=voxels.npy", "--out"]), {"--output"})
        self.assertEqual(self.bash(["detect", "--fov=90", "m"]), {"model.yaml"})
        # Where '=' doesn't break words, the whole word is replaced.
        self.assertEqual(self.bash(["detect", "--sweeps=l"], " \t\n"), {"--sweeps=list.json"})

    @unittest.skipUnless(shutil.which("fish"), "fish isn't installed")
    def test_fish(self):
        for words, offers in OFFERS:
            line = " ".join(["colonnade", *words])
            text = self.shell("fish", "--no-config", "-c",
                              f"colonnade completion fish | source; complete -C '{line}'")
            with self.subTest(words):
                self.assertLessEqual(offers, {row.split("\t")[0] for row in text.splitlines()})
                if not offers:
                    self.assertEqual(text, "")

    def zsh_inserts(self, terminal, line):
        """The line after a press of Tab, as zsh's editor holds it."""
        os.write(terminal, line.encode() + b"\t\x18p\n")  # Ctrl-X p: see the binding below.
        shown = b""
        end = time.monotonic() + 30
        while not re.search(rb"<\[.*\]>", shown) and time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 65536)
        self.assertRegex(shown, rb"<\[.*\]>")
        return re.findall(r"<\[(.*?)\]>", shown.decode(errors="replace"))[-1]

    @unittest.skipUnless(shutil.which("zsh"), "zsh isn't installed")
    def test_zsh(self):
        self.write(".zshrc", "unsetopt zle_bracketed_paste; PS1='> '; unsetopt beep prompt_sp\n"
                             "autoload -Uz compinit; compinit -u -D\n"
                             "source <(colonnade completion zsh)\n"
                             "show() { local line=$BUFFER; BUFFER=; zle -I; "
                             "print -r -- \"<\"\"[$line]>\"; }\n"
                             "zle -N show; bindkey '^Xp' show\n")
        pid, terminal = self.fork_on_terminal()
        if pid == 0:
            os.chdir(self.work)
            os.execvpe("zsh", ["zsh", "-d", "-i"], {**self.environment, "ZDOTDIR": str(self.folder)})
        try:
            for line, becomes in (
                    ("colonnade de", "colonnade detect "),
                    ("colonnade import pre", "colonnade import preset "),
                    ("colonnade import preset zh", "colonnade import preset zhulf-kitti "),
                    ("colonnade detect --sco", "colonnade detect --score "),
                    ("colonnade detect --format nu", "colonnade detect --format nuscenes "),
                    ("colonnade detect --sweeps l", "colonnade detect --sweeps list.json "),
                    ("colonnade detect --calib c", "colonnade detect --calib calib.txt "),
                    ("colonnade inspect g", "colonnade inspect graph.onnx "),
                    ("colonnade run graph.onnx --input a=v",
                     "colonnade run graph.onnx --input a=voxels.npy ")):
                with self.subTest(line):
                    self.assertEqual(self.zsh_inserts(terminal, line).strip(), becomes.strip())
        finally:
            os.write(terminal, b"\x03exit\n")
            os.close(terminal)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""Same input, same bytes: for any number of threads, any cut into tasks, and after any death.

DHS_BINARY is the program, DHS_FAULTY the same program on the faulty twin of the storage.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

DHS, FAULTY = os.environ["DHS_BINARY"], os.environ["DHS_FAULTY"]
MAY_DIFFER = "_stage_config.json"  # the one file that carries times

CONFIG = """
output = "{out}"
variant = "v3_color_relaxed"
release = "dr10"

[scan]
sweep-index = "{survey}/sweep-index.txt"

[regions]
bricks = "{bricks}"

[select]
ranking-config = "n_lrg:3:3,density:3:3"

[compact]
num-partitions = 2
"""


def digests(root):
    """SHA-256 of every file below root but those that may differ."""
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(root.rglob("*")) if p.is_file() and p.name != MAY_DIFFER}


def final_names(root):
    """What stands under names that are not work in progress."""
    return [p for p in root.rglob("*") if p.is_file()
            and not any(part.startswith(".") for part in p.relative_to(root).parts)]


class SameBytes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = Path(tempfile.mkdtemp(prefix="dhs-crash-"))
        cls.survey = cls.root / "survey"
        subprocess.run([DHS, "mock", "survey", "--bricks", "10", "--seed", "5", "--out", cls.survey, "--quiet"], check=True)
        cls.bricks = next(cls.survey.glob("survey-bricks-*.fits.gz"))
        cls.reference = cls.run_line("reference")
        cls.want = digests(cls.reference)
        assert len(cls.want) > 25, cls.want

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    @classmethod
    def command(cls, name, program=DHS, extra=()):
        out = cls.root / name
        config = cls.root / f"{name}.toml"
        config.write_text(CONFIG.format(out=out, survey=cls.survey, bricks=cls.bricks))
        return out, [program, "run", str(config), "--quiet", *extra]

    @classmethod
    def run_line(cls, name, extra=()):
        out, command = cls.command(name, extra=extra)
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return out

    def counts(self):
        """Operations of an undisturbed run, by kind."""
        out, command = self.command("counted", FAULTY, ["--threads", "1"])
        path = self.root / "counts"
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "DHS_FAULT_COUNTS": str(path)})
        self.assertEqual(digests(out), self.want)
        shutil.rmtree(out)
        return {k: int(v) for k, v in (item.split("=") for item in path.read_text().split())}

    def check_incomplete_is_invisible(self, out):
        """A final name exists only as a whole: every stage folder that can be seen has its _SUCCESS."""
        for config in final_names(out):
            if config.name == MAY_DIFFER:
                self.assertTrue((config.parent / "_SUCCESS").exists(), config)

    def strike(self, name, fault, killed):
        """Runs with one fault, looks at what is left, runs again without it and compares every byte."""
        # On one thread, as the operations were counted: the columns of a file are written in other pieces on several.
        out, command = self.command(name, FAULTY, ["--threads", "1"])
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "DHS_FAULTS": fault})
        self.assertEqual(done.returncode, -signal.SIGKILL if killed else 4, (fault, done.stdout, done.stderr))
        if out.exists():
            self.check_incomplete_is_invisible(out)
            seen = {k: v for k, v in digests(out).items() if not any(p.startswith(".") for p in Path(k).parts)}
            self.assertLessEqual(seen.items(), self.want.items(), fault)
        self.run_line(name)
        self.assertEqual(digests(out), self.want, fault)
        shutil.rmtree(out)

    def test_threads(self):
        for threads in (1, 2, 5):
            out = self.run_line(f"threads{threads}", ["--threads", str(threads)])
            self.assertEqual(digests(out), self.want, threads)
            shutil.rmtree(out)

    def test_task_cuts(self):
        for name, cut in (("one", "scan.sweep-partitions=1"), ("many", "scan.sweep-partitions=7"),
                          ("small", "scan.chunk-size=777")):
            out = self.run_line(f"cut-{name}", ["--set", cut])
            self.assertEqual(digests(out), self.want, cut)
            shutil.rmtree(out)

    def test_kill_at_every_rename(self):
        renames = self.counts()["rename"]
        self.assertGreaterEqual(renames, 20)
        for n in range(1, renames + 1):
            with self.subTest(n=n):
                self.strike("killed", f"kill@rename:{n}", killed=True)

    def test_kill_at_points_all_over(self):
        total = self.counts()["any"]
        for n in sorted({1 + i * (total - 1) // 24 for i in range(25)}):
            with self.subTest(n=n):
                self.strike("killed", f"kill@any:{n}", killed=True)

    def test_full_disk_and_broken_disk(self):
        counts = self.counts()
        for kind, operation in (("enospc", "write"), ("enospc", "create"), ("eio", "sync"), ("eio", "read"),
                                ("eio", "rename"), ("eio", "syncdir")):
            for n in sorted({1 + i * (counts[operation] - 1) // 4 for i in range(5)}):
                with self.subTest(fault=f"{kind}@{operation}:{n}"):
                    self.strike("faulty", f"{kind}@{operation}:{n}", killed=False)


if __name__ == "__main__":
    unittest.main()

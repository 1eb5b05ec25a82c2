# SPDX-License-Identifier: Apache-2.0
"""Same input, same bytes: for any number of threads, any cut into tasks, and after any death.

DHS_BINARY is the program, DHS_FAULTY the same program on the faulty twin of the storage. DHS_CRASH_POINTS says how many
points are struck in each way (25; scripts/test-long: 500, and every publish step).
"""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from random import Random

DHS, FAULTY = os.environ["DHS_BINARY"], os.environ["DHS_FAULTY"]
POINTS = int(os.environ.get("DHS_CRASH_POINTS", "25"))
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


def points(count, wanted):
    """Up to `wanted` numbers from 1 to `count`, evenly, the first and the last among them."""
    wanted = max(2, min(wanted, count))
    return sorted({1 + i * (count - 1) // (wanted - 1) for i in range(wanted)})


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

    def test_kill_at_publish_steps(self):
        counts = self.counts()
        self.assertGreaterEqual(counts["rename"], 5)  # one a stage, and one for every record of a sweep
        for operation in ("rename", "create", "sync", "syncdir", "remove"):
            for n in points(counts[operation], counts[operation] if operation == "rename" else POINTS // 3):
                with self.subTest(operation=operation, n=n):
                    self.strike("killed", f"kill@{operation}:{n}", killed=True)

    def test_kill_at_points_all_over(self):
        for n in points(self.counts()["any"], POINTS):
            with self.subTest(n=n):
                self.strike("killed", f"kill@any:{n}", killed=True)

    def test_full_disk_and_broken_disk(self):
        counts = self.counts()
        for kind, operation in (("enospc", "write"), ("enospc", "create"), ("eio", "sync"), ("eio", "read"),
                                ("eio", "write"), ("eio", "rename"), ("eio", "syncdir")):
            for n in points(counts[operation], POINTS // 5):
                with self.subTest(fault=f"{kind}@{operation}:{n}"):
                    self.strike("faulty", f"{kind}@{operation}:{n}", killed=False)

    def test_kill_at_any_time(self):
        """The program itself on all threads, killed after a time, not at an operation."""
        random = Random(11)
        out, command = self.command("timed")
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        whole = time.perf_counter() - start
        shutil.rmtree(out)
        for n in range(POINTS):
            with self.subTest(n=n):
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    process.wait(timeout=random.uniform(0, whole))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                if out.exists():
                    self.check_incomplete_is_invisible(out)
                # Several deaths may follow one another before a run comes to its end.
                if random.random() < 0.5:
                    self.run_line("timed")
                    self.assertEqual(digests(out), self.want)
                    shutil.rmtree(out)
        self.run_line("timed")
        self.assertEqual(digests(out), self.want)
        shutil.rmtree(out)

    def test_two_at_once(self):
        """Two processes on one output: one makes it, the other says that it waits for nobody, or finds it made."""
        out, command = self.command("twice")
        pair = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        errors = [process.communicate()[1] for process in pair]
        codes = sorted(process.returncode for process in pair)
        self.assertEqual(codes[0], 0, errors)
        self.assertIn(codes[1], (0, 4), errors)
        if codes[1] == 4:
            self.assertIn("another process is making this output now", "".join(errors))
        self.assertEqual(digests(out), self.want)
        shutil.rmtree(out)


if __name__ == "__main__":
    unittest.main()

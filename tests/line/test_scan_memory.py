# SPDX-License-Identifier: Apache-2.0
"""A scan needs memory for its candidates and for what its threads have in hand, not for its sweeps."""

import gzip
import os
import subprocess
import sys

import pytest

from test_whole_line import dhs

LIMIT_MIB = 256
# Prints the peak of a command. A process of its own: a child's peak begins with the memory of the one that forks it.
MEASURE = """
import os, sys
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
EXTRA = "RELEASE,BRICKID,EBV,PSFSIZE_R,PSFDEPTH_R,SHAPE_R,SERSIC,FLUX_W2,NOBS_Z,FITBITS"


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    root = tmp_path_factory.mktemp("memory")
    dhs("mock", "survey", "--bricks", 120, "--seed", 5, "--out", root / "survey")
    sweeps = sorted((root / "survey").rglob("sweep-*.fits"))
    assert sum(path.stat().st_size for path in sweeps) > LIMIT_MIB << 20  # else it would prove nothing
    for path in sweeps:
        (root / (path.name + ".gz")).write_bytes(gzip.compress(path.read_bytes(), 1))
    (root / "plain.txt").write_text("".join(f"{path}\n" for path in sweeps))
    (root / "gzip.txt").write_text("".join(f"{root / (path.name + '.gz')}\n" for path in sweeps))
    return root


@pytest.mark.parametrize("kind", ["plain", "gzip"])
@pytest.mark.parametrize("threads", [1, 8])
def test_scan_stays_within_its_memory(survey, tmp_path, kind, threads):
    command = [os.environ["DHS_BINARY"], "scan", "--sweep-index", survey / f"{kind}.txt", "--output", tmp_path,
               "--threads", threads, "--memory", "64MiB", "--extra-columns", EXTRA, "--quiet"]
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < LIMIT_MIB << 10  # kB, mapped pages of the sweeps among them

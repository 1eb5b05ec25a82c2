# SPDX-License-Identifier: Apache-2.0
"""A scan needs memory for its candidates and for what its threads have in hand, not for its sweeps."""

import gzip
import os
import subprocess

import pytest

from test_whole_line import dhs

LIMIT_MIB = 256
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
    process = subprocess.Popen([os.environ["DHS_BINARY"], "scan", "--sweep-index", survey / f"{kind}.txt", "--output",
                                tmp_path, "--threads", str(threads), "--memory", "64MiB", "--extra-columns", EXTRA, "--quiet"])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert usage.ru_maxrss < LIMIT_MIB << 10  # kB, mapped pages of the sweeps among them

# SPDX-License-Identifier: Apache-2.0
"""Time `dhs regions` and `dhs select` against pandas and SciPy. Results are compared before anything is timed.

Usage: compare_regions.py DHS FOLDER [REPEATS]
FOLDER holds what scripts/bench made: survey/ (a mock survey), coarse/ and fine/ (its counts and bricks as Parquet, and on a
tessellation ten times as fine). Every time is of a whole process, from its start to files on disk; inputs are in the page
cache. The least time of all repeats counts; memory is the greatest of all repeats.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
VARIANT = "v3_color_relaxed"
CONFIG = "n_lrg:100:75,psf_weighted:100:75,density:100:75,area_weighted:100:75"
# Distances for pieces of a fifth of a brick in RA and a half in Dec, so that each has about as many neighbours as a brick.
FINE = ["--adj-cell-size", "0.125", "--adj-ra-eps", "0.06", "--adj-dec-eps", "0.15"]


# Run in a small process of its own: the peak memory of a child counts that of the one that started it.
MEASURE = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss / 1000, status)
"""


def run(command):
    """(wall seconds, peak MB) of a process."""
    command = [str(c) for c in command]
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *command], capture_output=True, text=True, check=True)
    wall, memory, status = (float(word) for word in done.stdout.split())
    if status != 0:
        raise SystemExit(f"compare_regions: failed: {' '.join(command)}")
    return wall, memory


def least(repeats, *command):
    """The outputs of an earlier run of dhs are removed first: what is timed makes them, it does not replace them."""
    results = []
    for _ in range(repeats):
        if command[1] in ("regions", "select"):
            output = Path(command[command.index("--output") + 1])
            shutil.rmtree(output / {"regions": "phase3a", "select": "phase3b"}[command[1]], ignore_errors=True)
        results.append(run(command))
    return min(wall for wall, _ in results), max(memory for _, memory in results)


def check(found, want, keys, what):
    found, want = (f.sort_values(keys).reset_index(drop=True) for f in (found, want))
    if len(found) != len(want) or set(found.columns) - set(want.columns):
        raise SystemExit(f"compare_regions: {what}: {len(found)} rows against {len(want)}, columns that only one has: "
                         f"{set(found.columns) - set(want.columns)}")
    for name in found.columns:
        if not pd.api.types.is_numeric_dtype(found[name]):
            same = (found[name].astype(str) == want[name].astype(str)).all()
        else:
            a, b = found[name].to_numpy(float, na_value=np.nan), want[name].to_numpy(float, na_value=np.nan)
            # A deviation inherits the rounding of the values it is one of.
            size = np.abs(b) + (np.abs(want[name[:-4] + "_mean"].to_numpy(float)) if name.endswith("_std") else 0)
            with np.errstate(invalid="ignore"):
                same = (np.isnan(a) == np.isnan(b)).all() and not (np.abs(a - b) > 1e-11 * size).any()
        if not same:
            raise SystemExit(f"compare_regions: {what}: column {name} differs")


def compare(ours, theirs):
    phase3a, phase3b = ours / "phase3a" / VARIANT, ours / "phase3b" / VARIANT
    bricks = pd.read_parquet(phase3a / "bricks_with_region")
    metrics = pd.read_parquet(phase3a / "region_metrics")
    check(bricks, pd.read_parquet(theirs / "bricks_with_region.parquet"), ["brickname"], "bricks_with_region")
    check(metrics, pd.read_parquet(theirs / "region_metrics.parquet"), ["region_id"], "region_metrics")
    selections = pd.read_parquet(phase3b / "region_selections")
    keys = ["selection_set_id", "region_split", "density_bin", "region_rank"]
    check(selections, pd.read_parquet(theirs / "region_selections.parquet"), keys, "region_selections")
    print(f"results equal: {len(bricks):,} bricks, {len(metrics):,} regions, {len(selections):,} selections")


def main():
    dhs, folder = os.path.abspath(sys.argv[1]), Path(sys.argv[2]).resolve()
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    few = max(2, repeats // 3)
    root = Path(tempfile.mkdtemp(prefix="dhs-bench-", dir=folder))
    counts = folder / "survey/brick_counts.parquet"
    bricks = next((folder / "survey").glob("survey-bricks-*.fits.gz"))

    def regions(name, counts, bricks, threads, *more):
        return [dhs, "regions", "--counts", counts, "--bricks", bricks, "--output", root / name, "--threads", threads,
                "--force", "--quiet", *more]

    def select(name, threads):
        return [dhs, "select", "--output", root / name, "--ranking-config", CONFIG, "--threads", threads, "--force",
                "--quiet"]
    pandas = [sys.executable, HERE / "regions_pandas.py"]
    try:
        run(regions("ours", counts, bricks, 2))
        run(select("ours", 2))
        run([*pandas, "regions", counts, bricks, root / "theirs"])
        run([*pandas, "select", root / "ours/phase3a" / VARIANT, root / "theirs", CONFIG])
        compare(root / "ours", root / "theirs")
        results = {f"dhs regions, {n} thread{'s' * (n > 1)}": least(repeats, *regions("ours", counts, bricks, n))
                   for n in (1, 2)}
        results.update({f"dhs select, {n} thread{'s' * (n > 1)}": least(repeats, *select("ours", n)) for n in (1, 2)})
        results["pandas + SciPy, regions"] = least(few, *pandas, "regions", counts, bricks, root / "theirs")
        results["pandas, select"] = least(few, *pandas, "select", root / "ours/phase3a" / VARIANT, root / "theirs", CONFIG)
        for name, more in (("coarse", []), ("fine", FINE)):
            tables = [folder / name / "counts.parquet", folder / name / "bricks.parquet"]
            results[f"dhs regions, {name}, Parquet"] = least(few, *regions(name, *tables, 2, *more))
            results[f"dhs select, {name}"] = least(few, *select(name, 2))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"{'':<36}{'seconds':>9}{'peak MB':>9}")
    for name, (wall, memory) in results.items():
        print(f"{name:<36}{wall:>9.3f}{memory:>9.0f}")

    def ratio(a, b):
        return results[a][0] / results[b][0]
    print(f"pandas + SciPy, regions: {ratio('pandas + SciPy, regions', 'dhs regions, 2 threads'):.1f} x the time of dhs")
    print(f"pandas, select: {ratio('pandas, select', 'dhs select, 2 threads'):.1f} x the time of dhs")
    print(f"ten times the bricks: {ratio('dhs regions, fine, Parquet', 'dhs regions, coarse, Parquet'):.1f} x the time of "
          f"dhs regions, {ratio('dhs select, fine', 'dhs select, coarse'):.1f} x that of dhs select (at most 11)")
    print("goals: dhs regions 1.0 s, dhs select 0.1 s on two cores")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Splits of a simulated full DR10 south: what the earlier system's choices give, and what the cure gives.

Areas and Kolmogorov-Smirnov distances are computed here, with pandas and SciPy, from the tables on disk.
DHS_BINARY names the program under test.
"""

import gzip
import json
import os
import subprocess
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from scipy.stats import ks_2samp

DHS = os.environ["DHS_BINARY"]
DATA = Path(__file__).parents[2] / "testing" / "data"
VARIANT = "v3_color_relaxed"
RANKING = "n_lrg:100:75,psf_weighted:100:75,density:100:75,area_weighted:100:75"
TARGETS = {"train": 0.7, "val": 0.1, "test": 0.2}
PROPERTIES = ["psfsize_r", "psfdepth_r", "ebv", "lrg_density_v3"]
TILES_DEG2 = 50
CURE = ["--adjacency", "tessellation", "--tiling", f"area:{TILES_DEG2}", "--split", "balanced"]


def dhs(*args):
    done = subprocess.run([DHS, *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, f"{args}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """The real brick list with the mock's qualities and counts."""
    root = tmp_path_factory.mktemp("full")
    lines = gzip.open(DATA / "tables/dr10-south-brick-lrg-counts.csv.gz", "rt").read().splitlines()[1:]
    (root / "bricks.txt").write_text("\n".join(line.split(",")[0] for line in lines) + "\n")
    dhs("mock", "survey", "--brick-list", root / "bricks.txt", "--no-sweeps", "--seed", 1, "--out", root / "survey")
    return root, ["--counts", root / "survey/brick_counts.parquet",
                  "--bricks", next((root / "survey").glob("survey-bricks-*.fits.gz"))]


def run(survey, name, *options):
    root, inputs = survey
    told = dhs("regions", *inputs, "--output", root / name, *options)
    folder = root / name / "phase3a" / VARIANT
    bricks = pq.read_table(folder / "bricks_with_region").to_pandas()
    metrics = pq.read_table(folder / "region_metrics").to_pandas()
    return told, bricks, metrics, json.loads((folder / "_manifest.json").read_text())


def area_fractions(bricks):
    kept = bricks[bricks.brick_split != "buffer"]
    return (kept.groupby("brick_split").area_deg2.sum() / kept.area_deg2.sum()).to_dict()


def distances(bricks):
    """Greatest distance of any two splits, by property."""
    return {p: max(ks_2samp(bricks[p][bricks.brick_split == a], bricks[p][bricks.brick_split == b]).statistic
                   for a, b in combinations(TARGETS, 2)) for p in PROPERTIES}


def check_told_distances(manifest, found):
    for name, told in manifest["representativeness"]["properties"].items():
        want = found["lrg_density_v3" if name == "lrg_density" else name]
        assert max(pair["ks_distance"] for pair in told["pairs"].values()) == pytest.approx(want, abs=1e-9)


def test_the_earlier_choices_show_mega_regions_and_imbalance(survey):
    told, bricks, metrics, manifest = run(survey, "hash")
    found = distances(bricks)
    check_told_distances(manifest, found)
    assert max(abs(area_fractions(bricks)[s] - TARGETS[s]) for s in TARGETS) > 0.4
    assert found["ebv"] > 0.2
    assert metrics.area_deg2.max() > 0.4 * metrics.area_deg2.sum()
    assert "one draw decides the balance. --tiling" in told and "--split balanced" in told
    selected = dhs("select", "--output", survey[0] / "hash", "--ranking-config", RANKING)
    assert "topk                        1,200      1,200" in selected


@pytest.mark.parametrize("buffer_deg", [0, 0.5])
def test_the_cure_meets_areas_and_makes_splits_alike(survey, buffer_deg):
    name = f"cure-{buffer_deg}"
    told, bricks, metrics, manifest = run(survey, name, *CURE, "--split-buffer-deg", buffer_deg)
    fractions, found = area_fractions(bricks), distances(bricks)
    check_told_distances(manifest, found)
    assert all(abs(fractions[s] - TARGETS[s]) <= 0.005 for s in TARGETS), fractions
    assert max(found.values()) <= 0.03, found
    assert metrics.area_deg2.max() <= TILES_DEG2
    assert ((bricks.brick_split == "buffer").mean() > 0) == (buffer_deg > 0)
    assert "one draw decides" not in told
    selected = dhs("select", "--output", survey[0] / name, "--ranking-config", RANKING)
    assert "topk                        1,200      1,200" in selected


def test_what_if_answers_in_one_table(survey):
    root, inputs = survey
    told = json.loads(dhs("regions", *inputs, "--output", root / "none", "--what-if", "--log-format", "json"))
    assert not (root / "none").exists()
    ways = {(w["adjacency"], w["tiling"], w["split"], w["split_buffer_deg"]): w for w in told["ways"]}
    assert ways["grid", "none", "hash", 0]["largest_region_share"] > 0.4
    assert ways["tessellation", "none", "brick", 0]["train_test_borders"] > 100_000
    best = ways[tuple(told["advised"].values())]
    assert best["split"] == "balanced" and max(best["greatest_ks_distance"].values()) <= 0.03
    assert abs(best["area_fractions"]["train"] - 0.7) <= 0.005
    with_buffer = ways[tuple(told["advised_with_buffer"].values())]
    assert with_buffer["train_test_borders"] == 0 and 0 < with_buffer["bricks_lost"] < 0.3 * told["bricks"]

# SPDX-License-Identifier: Apache-2.0
"""The parent catalog in every mode and layout, from candidates and from sweeps, against each other and pandas.

DHS_BINARY names the program under test.
"""

import hashlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pytest

DHS = os.environ["DHS_BINARY"]
VARIANT = "v3_color_relaxed"
KEYS = ["region_split", "region_id", "brickname", "objid"]


def dhs(*args, code=0):
    done = subprocess.run([DHS, *map(str, args)], capture_output=True, text=True)
    assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def read(path):
    frame = ds.dataset(path, partitioning="hive").to_table().to_pandas()
    for column in frame.select_dtypes("category"):
        frame[column] = frame[column].astype(str)
    return frame


def digests(path):
    return {str(p.relative_to(path)): hashlib.sha256(p.read_bytes()).hexdigest() for p in Path(path).rglob("*.parquet")}


def manifest(path):
    return json.loads((Path(path) / "_manifest.json").read_text())


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    root = tmp_path_factory.mktemp("modes")
    survey, out = root / "survey", root / "out"
    dhs("mock", "survey", "--bricks", 60, "--seed", 11, "--out", survey)
    bricks = next(survey.glob("survey-bricks-*.fits.gz"))
    dhs("scan", "--sweep-index", survey / "sweep-index.txt", "--output", out)
    dhs("regions", "--bricks", bricks, "--output", out)
    dhs("select", "--ranking-config", "n_lrg:4:3,density:3:3", "--output", out)
    dhs("parent", "--output", out)
    return {"survey": survey, "out": out, "union": out / "phase3c" / VARIANT / "parent_union_parquet"}


def other_root(line, tmp_path):
    """A root with the same regions and selections, and no scan and no catalog."""
    root = tmp_path / "other"
    root.mkdir()
    for stage in ["phase3a", "phase3b"]:
        (root / stage).symlink_to(line["out"] / stage)
    return root


def test_from_sweeps_the_bytes_are_the_same_and_every_sweep_is_accounted_for(line, tmp_path):
    root = other_root(line, tmp_path)
    told = dhs("parent", "--output", root, "--sweep-index", line["survey"] / "sweep-index.txt", "--threads", 3)
    made = root / "phase3c" / VARIANT / "parent_union_parquet"
    assert digests(made) == digests(line["union"]) and len(digests(made)) >= 2
    assert "rejected by the first cut" in told
    books = manifest(made)
    scan = manifest(line["out"] / "scan/dr10")
    assert books["scan"]["sweeps"] == scan["sweeps"] and books["scan"]["rows_read"] == scan["rows_read"]
    assert books["rows_read"] == scan["rows_kept"]
    assert not (made / "_scan").exists()


def test_from_sweeps_a_killed_run_goes_on_and_ends_with_the_same_bytes(line, tmp_path):
    root = other_root(line, tmp_path)
    command = [DHS, "parent", "--output", root, "--sweep-index", line["survey"] / "sweep-index.txt", "--threads", "1"]
    kills = 0
    for delay in [0.02, 0.03, 0.04, 0.05, 0.06]:
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        kills += running.wait() == -signal.SIGKILL
        assert not (root / "phase3c" / VARIANT / "parent_union_parquet").exists() or kills == 0
    assert kills > 0
    dhs(*command[1:])
    assert digests(root / "phase3c" / VARIANT / "parent_union_parquet") == digests(line["union"])


def test_extra_columns_and_bad_sweeps_from_sweeps(line, tmp_path):
    root = other_root(line, tmp_path)
    sweeps = sorted((line["survey"] / "sweeps").glob("sweep-*.fits"))
    (tmp_path / "cut.fits").write_bytes(sweeps[0].read_bytes()[:-5000])
    (tmp_path / "index.txt").write_text("\n".join([str(tmp_path / "cut.fits"), *map(str, sweeps[1:]), "gone.fits"]))
    options = ["--output", root, "--sweep-index", tmp_path / "index.txt", "--extra-columns", "RELEASE,EBV"]
    assert "gone.fits" in dhs("parent", *options, code=3)
    dhs("parent", *options, "--on-missing", "skip", code=3)  # the cut sweep
    dhs("parent", *options, "--on-missing", "skip", "--on-bad-sweep", "skip", code=3)
    made = root / "phase3c" / VARIANT / "parent_union_parquet"
    found, want = read(made), read(line["union"])
    assert {"release", "ebv"} <= set(found.columns) and 0 < len(found) < len(want)
    assert found.merge(want, on=KEYS).shape[0] == len(found)
    assert sum(entry["error"] is not None for entry in manifest(made)["scan"]["sweeps"]) == 2


def test_both_layouts_hold_the_same_rows(line, tmp_path):
    root = other_root(line, tmp_path)
    (root / "scan").symlink_to(line["out"] / "scan")
    dhs("parent", "--output", root, "--partition-by", "region_split,region_id")
    made = root / "phase3c" / VARIANT / "parent_union_parquet"
    want = read(line["union"]).sort_values(KEYS).reset_index(drop=True)
    found = read(made).sort_values(KEYS).reset_index(drop=True)[want.columns]
    pd.testing.assert_frame_equal(found, want, check_dtype=False)
    folders = {p.parent.relative_to(made).as_posix() for p in made.rglob("*.parquet")}
    assert folders == {f"region_split={s}/region_id={r}" for s, r in set(zip(want.region_split, want.region_id))}
    # Later stages read either: the compacted catalogs are the same but for the provenance.
    compacted = []
    for output in [root, line["out"]]:
        dhs("compact", "--output", output)
        dhs("validate", "--output", output, "--input", output / "phase3c" / VARIANT / "parent_union_parquet")
        compacted.append(digests(output / "phase3p5" / VARIANT / "parent_compact"))
    assert compacted[0] == compacted[1]


def test_per_selection_set_equals_a_join(line, tmp_path):
    root = other_root(line, tmp_path)
    (root / "scan").symlink_to(line["out"] / "scan")
    dhs("parent", "--output", root, "--parent-output-mode", "per_selection_set")
    made = root / "phase3c" / VARIANT / "parent_per_selection_set_parquet"
    found = read(made)
    sets = read(line["out"] / "phase3b" / VARIANT / "region_selections")
    want = sets[["selection_set_id", "region_id", "region_split", "region_rank"]].merge(
        read(line["union"]), on=["region_id", "region_split"])
    order = ["selection_set_id", *KEYS]
    assert len(found) == len(want) > len(read(line["union"])) and want.selection_set_id.nunique() == 6
    want = want.sort_values(order).reset_index(drop=True)[found.columns]
    pd.testing.assert_frame_equal(found.sort_values(order).reset_index(drop=True), want, check_dtype=False)
    told = manifest(made)["selection_sets"]
    assert {s: entry["rows"] for s, entry in told.items()} == want.groupby("selection_set_id").size().to_dict()
    # Rows that come several times would all be duplicates: later stages say what to do instead.
    for stage in ["compact", "validate"]:
        assert "once for each selection set" in dhs(stage, "--output", root, "--input", made, code=2)


@pytest.mark.parametrize("mode", ["union", "per_selection_set"])
def test_filters(line, tmp_path, mode):
    root = other_root(line, tmp_path)
    (root / "scan").symlink_to(line["out"] / "scan")
    base = ["--output", root, "--parent-output-mode", mode, "--force"]
    made = root / "phase3c" / VARIANT / f"parent_{mode}_parquet"
    sets = read(line["out"] / "phase3b" / VARIANT / "region_selections")
    union = read(line["union"])

    def regions_of(frame):
        return set(zip(frame.region_split, frame.region_id))

    chosen = sets[sets.selection_set_id.isin(["topk_density_k3", "strat_custom_n_lrg_k3"])]
    dhs("parent", *base, "--only-selection-sets", "topk_density_k3,strat_custom_n_lrg_k3")
    assert regions_of(read(made)) == regions_of(chosen) & regions_of(union)
    books = manifest(made)
    assert books["rows_read"] == books["rows_written"] + sum(books["rows_rejected"].values())
    assert (books["rows_rejected"]["selection_set_not_taken"] > 0) == (mode == "union")

    every = sorted(set(zip(sets.region_split, sets.region_id)))
    dhs("parent", *base, "--max-selected-regions", 2)
    assert regions_of(read(made)) == set(every[:2]) & regions_of(union)
    assert manifest(made)["rows_rejected"]["beyond_max_selected_regions"] > 0
    dhs("parent", *base, "--exclude-splits", every[0][0], "--max-selected-regions", 1)
    assert regions_of(read(made)) == {next(e for e in every if e[0] != every[0][0])}
    dhs("parent", *base, "--output-partitions", 3)
    names = {p.name for p in made.rglob("*.parquet")}
    assert names <= {f"part-0000{i}.parquet" for i in range(3)} and len(names) > 1
    assert "there is no set 'topk_density_k4'; there are" in dhs(
        "parent", *base, "--only-selection-sets", "topk_density_k4", code=2)

# SPDX-License-Identifier: Apache-2.0
"""A catalog of the earlier system's layout through compaction and validation, against pandas.

DHS_BINARY names the program under test.
"""

import json
import os
import subprocess

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
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
    frame["region_split"] = frame["region_split"].astype(str)
    return frame.sort_values(KEYS).reset_index(drop=True)


@pytest.fixture(scope="module")
def mock(tmp_path_factory):
    root = tmp_path_factory.mktemp("parent") / "mock"
    dhs("mock", "parent", "--rows", 60000, "--out", root)
    return root, root / "phase3c" / VARIANT / "parent_union_parquet"


def test_compaction_keeps_every_row_and_value(mock, tmp_path):
    root, catalog = mock
    dhs("compact", "--output", tmp_path, "--input", catalog, "--num-partitions", 4)
    found, want = read(tmp_path / "phase3p5" / VARIANT / "parent_compact"), read(catalog)
    assert len(want) == 60000 and (found.pop("gmag_valid") == want.gmag.notna()).all()
    pd.testing.assert_frame_equal(found[want.columns], want, check_dtype=False)


def test_memory_asked_for_does_not_change_the_bytes(mock, tmp_path):
    _, catalog = mock
    files = []
    for memory in ["64MiB", "1GiB"]:
        dhs("compact", "--output", tmp_path / memory, "--input", catalog, "--memory", memory, "--num-partitions", 9)
        files.append({p.name + p.parent.name: p.read_bytes() for p in (tmp_path / memory).rglob("*.parquet")})
    assert files[0] == files[1] and len(files[0]) >= 3


def test_validation_takes_it_with_the_regions_of_another_system(mock):
    root, catalog = mock
    dhs("validate", "--output", root, "--input", catalog, code=0)
    report = json.loads((root / "validation" / VARIANT / "validation_report.json").read_text())
    assert report["coverage"]["objects"] == 60000
    cross = [check for check in report["checks"] if check["id"].startswith("cross_stage")]
    assert len(cross) == 6 and all(check["status"] == "pass" for check in cross)
    made = json.loads((root / "mock_parent.json").read_text())
    assert report["coverage"]["missing_bricks"] == {
        "not_selected": made["bricks"] - made["selected_bricks"],
        "without_lrg": made["selected_bricks"] - made["bricks_with_rows"], "lost": 0}


def test_a_lost_brick_and_a_lost_object_are_told_from_a_brick_without_lrg(mock, tmp_path):
    root, catalog = mock
    dhs("compact", "--output", tmp_path, "--input", catalog)
    (tmp_path / "phase3a").symlink_to(root / "phase3a")
    made = tmp_path / "phase3p5" / VARIANT / "parent_compact"
    file = sorted(made.rglob("*.parquet"))[0]
    table = pq.read_table(file, partitioning=None)
    names = table["brickname"].to_pylist()
    counts = pd.Series(names).value_counts()
    lost, thinned = counts[counts > 1].index[[0, -1]]
    keep = [name != lost and not (name == thinned and names.index(name) == i) for i, name in enumerate(names)]
    pq.write_table(table.filter(pa.array(keep)), file)
    dhs("validate", "--output", tmp_path, code=1)
    report = json.loads((tmp_path / "validation" / VARIANT / "validation_report.json").read_text())
    found = {check["id"]: check for check in report["checks"] if check["status"] in ("fail", "warn")}
    assert report["coverage"]["missing_bricks"]["lost"] == 1
    assert found["cross_stage.no_brick_lost"]["findings"][0]["brickname"] == lost
    assert found["cross_stage.objects_of_brick"]["findings"][0]["brickname"] == thinned
    assert found["cross_stage.objects_of_brick"]["violations"] == 1

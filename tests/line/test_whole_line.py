# SPDX-License-Identifier: Apache-2.0
"""The whole line on a mock survey: every stage's figures against the survey's truth and against plain computations.

DHS_BINARY names the program under test.
"""

import gzip
import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from astropy.units import UnitsWarning

import reference as ref

warnings.simplefilter("ignore", UnitsWarning)  # "nanomaggy" is the survey's own unit
DHS = os.environ["DHS_BINARY"]
DATA = Path(__file__).parents[2] / "testing" / "data"
VARIANT = "v3_color_relaxed"
FLAGS = ["is_" + name for name in ref.VARIANTS]


def dhs(*args, code=0):
    done = subprocess.run([DHS, *map(str, args)], capture_output=True, text=True)
    assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def load_json(path):
    return json.loads(Path(path).read_text())


def read(path):
    table = pq.read_table(path) if Path(path).is_file() else ds.dataset(path, partitioning="hive").to_table()
    return table.to_pandas()


def bricks_file(path):
    table = Table.read(path, hdu=1)
    table.keep_columns([c for c in table.colnames if table[c].ndim == 1])
    frame = table.to_pandas()
    frame.columns = [c.lower() for c in frame.columns]
    frame["brickname"] = [n.decode() if isinstance(n, bytes) else n for n in frame.brickname]
    return frame


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    """A survey of 60 bricks in several patches, taken through every stage with the configuration file."""
    root = tmp_path_factory.mktemp("line")
    survey, out = root / "survey", root / "out"
    dhs("mock", "survey", "--bricks", 60, "--seed", 7, "--release", "dr10", "--out", survey)
    bricks = next(survey.glob("survey-bricks-*.fits.gz"))
    common = ["--output", out]
    dhs("scan", "--sweep-index", survey / "sweep-index.txt", *common)
    dhs("regions", "--bricks", bricks, "--variant", VARIANT, *common)
    dhs("select", "--variant", VARIANT, "--ranking-config", "n_lrg:4:3,density:3:3", *common)
    dhs("parent", "--variant", VARIANT, *common)
    dhs("compact", "--variant", VARIANT, "--num-partitions", 2, *common)
    dhs("validate", "--variant", VARIANT, *common)
    sweeps = {p.name: ref.read_sweep(p) for p in sorted(survey.rglob("sweep-*.fits"))}
    return {"survey": survey, "out": out, "bricks": bricks, "sweeps": sweeps,
            "sources": pd.concat(sweeps.values(), ignore_index=True)}


def test_scan_accounts_for_every_row(line):
    manifest = load_json(line["out"] / "scan/dr10/_manifest.json")
    truth = load_json(line["survey"] / "truth.json")
    assert manifest["rows_read"] == len(line["sources"]) == truth["rows"]
    rejected, bad = sum(manifest["rows_rejected"].values()), sum(manifest["rows_bad"].values())
    assert manifest["rows_kept"] + rejected + bad == manifest["rows_read"] and bad == 0
    assert manifest["rows_rejected"] == {**truth["rejected"][VARIANT], "resolved": 0}
    assert manifest["n_gal"] == truth["n_gal"] and manifest["n_lrg"] == truth["n_lrg"]
    assert manifest["rows_kept"] == line["sources"]["is_" + VARIANT].sum()
    for entry in manifest["sweeps"]:
        rows = line["sweeps"][Path(entry["path"]).name]
        assert entry["rows_read"] == len(rows)
        assert entry["rows_kept"] == rows["is_" + VARIANT].sum()


def test_brick_counts_equal_the_truth_and_a_recount(line):
    counts = read(line["out"] / "scan/dr10/brick_counts.parquet").set_index("brickname")
    assert counts.index.is_monotonic_increasing and counts.index.is_unique
    truth = pq.read_table(line["survey"] / "truth.parquet").to_pandas().set_index("brickname")
    truth = truth[truth.n_rows > 0]
    assert set(counts.index) == set(truth.index)
    recount = line["sources"].groupby("brickname")[["is_gal", *FLAGS]].sum()
    for column, flag in [("n_gal", "is_gal")] + [(f"n_lrg_{v}", f"is_{v}") for v in ref.VARIANTS]:
        assert (counts[column] == truth[column].reindex(counts.index)).all(), column
        assert (counts[column] == recount[flag].reindex(counts.index)).all(), column
    csv = pd.read_csv(line["out"] / "scan/dr10/brick_counts.csv").set_index("brickname")
    assert csv.equals(counts)


def test_candidates_equal_a_recomputation_to_the_bit(line):
    found = read(line["out"] / "scan/dr10/candidates").sort_values(["brickname", "objid"]).reset_index(drop=True)
    want = line["sources"]
    want = want[want["is_" + VARIANT]].sort_values(["brickname", "objid"]).reset_index(drop=True)
    assert len(found) == len(want) and len(found) > 1000
    for name in ["brickname", "objid", "ra", "dec", "maskbits", "type", *FLAGS]:
        assert (found[name] == want[name]).all(), name
    check_float_bits(found, want)


def check_float_bits(found, want):
    names = [c for c in found.columns if c.removesuffix("_mw") in ("gmag", "rmag", "zmag", "w1mag", "rz", "zw1")]
    assert len(names) == 12
    for name in names:
        assert found[name].dtype == np.float32
        # All NaNs count as one; every other value must agree in all 32 bits.
        same = (found[name].to_numpy().view(np.uint32) == want[name].to_numpy().view(np.uint32)) | (
            found[name].isna() & want[name].isna()).to_numpy()
        assert same.all(), (name, (~same).sum())


def test_regions_equal_a_flood_fill(line):
    counts = read(line["out"] / "scan/dr10/brick_counts.parquet")
    want = ref.bricks_with_region(counts, bricks_file(line["bricks"]))
    found = read(line["out"] / f"phase3a/{VARIANT}/bricks_with_region")
    check_regions(found, read(line["out"] / f"phase3a/{VARIANT}/region_metrics"), want)


def check_columns(found, want):
    """Every column: texts and whole numbers equal, all others to 1e-12 (a deviation: of the values it is one of)."""
    assert len(found) == len(want)
    assert set(found.columns) <= set(want.columns), set(found.columns) - set(want.columns)
    for name in found.columns:
        if pd.api.types.is_float_dtype(found[name]):
            a, b = found[name].to_numpy(), want[name].to_numpy(float)
            size = np.abs(b) + (np.abs(want[name[:-4] + "_mean"].to_numpy(float)) if name.endswith("_std") else 0)
            assert (np.isnan(a) == np.isnan(b)).all(), name
            wrong = np.abs(a - b) > 1e-12 * size
            assert not wrong.any(), (name, a[wrong][:5], b[wrong][:5])
        else:
            assert found[name].tolist() == want[name].tolist(), name


def check_regions(found, metrics, want):
    assert {"brickname", "ebv", "nexp_g", "gal_density", "lrg_density_v5", "brick_split"} <= set(found.columns)
    check_columns(found, want)
    wanted = ref.region_metrics(want)
    assert set(metrics.columns) == set(wanted.columns)
    check_columns(metrics, wanted)


def check_selection(found, metrics, config, densities=None):
    want = ref.select(metrics, config, densities=densities)
    key = ["selection_set_id", "region_split", "density_bin", "region_rank"]
    found = found[[*key, "region_id"]].assign(density_bin=found.density_bin.fillna(-1).astype(int))
    want = want[[*key, "region_id"]].assign(density_bin=want.density_bin.fillna(-1).astype(int))
    found, want = (f.sort_values(key).reset_index(drop=True) for f in (found, want))
    pd.testing.assert_frame_equal(found, want, check_dtype=False)


def test_selection_equals_a_plain_ranking(line):
    found = read(line["out"] / f"phase3b/{VARIANT}/region_selections")
    check_selection(found, read(line["out"] / f"phase3a/{VARIANT}/region_metrics"),
                    [("n_lrg", 4, 3), ("density", 3, 3)])


def wanted_parent(line):
    candidates = line["sources"][line["sources"]["is_" + VARIANT]]
    bricks = read(line["out"] / f"phase3a/{VARIANT}/bricks_with_region")[["brickname", "region_id"]]
    metrics = read(line["out"] / f"phase3a/{VARIANT}/region_metrics")[["region_id", "region_split"]]
    chosen = read(line["out"] / f"phase3b/{VARIANT}/region_selections").region_id.unique()
    joined = candidates.merge(bricks, on="brickname").merge(metrics, on="region_id")
    return joined[joined.region_id.isin(chosen)].sort_values(["brickname", "objid"]).reset_index(drop=True)


@pytest.mark.parametrize("where", ["phase3c/{}/parent_union_parquet", "phase3p5/{}/parent_compact"])
def test_catalog_holds_each_lrg_of_the_selected_regions_once(line, where):
    found = read(line["out"] / where.format(VARIANT)).sort_values(["brickname", "objid"]).reset_index(drop=True)
    want = wanted_parent(line)
    assert len(found) == len(want) and len(found) > 1000
    assert not found.duplicated(["brickname", "objid"]).any()
    for name in ("brickname", "objid", "region_id", "ra", "dec", "maskbits", "type", *FLAGS):
        assert (found[name] == want[name]).all(), name
    check_float_bits(found, want)
    assert (found.region_split.astype(str) == want.region_split).all()
    if "gmag_valid" in found:
        assert (found.gmag_valid == want.gmag.notna()).all()


def test_files_of_the_catalog_are_sorted(line):
    for where in ("phase3c/{}/parent_union_parquet", "phase3p5/{}/parent_compact"):
        files = sorted((line["out"] / where.format(VARIANT)).rglob("*.parquet"))
        assert files
        for path in files:
            rows = pq.ParquetFile(path).read(columns=["region_id", "brickname", "objid"]).to_pandas()
            assert rows.equals(rows.sort_values(["region_id", "brickname", "objid"])), path


def test_books_of_parent_and_compact_balance(line):
    scan = load_json(line["out"] / "scan/dr10/_manifest.json")
    parent = load_json(line["out"] / f"phase3c/{VARIANT}/parent_union_parquet/_manifest.json")
    assert parent["rows_read"] == scan["rows_kept"]
    assert parent["rows_written"] + sum(parent["rows_rejected"].values()) == parent["rows_read"]
    assert parent["rows_written"] == len(wanted_parent(line))
    compact = load_json(line["out"] / f"phase3p5/{VARIANT}/parent_compact/_metadata.json")
    assert compact["rows_in"] == compact["rows_out"] == parent["rows_written"] and compact["rows_dropped"] == 0


# ------------------------------------------------------------------------------------------- splits of single bricks


def rewrite(folder, change):
    """Lets `change` set columns of the one Parquet file of a table."""
    path = next(Path(folder).glob("*.parquet"))
    table = pq.read_table(path)
    for name, values in change(table.to_pandas()).items():
        field = table.schema.field(name)
        table = table.set_column(table.schema.get_field_index(name), field, pa.array(values, field.type))
    pq.write_table(table, path)


@pytest.fixture(scope="module", params=["made by dhs", "with a buffer"])
def by_brick(request, line, tmp_path_factory):
    """The same survey with splits of single bricks, from stage 3a or (some in a buffer) 3b on."""
    root = tmp_path_factory.mktemp("by-brick")
    shutil.copytree(line["out"] / "scan", root / "scan")
    if request.param == "made by dhs":
        dhs("regions", "--bricks", line["bricks"], "--variant", VARIANT, "--split", "brick", "--output", root)
    else:
        shutil.copytree(line["out"] / "phase3a", root / "phase3a")
        splits = ["train", "val", "buffer", "test", "train"]
        rewrite(root / f"phase3a/{VARIANT}/bricks_with_region",
                lambda rows: {"brick_split": [splits[i % len(splits)] for i in range(len(rows))]})
        rewrite(root / f"phase3a/{VARIANT}/region_metrics", lambda rows: {"region_split": ["mixed"] * len(rows)})
    common = ["--output", root, "--variant", VARIANT]
    dhs("select", "--ranking-config", "n_lrg:4:3,density:3:3", *common)
    dhs("parent", *common)
    dhs("compact", "--num-partitions", 2, *common)
    dhs("validate", *common)
    return {**line, "out": root}


def test_later_stages_go_by_the_split_of_the_brick(by_brick):
    bricks = read(by_brick["out"] / f"phase3a/{VARIANT}/bricks_with_region")
    in_splits = bricks[bricks.brick_split != "buffer"].groupby(["region_id", "brick_split"]).size().reset_index()
    metrics = read(by_brick["out"] / f"phase3a/{VARIANT}/region_metrics").drop(columns="region_split")
    pool = in_splits.rename(columns={"brick_split": "region_split"}).merge(metrics, on="region_id")
    assert pool.region_id.duplicated().any(), "a region in several splits"
    selections = read(by_brick["out"] / f"phase3b/{VARIANT}/region_selections")
    check_selection(selections, pool, [("n_lrg", 4, 3), ("density", 3, 3)], densities=metrics)

    chosen = selections[["region_id", "region_split"]].drop_duplicates()
    wanted = (by_brick["sources"][by_brick["sources"]["is_" + VARIANT]]
              .merge(bricks[["brickname", "region_id", "brick_split"]], on="brickname")
              .merge(chosen, left_on=["region_id", "brick_split"], right_on=["region_id", "region_split"])
              .sort_values(["brickname", "objid"]).reset_index(drop=True))
    for where in ("phase3c/{}/parent_union_parquet", "phase3p5/{}/parent_compact"):
        found = read(by_brick["out"] / where.format(VARIANT)).sort_values(["brickname", "objid"]).reset_index(drop=True)
        assert len(found) == len(wanted) > 500
        for name in ("brickname", "objid", "region_id"):
            assert (found[name] == wanted[name]).all(), name
        assert (found.region_split.astype(str) == wanted.region_split).all()
    parent = load_json(by_brick["out"] / f"phase3c/{VARIANT}/parent_union_parquet/_manifest.json")
    assert (parent["rows_rejected"]["brick_in_buffer"] > 0) == (bricks.brick_split == "buffer").any()
    assert parent["rows_written"] + sum(parent["rows_rejected"].values()) == parent["rows_read"]
    report = load_json(by_brick["out"] / f"validation/{VARIANT}/validation_report.json")
    assert report["verdict"] == "pass" and report["checks_not_run"] == 0


def test_validation_of_divided_regions_depends_neither_on_spelling_nor_on_place(by_brick, tmp_path):
    spelt = str(by_brick["out"].parent / "." / by_brick["out"].name) + "//"
    dhs("validate", "--variant", VARIANT, "--output", spelt, "--force")
    report = load_json(by_brick["out"] / f"validation/{VARIANT}/validation_report.json")
    assert report["verdict"] == "pass" and report["checks_not_run"] == 0
    copied = tmp_path / "copied"
    shutil.copytree(by_brick["out"] / f"phase3p5/{VARIANT}/parent_compact", copied)
    dhs("validate", "--variant", VARIANT, "--output", tmp_path / "elsewhere", "--input", copied)


def test_validation_sees_bricks_of_another_split(by_brick, tmp_path):
    shutil.copytree(by_brick["out"], tmp_path / "out")
    rewrite(tmp_path / f"out/phase3a/{VARIANT}/bricks_with_region",
            lambda rows: {"brick_split": ["buffer"] * len(rows)})
    dhs("validate", "--output", tmp_path / "out", "--variant", VARIANT, "--force", code=1)
    report = load_json(tmp_path / f"out/validation/{VARIANT}/validation_report.json")
    failed = [c["id"] for c in report["checks"] if c["status"] == "fail"]
    assert "cross_stage.not_in_buffer" in failed and set(failed) <= {"cross_stage.not_in_buffer",
                                                                   "integrity.region_in_one_split"}


def test_validation_passes_and_counts_the_same_rows(line):
    report = load_json(line["out"] / f"validation/{VARIANT}/validation_report.json")
    assert report["verdict"] == "pass"
    assert report["rows"] == len(wanted_parent(line))


def test_a_scan_without_candidates_goes_through_the_line(line, tmp_path):
    """A footprint beside the survey: everything is rejected, nothing fails before the check that says so."""
    far = ["--ra-min", 10, "--ra-max", 11, "--dec-min", 80, "--dec-max", 81]
    dhs("scan", "--sweep-index", line["survey"] / "sweep-index.txt", "--output", tmp_path, *far)
    manifest = load_json(tmp_path / "scan/dr10/_manifest.json")
    assert manifest["rows_kept"] == 0 and manifest["rows_rejected"]["footprint"] == manifest["rows_read"] > 0
    counts = line["out"] / "scan/dr10/brick_counts.parquet"
    dhs("regions", "--bricks", line["bricks"], "--counts", counts, "--output", tmp_path)
    dhs("select", "--output", tmp_path)
    dhs("parent", "--output", tmp_path)
    dhs("compact", "--output", tmp_path)
    dhs("validate", "--output", tmp_path, code=1)


def test_changed_parameters_upstream_are_noticed_downstream(line, tmp_path):
    """Other score weights leave every total of stage 3a alone; the selection must not be taken for current."""
    counts = line["out"] / "scan/dr10/brick_counts.parquet"
    regions = ["regions", "--bricks", line["bricks"], "--counts", counts, "--output", tmp_path]
    dhs(*regions)
    dhs("select", "--output", tmp_path)
    dhs(*regions, "--psf-ref", "0.9", "--force")
    dhs("select", "--output", tmp_path, code=2)
    dhs("select", "--output", tmp_path, "--force")


def test_corrected_cuts_go_through_the_whole_line(line, tmp_path):
    dhs("scan", "--sweep-index", line["survey"] / "sweep-index.txt", "--output", tmp_path, "--use-mw-correction", 1)
    dhs("regions", "--bricks", line["bricks"], "--output", tmp_path)
    dhs("select", "--ranking-config", "n_lrg:99:0", "--output", tmp_path)
    dhs("parent", "--output", tmp_path)
    dhs("compact", "--output", tmp_path)
    dhs("validate", "--output", tmp_path)
    bricks = set(read(tmp_path / f"phase3a/{VARIANT}/bricks_with_region").brickname)
    rows = line["sources"]
    z, rz, zw1 = (rows[c].astype(np.float64) for c in ("zmag_mw", "rz_mw", "zw1_mw"))
    wanted = rows[(rows.type != "PSF") & (z < 20.4) & (rz > 0.4) & (zw1 > 0.8) & rows.brickname.isin(bricks)]
    found = read(tmp_path / f"phase3p5/{VARIANT}/parent_compact")
    assert sorted(zip(found.brickname, found.objid)) == sorted(zip(wanted.brickname, wanted.objid))
    raw = rows["is_" + VARIANT] & rows.brickname.isin(bricks)
    assert set(wanted.index) != set(rows[raw].index)
    found = found.merge(rows[["brickname", "objid"]].assign(v5=(z < 21.5) & (rz > 0.3) & (zw1 > 0.8),
                                                             v2=(z < 20.4) & (rz > 0.4) & (zw1 > 1.6)))
    assert (found.is_v5_very_relaxed == found.v5).all() and (found.is_v2_baseline_dr10 == found.v2).all()


# ------------------------------------------------------------------------------------- many regions of the real footprint


@pytest.fixture(scope="module")
def footprint(tmp_path_factory):
    """Counts and qualities for every tenth brick or so of the real DR10 footprint: thousands of regions."""
    root = tmp_path_factory.mktemp("footprint")
    names = [line.split(",")[0] for line in gzip.open(DATA / "tables/dr10-south-brick-lrg-counts.csv.gz", "rt")][1:]
    chosen = np.random.default_rng(20).random(len(names)) < 0.12
    (root / "bricks.txt").write_text("\n".join(n for n, keep in zip(names, chosen) if keep) + "\n")
    dhs("mock", "survey", "--brick-list", root / "bricks.txt", "--no-sweeps", "--seed", 3, "--out", root / "survey")
    bricks = next((root / "survey").glob("survey-bricks-*.fits.gz"))
    dhs("regions", "--counts", root / "survey/brick_counts.parquet", "--bricks", bricks, "--output", root / "out")
    dhs("select", "--ranking-config", "n_lrg:100:75, PSF_weighted:100:75,density:100:75,area_weighted:100:75", "--output",
        root / "out")
    return root, bricks


def test_thousands_of_regions_equal_the_reference(footprint):
    root, bricks = footprint
    want = ref.bricks_with_region(read(root / "survey/brick_counts.parquet"), bricks_file(bricks))
    metrics = read(root / f"out/phase3a/{VARIANT}/region_metrics")
    assert len(metrics) > 1000
    check_regions(read(root / f"out/phase3a/{VARIANT}/bricks_with_region"), metrics, want)
    assert set(metrics.region_split) == {"train", "val", "test"}


def test_known_splits_of_the_earlier_system():
    assert [ref.hash_split(r)[1] for r in (1961, 0, 2659, 2467)] == ["test", "test", "train", "val"]


def test_full_ranking_configuration_gives_three_thousand_rows(footprint):
    root, _ = footprint
    found = read(root / f"out/phase3b/{VARIANT}/region_selections")
    check_selection(found, read(root / f"out/phase3a/{VARIANT}/region_metrics"),
                    [(m, 100, 75) for m in ("n_lrg", "psf_weighted", "density", "area_weighted")])
    assert found.selection_strategy.value_counts().to_dict() == {"topk": 1200, "stratified_custom": 900,
                                                                 "stratified_balanced": 900}
    assert found.region_split.value_counts().to_dict() == {"train": 1000, "val": 1000, "test": 1000}

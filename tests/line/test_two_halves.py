# SPDX-License-Identifier: Apache-2.0
"""North and south in one scan, objects in two sweeps, and photo-z companions, against astropy and pandas.

DHS_BINARY names the program under test.
"""

import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pyarrow.dataset as ds
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table
from astropy.units import UnitsWarning

import reference as ref

warnings.simplefilter("ignore", UnitsWarning)
DHS = os.environ["DHS_BINARY"]
VARIANT = "v3_color_relaxed"


def dhs(*args, code=0):
    done = subprocess.run([DHS, *map(str, args)], capture_output=True, text=True)
    assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def manifest(out):
    return json.loads((out / "scan/dr10/_manifest.json").read_text())


def candidates(out):
    return ds.dataset(out / "scan/dr10/candidates").to_table().to_pandas()


def index_of(path, sweeps):
    path.write_text("\n".join(map(str, sweeps)) + "\n")
    return path


def set_column(path, name, values):
    with fits.open(path, mode="update") as file:
        file[1].data[name][:] = values


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """Bricks on both sides of Dec 32.375, north and south of the Galactic plane."""
    root = tmp_path_factory.mktemp("halves")
    dhs("mock", "survey", "--footprint", "150,150.6,32,32.8;20,20.5,33,33.4", "--seed", 5, "--out", root / "south")
    shutil.copytree(root / "south", root / "north")
    south = sorted((root / "south/sweeps").glob("*.fits"))
    north = sorted((root / "north/sweeps").glob("*.fits"))
    for path in south:
        set_column(path, "RELEASE", 10000)
    for path in north:
        set_column(path, "RELEASE", 9011)
    return {"root": root, "south": south, "north": north}


def is_north(frame):
    """The survey's rule, by the centres of bricks."""
    rows = frame.brickname.unique()
    centre = {n: (int(n[:4]) / 10, (1 if n[4] == "p" else -1) * int(n[5:]) / 10) for n in rows}
    b = {n: SkyCoord(*c, unit="deg").galactic.b.deg for n, c in centre.items()}
    return frame.brickname.map(lambda n: centre[n][1] > 32.3 and b[n] > 0)


def test_each_object_counts_in_one_half(survey, tmp_path):
    dhs("scan", "--sweep-index", index_of(tmp_path / "both.txt", survey["south"] + survey["north"]), "--output", tmp_path,
        "--extra-columns", "RELEASE")
    found, books = candidates(tmp_path), manifest(tmp_path)
    rows = {path: ref.read_sweep(path) for path in survey["south"] + survey["north"]}
    want = 0
    for path, frame in rows.items():
        counts = is_north(frame) if path in survey["north"] else ~is_north(frame)
        entry = next(e for e in books["sweeps"] if e["path"] == str(path))
        assert entry["rows_rejected"]["resolved"] == (~counts).sum()
        assert entry["release"] == (9011 if path in survey["north"] else 10000)
        want += (frame["is_" + VARIANT] & counts).sum()
    assert books["rows_rejected"]["resolved"] == sum(map(len, rows.values())) / 2 > 0
    assert len(found) == want and not found.duplicated(["brickname", "objid"]).any()
    assert set(found.release[is_north(found)]) == {9011} and set(found.release[~is_north(found)]) == {10000}


@pytest.mark.parametrize("half", ["south", "north"])
def test_one_half_alone_keeps_all(survey, tmp_path, half):
    dhs("scan", "--sweep-index", index_of(tmp_path / "one.txt", survey[half]), "--output", tmp_path)
    assert manifest(tmp_path)["rows_rejected"]["resolved"] == 0
    assert len(candidates(tmp_path)) == sum(ref.read_sweep(p)["is_" + VARIANT].sum() for p in survey[half])


def test_resolving_does_not_depend_on_order_threads_or_a_restart(survey, tmp_path):
    sweeps = survey["south"] + survey["north"]
    tables = []
    for name, order, threads in [("a", sweeps, 1), ("b", sweeps[::-1], 3)]:
        out = tmp_path / name
        dhs("scan", "--sweep-index", index_of(tmp_path / f"{name}.txt", order), "--output", out, "--threads", threads)
        tables.append({p.name: p.read_bytes() for p in (out / "scan/dr10").rglob("*.parquet")})
    assert tables[0] == tables[1]


def test_an_object_in_two_sweeps_is_an_error_that_names_both(survey, tmp_path):
    copy = tmp_path / "sweep-copy.fits"
    shutil.copy(survey["south"][0], copy)
    told = dhs("scan", "--sweep-index", index_of(tmp_path / "twice.txt", [*survey["south"], copy]), "--output", tmp_path,
               code=3)
    lrgs = ref.read_sweep(copy)["is_" + VARIANT].sum()
    assert f"{lrgs:,} candidates are in more than one sweep" in told and str(copy) in told
    assert not (tmp_path / "scan/dr10").exists()


def test_an_object_twice_in_one_sweep_is_an_error_with_the_rows(survey, tmp_path):
    frame = ref.read_sweep(survey["south"][0])
    rows = np.flatnonzero(frame["is_" + VARIANT])
    a, b = next((i, j) for i, j in zip(rows, rows[1:]) if frame.brickname[i] == frame.brickname[j])
    copy = tmp_path / "sweep-twice.fits"
    shutil.copy(survey["south"][0], copy)
    with fits.open(copy, mode="update") as file:
        file[1].data["OBJID"][b] = file[1].data["OBJID"][a]
    told = dhs("scan", "--sweep-index", index_of(tmp_path / "i.txt", [copy]), "--output", tmp_path, code=3)
    assert f"row {b}: object {frame.objid[a]} of brick {frame.brickname[a]} is in row {a} already" in told


# -------------------------------------------------------------------------------------------------------- photo-z


def write_photoz(sweep, path, ids=True, rows=slice(None)):
    """A companion as the survey makes it, -99 where there is no redshift."""
    table = Table.read(sweep, hdu=1)[["RELEASE", "BRICKID", "OBJID"]]
    rng = np.random.default_rng(len(table))
    if not ids:
        table = Table({"dummy": np.zeros(len(table), np.int16)})
    for name in ["Z_PHOT_MEAN", "Z_PHOT_MEDIAN", "Z_PHOT_STD", "Z_PHOT_L68", "Z_PHOT_U68", "Z_SPEC"]:
        values = rng.uniform(0, 1.5, len(table)).astype(np.float32)
        values[rng.random(len(table)) < (0.95 if name == "Z_SPEC" else 0.2)] = -99
        table[name] = values
    table["SURVEY"] = np.array(["DESI", ""])[rng.integers(0, 2, len(table))].astype("S12")
    table["TRAINING"] = rng.random(len(table)) < 0.1
    table["KFOLD"] = rng.integers(-99, 10, len(table)).astype(np.int16)
    path.parent.mkdir(exist_ok=True)
    table[rows].write(path, overwrite=True)
    return table


def companion(folder, sweep):
    return folder / (sweep.stem + "-pz.fits")


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("gzip", [False, True])
def test_photoz_is_joined_row_by_row_and_carried_to_the_end(survey, tmp_path, ids, gzip):
    sweeps = survey["south"]
    wanted = {}
    for sweep in sweeps:
        frame = ref.read_sweep(sweep)
        table = write_photoz(sweep, companion(tmp_path / "pz", sweep), ids)
        for i in np.flatnonzero(frame["is_" + VARIANT]):
            wanted[frame.brickname[i], frame.objid[i]] = table[i]
    if gzip:
        for sweep in sweeps:
            subprocess.run(["gzip", "-1k", "-c", sweep], stdout=open(tmp_path / (sweep.name + ".gz"), "wb"), check=True)
        sweeps = sorted(tmp_path.glob("*.gz"))
    dhs("scan", "--sweep-index", index_of(tmp_path / "i.txt", sweeps), "--output", tmp_path, "--photo-z", tmp_path / "pz",
        "--extra-columns", "EBV")
    found = candidates(tmp_path)
    assert len(found) == len(wanted) > 100
    for row in found.itertuples():
        want = wanted[row.brickname, row.objid]
        for name in ["z_phot_mean", "z_phot_median", "z_phot_std", "z_phot_l68", "z_phot_u68", "z_spec"]:
            value = np.float32(getattr(row, name))
            assert value == want[name.upper()] or (np.isnan(value) and want[name.upper()] == -99)
        assert row.survey == str(want["SURVEY"]) and row.training == want["TRAINING"] and row.kfold == want["KFOLD"]
    bricks = next((survey["root"] / "south").glob("survey-bricks-*.fits.gz"))
    dhs("regions", "--bricks", bricks, "--output", tmp_path)
    dhs("select", "--output", tmp_path)
    for stage in ["parent", "compact", "validate"]:
        dhs(stage, "--output", tmp_path)
    last = ds.dataset(tmp_path / "phase3p5" / VARIANT / "parent_compact", partitioning="hive").to_table().to_pandas()
    merged = last.merge(found, on=["brickname", "objid"])
    assert len(merged) == len(last) > 0
    assert np.array_equal(merged.z_phot_mean_x, merged.z_phot_mean_y, equal_nan=True) and (merged.ebv_x == merged.ebv_y).all()


def test_a_companion_that_does_not_fit_is_an_error_with_the_row(survey, tmp_path):
    sweep = survey["south"][0]
    pz = companion(tmp_path / "pz", sweep)
    options = ["--sweep-index", index_of(tmp_path / "i.txt", [sweep]), "--output", tmp_path, "--photo-z", tmp_path / "pz"]
    assert "the photo-z companion of" in dhs("scan", *options, code=3)
    rows = len(Table.read(sweep, hdu=1))
    order = np.arange(rows)
    order[[rows - 7, rows - 3]] = order[[rows - 3, rows - 7]]
    write_photoz(sweep, pz, rows=order)
    assert f"row {rows - 7}: expected " in dhs("scan", *options, code=3)
    write_photoz(sweep, pz, rows=slice(0, rows - 1))
    assert f"expected {rows} rows, as its sweep has, found {rows - 1}" in dhs("scan", *options, code=3)
    write_photoz(sweep, pz)
    subprocess.run(["gzip", "-k", pz], check=True)
    shutil.move(str(pz) + ".gz", pz)
    assert "must not be compressed" in dhs("scan", *options, code=3)
    Table({"x": np.zeros(rows)}).write(pz, overwrite=True)
    assert "there is no photo-z column" in dhs("scan", *options, code=3)

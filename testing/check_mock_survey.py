#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A mock survey as astropy sees it, against the public figures of the real survey.

usage: check_mock_survey.py [SURVEY]   (without SURVEY one of 60 bricks is made by $DHS_BINARY)

Checks columns and units of every sweep, runs of bricks, RA order, box cuts, checksums, the truth against a recount in NumPy,
and the distributions of v3 LRGs: counts per brick, types, magnitudes and colours. Exit code 1 if one fails.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from astropy.io import fits

VARIANTS = {
    "v1_pure_massive": (20.0, 0.5, 1.6),
    "v2_baseline_dr10": (20.4, 0.4, 1.6),
    "v3_color_relaxed": (20.4, 0.4, 0.8),
    "v4_mag_relaxed": (21.0, 0.4, 0.8),
    "v5_very_relaxed": (21.5, 0.3, 0.8),
}
COLUMNS = {"dr10": (505, 130), "dr9": (449, 115), "dr8": (472, 120)}
OFFSETS = {"BRICKNAME": 6, "TYPE": 18, "RA": 21, "DEC": 29, "FLUX_R": 73, "FLUX_W1": 85, "MASKBITS": 491}
UNITS = {"RA": "deg", "FLUX_R": "nanomaggy", "FLUX_IVAR_R": "1/nanomaggy^2", "PSFSIZE_R": "arcsec",
         "PSFDEPTH_R": "1/nanomaggy^2", "EBV": "mag", "SHAPE_R_IVAR": "1/arcsec^2", "RA_IVAR": "1/deg^2"}
EXTINCTION = {"G": 3.214, "R": 2.165, "Z": 1.211, "W1": 0.184}
# Percentiles 5, 25, 50, 75, 95 over 19,687,747 real v3 LRGs.
PERCENTILES = {"g": [21.145, 22.148, 22.663, 23.191, 23.965], "r": [20.033, 20.769, 21.166, 21.504, 22.018],
               "z": [18.950, 19.635, 19.990, 20.222, 20.367], "w1": [17.823, 18.430, 18.765, 19.051, 19.364]}
TYPES = {"DEV": 0.355, "REX": 0.262, "SER": 0.223, "EXP": 0.159}

failures = []


def check(condition, text):
    if not condition:
        failures.append(text)
        print("FAILED:", text)


def near(value, target, tolerance, text):
    check(abs(value - target) <= tolerance, f"{text}: {value:.4g}, expected {target:.4g} +- {tolerance:.2g}")


def native(column):
    return np.array(column).astype(column.dtype.newbyteorder("=")) if column.dtype.kind != "U" else np.array(column)


def read_sweep(path, release):
    """Rows of one sweep after the checks that belong to one file."""
    with fits.open(path, memmap=False) as hdus:
        header, table = hdus[1].header, hdus[1].data
        check(header["EXTNAME"] == "SWEEP" and len(hdus) == 2, f"{path.name}: one table, named SWEEP")
        check((header["NAXIS1"], header["TFIELDS"]) == COLUMNS[release], f"{path.name}: row bytes and columns")
        if release == "dr10":
            for name, offset in OFFSETS.items():
                check(table.dtype.fields[name][1] == offset, f"{path.name}: {name} at byte {offset}")
        for name, unit in UNITS.items():
            if name in table.columns.names:
                check(table.columns[name].unit == unit, f"{path.name}: {name} in {unit}")
        names = ["RELEASE", "BRICKID", "BRICKNAME", "OBJID", "TYPE", "RA", "DEC", "EBV", "MASKBITS", "SHAPE_R", "FLUX_G",
                 "FLUX_R", "FLUX_Z", "FLUX_W1", "PSFDEPTH_R"] + [f"MW_TRANSMISSION_{b}" for b in EXTINCTION]
        rows = pd.DataFrame({n: native(table[n]) for n in names if n in table.columns.names})
        box = [hdus[0].header[k] for k in ("RAMIN", "RAMAX", "DECMIN", "DECMAX")]
    check(((rows.RA >= box[0]) & (rows.RA < box[1]) & (rows.DEC >= box[2]) & (rows.DEC < box[3])).all(),
          f"{path.name}: rows inside the box of the header")
    runs = (rows.BRICKNAME != rows.BRICKNAME.shift()).sum()
    check(runs == rows.BRICKNAME.nunique(), f"{path.name}: rows of a brick are contiguous")
    same = rows.BRICKNAME == rows.BRICKNAME.shift()
    check((rows.RA.diff()[same] >= 0).all() and (rows.OBJID.diff()[same] > 0).all(), f"{path.name}: RA and OBJID rise")
    for band, k in EXTINCTION.items():
        want = 10 ** (-0.4 * k * rows.EBV.astype(float))
        check(np.abs(rows[f"MW_TRANSMISSION_{band}"] - want).max() < 1e-6, f"{path.name}: MW_TRANSMISSION_{band}")
    return rows


def add_photometry(rows):
    with np.errstate(all="ignore"):
        mags = {b: 22.5 - 2.5 * np.log10(np.where(rows[f"FLUX_{b}"] > 0, rows[f"FLUX_{b}"].astype(float), np.nan))
                for b in ("G", "R", "Z", "W1")}
    rows["g"], rows["r"], rows["w1"] = mags["G"], mags["R"], mags["W1"]
    rows["z"] = mags["Z"]
    stored = [x.astype(np.float32).astype(float) for x in (mags["Z"], mags["R"] - mags["Z"], mags["Z"] - mags["W1"])]
    rows["rz"], rows["zw1"] = stored[1], stored[2]
    galaxy = rows.TYPE.str.strip() != "PSF"
    rows["n_gal"] = galaxy & (rows.FLUX_R > 0) & (rows.FLUX_Z > 0) & (rows.FLUX_W1 > 0)
    for name, (zmag, rz, zw1) in VARIANTS.items():
        rows["n_lrg_" + name] = galaxy & (stored[0] < zmag) & (stored[1] > rz) & (stored[2] > zw1)


def check_truth(survey, rows, sweeps):
    truth = pd.read_parquet(survey / "truth.parquet").set_index("brickname")
    totals = json.loads((survey / "truth.json").read_text())
    check(truth.index.is_monotonic_increasing and truth.index.is_unique, "truth.parquet: sorted, a brick once")
    recount = rows.groupby("BRICKNAME")[["n_gal"] + ["n_lrg_" + v for v in VARIANTS]].sum()
    recount["n_rows"] = rows.groupby("BRICKNAME").size()
    check(set(recount.index) == set(truth.index[truth.n_rows > 0]), "truth.parquet: the bricks of the sweeps")
    for column in recount:
        check((truth[column].reindex(recount.index) == recount[column]).all(), f"truth.parquet: {column}")
    check(totals["rows"] == len(rows) and sum(s["rows"] for s in totals["sweeps"]) == len(rows), "truth.json: rows")
    check({s["name"]: s["rows"] for s in totals["sweeps"]} == {n: len(r) for n, r in sweeps.items()},
          "truth.json: rows of each sweep")
    for name in VARIANTS:
        check(totals["n_lrg"][name] == rows["n_lrg_" + name].sum(), f"truth.json: {name}")
        check(totals["n_lrg"][name] + sum(totals["rejected"][name].values()) == len(rows), f"truth.json: books of {name}")
    bricks = fits.getdata(next(survey.glob("survey-bricks-*.fits.gz")), 1)
    listed = truth[truth.in_bricks_file]
    check(sorted(bricks["brickname"]) == list(listed.index), "bricks file: its bricks")
    order = np.argsort(bricks["brickname"])
    check((bricks["nobjs"][order] == listed.n_rows).all(), "bricks file: nobjs")
    return truth


def check_distributions(rows, truth):
    """Tolerances: some thousand LRGs in a few tens of clustered bricks, whose depth, latitude and reddening are not those
    of the whole sky (stars and g feel that most), on top of the fit of the mixture."""
    full = truth[(truth.n_rows > 0) & (truth.psfdepth_r > 0)]
    near(full.n_lrg_v3_color_relaxed.mean(), 76.0, 9, "v3 LRGs a brick")
    near(full.n_lrg_v5_very_relaxed.mean(), 310.3, 35, "v5 LRGs a brick")
    near(full.n_rows.mean(), 7705, 1800, "rows a brick")
    near(full.n_gal.sum() / full.n_rows.sum(), 0.414, 0.08, "share of n_gal")
    lrg = rows[rows.n_lrg_v3_color_relaxed]
    types = lrg.TYPE.str.strip().replace("COMP", "SER").value_counts(normalize=True)
    for name, share in TYPES.items():
        near(types[name], share, 0.035, f"share of {name} among v3")
    for band, target in PERCENTILES.items():
        for p, want in zip((5, 25, 50, 75, 95), target):
            near(np.nanpercentile(lrg[band], p), want, 0.2 if band == "g" else 0.12, f"{band} p{p} of v3")
    near(lrg.rz.median(), 1.191, 0.06, "median r-z of v3")
    near(lrg.zw1.median(), 1.108, 0.06, "median z-W1 of v3")
    check(((lrg.rz > 3) | (lrg.zw1 > 3)).mean() < 0.01 and (lrg.rz > 3).any() and (lrg.zw1 > 3).any(), "outliers")
    check(0 < lrg.g.isna().mean() < 0.03, "v3 LRGs without g flux")
    near((rows.TYPE.str.strip() == "PSF").mean(), 0.476, 0.08, "share of PSF")
    dup = rows[rows.TYPE.str.strip() == "DUP"]
    check(len(dup) > 0 and (dup[["FLUX_G", "FLUX_R", "FLUX_Z"]] == 0).all(axis=None), "DUP rows without flux")
    check((rows.loc[rows.TYPE.str.strip() == "PSF", "SHAPE_R"] == 0).all() if "SHAPE_R" in rows else True, "PSF has no size")
    by_brick = rows.assign(medium=(rows.MASKBITS & 2048) != 0).groupby("BRICKNAME").medium.mean()
    check(by_brick.std() > 0.01, "masked share differs between bricks")


def main():
    scratch = None
    if len(sys.argv) > 1:
        survey = Path(sys.argv[1])
    else:
        scratch = tempfile.TemporaryDirectory()
        survey = Path(scratch.name)
        subprocess.run([os.environ["DHS_BINARY"], "mock", "survey", "--bricks", "60", "--seed", "11", "--out", str(survey),
                        "--quiet"], check=True)
    release = json.loads((survey / "truth.json").read_text())["options"]["release"]
    checksums = next((survey / "sweeps").glob("*.sha256sum"))
    listed = dict(reversed(line.split("  ")) for line in checksums.read_text().splitlines())
    paths = sorted((survey / "sweeps").glob("sweep-*.fits"))
    check(sorted(listed) == [p.name for p in paths], "checksum file: its names")
    for path in paths:
        check(listed[path.name] == hashlib.sha256(path.read_bytes()).hexdigest(), f"{path.name}: SHA-256")
    sweeps = {path.name: read_sweep(path, release) for path in paths}
    rows = pd.concat(sweeps.values(), ignore_index=True)
    check(not rows.duplicated(["RELEASE", "BRICKID", "OBJID"]).any(), "no row twice")
    last = rows.groupby("BRICKID").OBJID.agg(["max", "size"])
    check((last["max"] + 1 == last["size"]).all(), "OBJID 0..N-1 over the sweeps of a brick")
    add_photometry(rows)
    truth = check_truth(survey, rows, sweeps)
    check_distributions(rows, truth)
    print(f"{len(rows)} rows in {len(paths)} sweeps: {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

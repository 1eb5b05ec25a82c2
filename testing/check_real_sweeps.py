# SPDX-License-Identifier: Apache-2.0
"""Hold `dhs scan` against astropy and NumPy: every row accounted for, every magnitude, colour and flag to the bit.

Usage: check_real_sweeps.py DHS REAL_DIR
Scans REAL_DIR/sweep-*.fits, copies of them in which PSF reads REX and FLUX_W1 is 16 times as bright (as they are, none of
their rows passes any variant, so none would be written), and a made sweep of 20,000 rows; raw and corrected for extinction,
plain and gzip.
The expected values are worked out here from SPEC 3 and 4 alone. Exit code 0 if all agree.
"""

import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pyarrow.parquet as pq
from astropy.io import fits

VARIANTS = {
    "v1_pure_massive": (20.0, 0.5, 1.6),
    "v2_baseline_dr10": (20.4, 0.4, 1.6),
    "v3_color_relaxed": (20.4, 0.4, 0.8),
    "v4_mag_relaxed": (21.0, 0.4, 0.8),
    "v5_very_relaxed": (21.5, 0.3, 0.8),
}
BANDS = {"g": "G", "r": "R", "z": "Z", "w1": "W1"}
NUM_ROWS = 20_000


def native(column):
    return column.astype(column.dtype.newbyteorder("="))


def magnitude(flux):
    """22.5 - 2.5 log10(flux) in double; NaN unless the flux is finite and positive."""
    flux = native(flux).astype(np.float64)
    good = np.isfinite(flux) & (flux > 0)
    return np.where(good, 22.5 - 2.5 * np.log10(np.where(good, flux, 1.0)), np.nan)


def corrected_magnitude(flux, transmission):
    t = native(transmission).astype(np.float64)
    good = np.isfinite(t) & (t > 0)
    quotient = native(flux).astype(np.float64) / np.where(good, t, 1.0)
    return np.where(good, magnitude(quotient), np.nan)


def photometry(rows, corrected):
    """The stored float32 columns by name, without their suffix."""
    mags = {}
    for band, name in BANDS.items():
        flux = rows[f"FLUX_{name}"]
        mags[band] = corrected_magnitude(flux, rows[f"MW_TRANSMISSION_{name}"]) if corrected else magnitude(flux)
    stored = {f"{band}mag": m.astype(np.float32) for band, m in mags.items()}
    stored["rz"] = (mags["r"] - mags["z"]).astype(np.float32)
    stored["zw1"] = (mags["z"] - mags["w1"]).astype(np.float32)
    return stored


def text(column):
    return np.char.strip(np.asarray(column).astype("U"), " \0")


def types(rows):
    return np.char.upper(text(rows["TYPE"]))


def expected(rows, candidate, use_mw):
    """Candidates (indices in output order), flags, books and counts per brick. The rows hold no bad row."""
    decides = photometry(rows, use_mw)
    z, rz, zw1 = (decides[c].astype(np.float64) for c in ("zmag", "rz", "zw1"))
    fluxes = [native(rows[f"FLUX_{b}"]) for b in ("R", "Z", "W1")]
    psf = types(rows) == "PSF"
    finite = np.all([np.isfinite(f) & (f > 0) for f in fluxes], axis=0)
    if use_mw:
        ts = [native(rows[f"MW_TRANSMISSION_{b}"]) for b in ("R", "Z", "W1")]
        finite &= np.all([np.isfinite(t) & (t > 0) for t in ts], axis=0)
    flags = {}
    for name, (z_max, rz_min, zw1_min) in VARIANTS.items():
        flags[name] = ~psf & finite & (z < z_max) & (rz > rz_min) & (zw1 > zw1_min)
    z_max, rz_min, zw1_min = VARIANTS[candidate]
    left = np.ones(len(rows), dtype=bool)
    rejected = {"footprint": 0, "resolved": 0}
    for name, passes in (("psf", ~psf), ("flux", finite), ("zmag", z < z_max), ("rz", rz > rz_min), ("zw1", zw1 > zw1_min)):
        rejected[name] = int(np.sum(left & ~passes))
        left &= passes
    names = text(rows["BRICKNAME"])
    indices = np.flatnonzero(left)
    order = sorted(indices, key=lambda i: (names[i], int(rows["OBJID"][i]), i))
    galaxy = ~psf & np.all([f > 0 for f in fluxes], axis=0)
    counts = {}
    for brick in np.unique(names):
        here = names == brick
        counts[str(brick)] = [int(np.sum(here & galaxy))] + [int(np.sum(here & flags[v])) for v in VARIANTS]
    return order, flags, rejected, counts


def same_bits(found, wanted):
    """Float32 arrays equal bit by bit; any NaN equals any NaN."""
    nan = np.isnan(found) & np.isnan(wanted)
    return nan | (found.view(np.uint32) == wanted.view(np.uint32))


def check(condition, message):
    if not condition:
        raise SystemExit(f"check_real_sweeps: {message}")


def compare_part(out, entry, rows, candidate, use_mw):
    order, flags, rejected, _ = expected(rows, candidate, use_mw)
    where = f"{entry['path']} ({candidate}, mw={use_mw})"
    check(entry["error"] is None, f"{where}: {entry['error']}")
    check(entry["rows_read"] == len(rows), f"{where}: rows read {entry['rows_read']}, there are {len(rows)}")
    check(sum(entry["rows_bad"].values()) == 0, f"{where}: bad rows {entry['rows_bad']} {entry['bad_rows']}")
    check(entry["rows_rejected"] == rejected, f"{where}: rejected {entry['rows_rejected']}, expected {rejected}")
    check(entry["rows_kept"] == len(order), f"{where}: kept {entry['rows_kept']}, expected {len(order)}")
    if not order:
        check(entry["part"] is None, f"{where}: a part without rows")
        return 0, 0
    part = pq.read_table(os.path.join(out, entry["part"]))
    check(part["brickname"].to_pylist() == list(text(rows["BRICKNAME"])[order]), f"{where}: other bricks")
    check(part["objid"].to_pylist() == rows["OBJID"][order].tolist(), f"{where}: other objects")
    check(part["type"].to_pylist() == list(types(rows)[order]), f"{where}: other types")
    for name in ("ra", "dec"):
        found = part[name].to_numpy()
        check(np.array_equal(found, native(rows[name.upper()])[order]), f"{where}: {name} differs")
    check(part["maskbits"].to_pylist() == rows["MASKBITS"][order].tolist(), f"{where}: maskbits differ")
    compared = 0
    for corrected, suffix in ((False, ""), (True, "_mw")):
        for name, wanted in photometry(rows, corrected).items():
            found = part[name + suffix].to_numpy(zero_copy_only=False).astype(np.float32)
            differing = int(np.sum(~same_bits(found, wanted[order])))
            check(differing == 0, f"{where}: {name + suffix} differs in {differing} of {len(order)} rows")
            compared += len(order)
    for name in VARIANTS:
        check(part[f"is_{name}"].to_pylist() == flags[name][order].tolist(), f"{where}: flag is_{name} differs")
        compared += len(order)
    return len(order), compared


def scan_and_compare(dhs, sweeps, candidate, use_mw, folder):
    """`sweeps`: list of (path, rows)."""
    index = os.path.join(folder, "index.txt")
    with open(index, "w", encoding="utf-8") as file:
        file.writelines(f"{path}\n" for path, _ in sweeps)
    root = os.path.join(folder, f"out-{len(os.listdir(folder))}")
    command = [dhs, "scan", "--sweep-index", index, "--output", root, "--candidate-variant", candidate,
               "--use-mw-correction", str(int(use_mw)), "--threads", "2", "--force"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    check(run.returncode == 0, f"{' '.join(command)} ended with {run.returncode}:\n{run.stdout}{run.stderr}")
    out = os.path.join(root, "scan", "dr10")
    with open(os.path.join(out, "_manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    by_path = {entry["path"]: entry for entry in manifest["sweeps"]}
    kept = compared = 0
    total = {}
    for path, rows in sweeps:
        part_kept, part_compared = compare_part(out, by_path[path], rows, candidate, use_mw)
        kept, compared = kept + part_kept, compared + part_compared
        for brick, counts in expected(rows, candidate, use_mw)[3].items():
            total[brick] = [a + b for a, b in zip(total.get(brick, [0] * 6), counts)]
    table = pq.read_table(os.path.join(out, "brick_counts.parquet")).to_pydict()
    found = {row[0]: list(row[1:]) for row in zip(*table.values())}
    check(found == total, f"brick counts differ: {found} {total}")
    check(list(table["brickname"]) == sorted(total), "brick counts are not sorted")
    print(f"{len(sweeps)} sweeps, {candidate}, mw={int(use_mw)}: {sum(len(r) for _, r in sweeps)} rows, {kept} kept, "
          f"{len(total)} bricks, {compared} values and flags equal")
    return kept


def lifted_copy(source, path):
    """The file with TYPE 'PSF ' -> 'REX ' and FLUX_W1 x 16, all other bytes as they are."""
    with fits.open(source) as hdus:
        start = hdus[1].fileinfo()["datLoc"]
        dtype, num_rows = hdus[1].data.dtype, hdus[1].header["NAXIS2"]
    with open(source, "rb") as file:
        content = bytearray(file.read())
    rows = np.frombuffer(content, dtype=dtype, count=num_rows, offset=start)
    rows["TYPE"][rows["TYPE"] == b"PSF"] = b"REX "
    rows["FLUX_W1"] *= 16
    with open(path, "wb") as file:
        file.write(content)


def made_sweep(path):
    """Random rows in DR10-like columns over nine bricks on the equator, with odd fluxes and types, and boundary values."""
    random = np.random.default_rng(20251)
    n = NUM_ROWS
    dtype = np.dtype([("RELEASE", ">i2"), ("BRICKID", ">i4"), ("BRICKNAME", "S8"), ("OBJID", ">i4"), ("TYPE", "S3"),
                      ("RA", ">f8"), ("DEC", ">f8"), ("RA_IVAR", ">f4"), ("DCHISQ", ">f4", (5,)), ("EBV", ">f4")]
                     + [(f"FLUX_{b}", ">f4") for b in ("G", "R", "I", "Z", "W1", "W2")]
                     + [(f"MW_TRANSMISSION_{b}", ">f4") for b in ("G", "R", "I", "Z", "W1", "W2")]
                     + [("MASKBITS", ">i4"), ("SHAPE_R", ">f4")])
    rows = np.zeros(n, dtype)
    column = random.integers(0, 9, n)
    column.sort()
    row_of_brick = column % 3 - 1  # Dec 0.25 * row; 1,440 columns in all three rows
    ra1 = 150.0 + 0.25 * column
    rows["RA"] = ra1 + 0.25 * random.random(n)
    rows["DEC"] = 0.25 * row_of_brick - 0.125 + 0.2499 * random.random(n)
    dec_names = {-1: "m002", 0: "p000", 1: "p002"}
    rows["BRICKNAME"] = [f"{int(round((a + 0.125) * 10000)) // 1000:04d}{dec_names[int(d)]}" for a, d in zip(ra1, row_of_brick)]
    rows["OBJID"] = random.permutation(n)
    rows["TYPE"] = random.choice(np.array([b"PSF", b"REX", b"EXP", b"DEV", b"SER", b"DUP", b"psf", b"rex", b""]), n,
                                 p=[0.3, 0.2, 0.15, 0.15, 0.12, 0.02, 0.02, 0.02, 0.02])
    z = random.uniform(18.0, 22.3, n)
    rz, zw1 = random.normal(0.6, 0.4, n), random.normal(1.2, 0.5, n)
    near = random.random(n) < 0.2  # within some ulps of the cuts
    z[near] = random.choice([20.0, 20.4, 21.0, 21.5], near.sum()) + random.normal(0, 1e-6, near.sum())
    rz[near] = random.choice([0.3, 0.4, 0.5], near.sum()) + random.normal(0, 3e-8, near.sum())
    zw1[near] = random.choice([0.8, 1.6], near.sum()) + random.normal(0, 1e-7, near.sum())
    for band, m in {"G": z + rz + 1.4, "R": z + rz, "I": z + 0.4, "Z": z, "W1": z - zw1, "W2": z - zw1}.items():
        flux = (10 ** ((22.5 - m) / 2.5)).astype(np.float32)
        odd = random.random(n) < 0.03
        flux[odd] = random.choice(np.float32([np.nan, np.inf, -np.inf, 0, -2.5, 1e-42, 3e38]), odd.sum())
        rows[f"FLUX_{band}"] = flux
        transmission = random.uniform(0.6, 1.0, n).astype(np.float32)
        odd = random.random(n) < 0.01
        transmission[odd] = random.choice(np.float32([np.nan, np.inf, 0, -1]), odd.sum())
        rows[f"MW_TRANSMISSION_{band}"] = transmission
    rows["MASKBITS"] = random.integers(0, 1 << 17, n)
    fits.BinTableHDU(rows, name="SWEEP").writeto(path)


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    dhs, real = map(os.path.abspath, sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="dhs-numpy-") as folder:
        made = os.path.join(folder, "sweep-150m005-155p000.fits")
        made_sweep(made)
        zipped = os.path.join(folder, "zipped.fits.gz")
        with open(made, "rb") as plain, gzip.open(zipped, "wb", 1) as file:
            file.write(plain.read())
        made_rows = fits.getdata(made, 1)
        real_sweeps = [(path, fits.getdata(path, 1)) for path in sorted(glob.glob(os.path.join(real, "sweep-*.fits")))]
        check(len(real_sweeps) >= 2, f"no sweeps in {real}")
        lifted = []
        for path, _ in real_sweeps:
            copy = os.path.join(folder, "lifted-" + os.path.basename(path))
            lifted_copy(path, copy)
            lifted.append((copy, fits.getdata(copy, 1)))
        kept = lifted_kept = 0
        for candidate in VARIANTS:
            for use_mw in (False, True):
                scan_and_compare(dhs, real_sweeps, candidate, use_mw, folder)
                lifted_kept += scan_and_compare(dhs, lifted, candidate, use_mw, folder)
                kept += scan_and_compare(dhs, [(made, made_rows)], candidate, use_mw, folder)
        scan_and_compare(dhs, [(zipped, made_rows)], "v3_color_relaxed", False, folder)
        check(kept > NUM_ROWS // 2, f"only {kept} rows were kept: the comparison would prove little")
        check(lifted_kept >= 40, f"only {lifted_kept} rows of the lifted real files were kept")
    print("check_real_sweeps: all equal")


if __name__ == "__main__":
    main()

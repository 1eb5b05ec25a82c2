# SPDX-License-Identifier: Apache-2.0
"""Time `dhs scan` of one sweep against astropy, fitsio with NumPy, and STILTS. Results are compared before anything is timed.

Usage: compare_scan.py DHS SWEEP [REPEATS]
All of them apply the same cuts (float32 rule) to the same rows and count per brick; dhs also writes its Parquet and CSV
files, flushes them to disk and publishes them, astropy and fitsio only hold their result in memory. The file is in the page cache.
The least time of all repeats counts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import fitsio
import numpy as np
import pyarrow.parquet as pq
from astropy.io import fits

VARIANTS = [(20.0, 0.5, 1.6), (20.4, 0.4, 1.6), (20.4, 0.4, 0.8), (21.0, 0.4, 0.8), (21.5, 0.3, 0.8)]
CANDIDATE = 2
CHUNK_ROWS = 100_000
COLUMNS = ["BRICKNAME", "OBJID", "TYPE", "RA", "DEC", "FLUX_G", "FLUX_R", "FLUX_Z", "FLUX_W1", "MW_TRANSMISSION_G",
           "MW_TRANSMISSION_R", "MW_TRANSMISSION_Z", "MW_TRANSMISSION_W1", "MASKBITS"]
EXTRA_COLUMNS = ["RELEASE", "BRICKID", "EBV", "PSFSIZE_R", "PSFDEPTH_R", "SHAPE_R", "SERSIC", "FLUX_W2", "NOBS_Z", "FITBITS"]


def magnitude(flux):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(flux > 0, 22.5 - 2.5 * np.log10(flux), np.nan)


def select(rows, counts, kept):
    """NumPy masks over one array of rows: counts per brick into `counts`, candidates into `kept`."""
    r, z, w1 = (np.asarray(rows[f"FLUX_{b}"], dtype=np.float64) for b in ("R", "Z", "W1"))
    extended = np.asarray(rows["TYPE"]) != np.array("PSF", dtype=np.asarray(rows["TYPE"]).dtype)
    galaxy = extended & (r > 0) & (z > 0) & (w1 > 0)
    rmag, zmag, w1mag = magnitude(r), magnitude(z), magnitude(w1)
    z32 = zmag.astype(np.float32).astype(np.float64)
    rz32 = (rmag - zmag).astype(np.float32).astype(np.float64)
    zw32 = (zmag - w1mag).astype(np.float32).astype(np.float64)
    finite = galaxy & np.isfinite(rmag) & np.isfinite(zmag) & np.isfinite(w1mag)
    flags = [finite & (z32 < zmax) & (rz32 > rz) & (zw32 > zw) for zmax, rz, zw in VARIANTS]
    # Rows of a brick are contiguous: sums over runs, not a sort of all names.
    names = np.asarray(rows["BRICKNAME"])
    starts = np.concatenate([[0], np.flatnonzero(names[1:] != names[:-1]) + 1])
    sums = np.stack([np.add.reduceat(mask, starts, dtype=np.int64) for mask in [galaxy] + flags], axis=1)
    for name, line in zip(names[starts], sums):
        name = name.decode() if isinstance(name, bytes) else str(name)
        counts[name] = counts.get(name, 0) + line
    chosen = rows[flags[CANDIDATE]]
    kept.append({name: np.array(chosen[name]) for name in COLUMNS})


def with_astropy(path):
    """As the earlier system did it: a memory-mapped table in chunks of 100,000 rows."""
    counts, kept = {}, []
    with fits.open(path, memmap=True) as hdus:
        data = hdus[1].data
        for start in range(0, len(data), CHUNK_ROWS):
            select(data[start:start + CHUNK_ROWS], counts, kept)
    return counts, kept


def with_fitsio(path):
    """The needed columns read at once."""
    counts, kept = {}, []
    rows = fitsio.read(path, ext=1, columns=COLUMNS)
    select(rows, counts, kept)
    return counts, kept


def with_stilts(path, root):
    """`stilts tpipe` with the same cuts and the same columns kept, written as FITS. It does not count per brick."""
    out = os.path.join(root, "stilts.fits")
    z, r, w1 = (f"(22.5-2.5*log10(toDouble(FLUX_{band})))" for band in ("Z", "R", "W1"))
    steps = ['select !TYPE.trim().toUpperCase().equals(\\"PSF\\")&&FLUX_R>0&&FLUX_Z>0&&FLUX_W1>0',
             f"addcol zmag toFloat({z})", f"addcol rz toFloat({r}-{z})", f"addcol zw1 toFloat({z}-{w1})",
             "select zmag<20.4&&rz>0.4&&zw1>0.8", f"keepcols '{' '.join(COLUMNS)} zmag rz zw1'"]
    subprocess.run(["stilts", "-disk", "tpipe", f"in={path}", "ifmt=fits", *(f"cmd={step}" for step in steps),
                    f"out={out}", "ofmt=fits"], check=True, stderr=subprocess.PIPE)
    with fits.open(out) as hdus:
        return [{name: np.array(hdus[1].data[name]) for name in ("BRICKNAME", "OBJID")}]


def with_dhs(dhs, path, threads, root, extra_columns=()):
    """A whole process, from start to published files, to an output that is new."""
    index = os.path.join(root, "index.txt")
    with open(index, "w", encoding="utf-8") as file:
        file.write(path + "\n")
    output = tempfile.mkdtemp(prefix="out-", dir=root)
    extra = ["--extra-columns", ",".join(extra_columns)] if extra_columns else []
    subprocess.run([dhs, "scan", "--sweep-index", index, "--output", output, "--threads", str(threads), "--quiet", *extra],
                   check=True, stdout=subprocess.DEVNULL)
    return os.path.join(output, "scan", "dr10")


def read_only(path, threads):
    """What it costs to copy the file out of the page cache by read(2) in 256 KiB pieces: the floor for any reader."""
    size = os.path.getsize(path)
    piece = 256 << 10
    handle = os.open(path, os.O_RDONLY)

    def work(part):
        buffer = bytearray(piece)
        for offset in range(part * piece, size, threads * piece):
            os.preadv(handle, [buffer], offset)

    workers = [threading.Thread(target=work, args=(part,)) for part in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    os.close(handle)


def cache(path):
    """Reads the file into the page cache from disk, as a user's first look at it would: pages that were cached as they
    were written are smaller, and slower to get at for all who map the file."""
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    while os.read(handle, 16 << 20):
        pass
    os.close(handle)


def identities(kept):
    def decode(values):
        return [v.decode() if isinstance(v, bytes) else str(v) for v in values]
    return sorted(pair for part in kept for pair in zip(decode(part["BRICKNAME"].tolist()), part["OBJID"].tolist()))


def compare(dhs, path, root):
    counts, kept = with_astropy(path)
    counts2, kept2 = with_fitsio(path)
    wanted = identities(kept)
    if wanted != identities(kept2) or {k: list(v) for k, v in counts.items()} != {k: list(v) for k, v in counts2.items()}:
        raise SystemExit("compare_scan: astropy and fitsio disagree")
    if wanted != identities(with_stilts(path, root)):
        raise SystemExit("compare_scan: astropy and STILTS disagree")
    out = with_dhs(dhs, path, 2, root)
    with open(os.path.join(out, "_manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    if sum(manifest["rows_bad"].values()) > 0:
        raise SystemExit(f"compare_scan: bad rows, which NumPy does not look for: {manifest['rows_bad']}")
    part = pq.read_table(os.path.join(out, "candidates", "part-00000.parquet"), columns=["brickname", "objid"])
    found = list(zip(part["brickname"].to_pylist(), part["objid"].to_pylist()))
    if found != wanted:
        raise SystemExit(f"compare_scan: dhs keeps {len(found)} rows, NumPy {len(wanted)}")
    table = pq.read_table(os.path.join(out, "brick_counts.parquet")).to_pydict()
    if {row[0]: list(row[1:]) for row in zip(*table.values())} != {k: v.tolist() for k, v in counts.items()}:
        raise SystemExit("compare_scan: brick counts differ")
    print(f"results equal: {manifest['rows_read']:,} rows, {len(wanted):,} candidates, {len(counts)} bricks")


def least(repeats, work):
    """(wall seconds, CPU seconds), each the least of the repeats; CPU of this process and of those it started."""
    walls, cpus = [], []
    for _ in range(repeats):
        before, start = os.times(), time.perf_counter()
        work()
        walls.append(time.perf_counter() - start)
        cpus.append(sum(os.times()[:4]) - sum(before[:4]))
    return min(walls), min(cpus)


def main():
    dhs, path = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    size = os.path.getsize(path)
    root = tempfile.mkdtemp(prefix="dhs-bench-", dir=os.path.dirname(path))
    try:
        cache(path)
        compare(dhs, path, root)
        results = [("read(2) alone, 1 thread", least(repeats, lambda: read_only(path, 1))),
                   ("read(2) alone, 2 threads", least(repeats, lambda: read_only(path, 2)))]
        ours = [(n, least(repeats, lambda n=n: with_dhs(dhs, path, n, root))) for n in (1, 2)]
        results += [(f"dhs scan, {n} thread{'s' * (n > 1)}, Parquet written", seconds) for n, seconds in ours]
        peers = [("astropy, mapped, chunks of 100,000", least(max(2, repeats // 3), lambda: with_astropy(path))),
                 ("fitsio + NumPy", least(max(2, repeats // 3), lambda: with_fitsio(path))),
                 ("STILTS tpipe, candidates alone", least(max(2, repeats // 3), lambda: with_stilts(path, root)))]
        extra = least(repeats, lambda: with_dhs(dhs, path, 2, root, EXTRA_COLUMNS))
        results += peers + [("dhs scan, 2 threads, 10 extra columns", extra)]
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"{'':<44}{'seconds':>9}{'GB/s':>8}{'CPU s':>8}")
    for name, (wall, cpu) in results:
        print(f"{name:<44}{wall:>9.3f}{size / wall / 1e9:>8.2f}{cpu:>8.2f}")
    print(f"10 extra columns: {extra[0] / ours[1][1][0]:.2f} x the time of none")
    for number, (threads, (wall, _)) in enumerate(ours):
        print(f"{threads} thread{'s' * (threads > 1)}: {results[number][1][0] / wall:.0%} of the speed at which that many copy the "
              "file out of the page cache")
    for name, (wall, cpu) in peers:
        for threads, (our_wall, our_cpu) in ours:
            print(f"{name}: {wall / our_wall:.1f} x the time and {cpu / our_cpu:.1f} x the CPU of dhs with {threads} "
                  f"thread{'s' * (threads > 1)}")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Inputs of compare_regions.py.

make_bricks.py list REAL_LIST.csv.gz NUM OUT.txt
    The bricks of the real list, filled up to NUM with bricks of the tessellation north of it.
make_bricks.py parquet SURVEY OUT
    Counts and bricks file of a mock survey as Parquet (OUT/coarse), and the same survey on a tessellation ten times as fine
    (OUT/fine): each brick cut into 5 x 2 pieces with bounds of their own, a tenth of its counts, and made-up names that
    no brick of the survey bears.
"""

import gzip
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.table import Table

IN_RA, IN_DEC = 5, 2
PIECES = IN_RA * IN_DEC


def row_names(row):
    """Names of the bricks of a declination row of the survey's tessellation."""
    dec = -90.0 + 0.25 * row
    num = int(2 * np.ceil(360 / 0.25 * np.cos(np.radians(max(0.0, abs(dec) - 0.125))) / 2))
    ra = (np.arange(num) + 0.5) * 360.0 / num
    tail = f"{'p' if dec >= 0 else 'm'}{round(abs(dec) * 10000):06d}"[:4]
    return [f"{round(r * 10000):07d}"[:4] + tail for r in ra]


def make_list(real, num, out):
    with gzip.open(real, "rt") as file:
        names = [line.split(",")[0] for line in file][1:]
    seen, row = set(names), (90 + 35) * 4
    while len(names) < num:
        more = [n for n in row_names(row) if n not in seen][: num - len(names)]
        names += more
        row += 1
    Path(out).write_text("\n".join(names) + "\n")


def fine_names(count):
    """RA fields from 3600 on: well formed, sorted, and not of the tessellation, whose RA ends below 360."""
    i = np.arange(count)
    sign = np.where(i // 1000 % 2 == 0, "m", "p")
    return [f"{3600 + k // 2000:04d}{s}{k % 1000:03d}" for k, s in zip(i.tolist(), sign.tolist())]


def to_native(values):
    values = np.asarray(values)
    return values.astype(values.dtype.newbyteorder("=")) if values.dtype.kind in "iuf" else values.astype(str)


def make_parquet(survey, out):
    survey, out = Path(survey), Path(out)
    counts = pq.read_table(survey / "brick_counts.parquet")
    table = Table.read(next(survey.glob("survey-bricks-*.fits.gz")), hdu=1)
    wanted = ["ra", "dec", "ra1", "ra2", "dec1", "dec2", "ebv", "psfsize_g", "psfsize_r", "psfsize_z", "psfdepth_g",
              "psfdepth_r", "psfdepth_z", "nexp_g", "nexp_r", "nexp_z"]
    columns = {c.lower(): to_native(table[c]) for c in table.colnames if c.lower() in wanted + ["brickname"]}
    row_of = {name: row for row, name in enumerate(columns["brickname"].tolist())}
    rows = np.array([row_of.get(name, -1) for name in counts["brickname"].to_pylist()])
    counts, rows = counts.filter(pa.array(rows >= 0)), rows[rows >= 0]
    columns = {name: values[rows] for name, values in columns.items()}
    for folder in ("coarse", "fine"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    pq.write_table(counts, out / "coarse/counts.parquet")
    pq.write_table(pa.table(columns), out / "coarse/bricks.parquet")

    piece = np.tile(np.arange(PIECES), len(rows))
    fine = {name: np.repeat(values, PIECES) for name, values in columns.items()}
    width = (fine["ra2"] - fine["ra1"]) / IN_RA
    height = (fine["dec2"] - fine["dec1"]) / IN_DEC
    fine["ra1"], fine["dec1"] = fine["ra1"] + piece % IN_RA * width, fine["dec1"] + piece // IN_RA * height
    fine["ra2"], fine["dec2"] = fine["ra1"] + width, fine["dec1"] + height
    fine["ra"], fine["dec"] = fine["ra1"] + width / 2, fine["dec1"] + height / 2
    fine["brickname"] = np.array(fine_names(len(piece)))
    pq.write_table(pa.table(fine), out / "fine/bricks.parquet")
    fine_counts = {"brickname": fine["brickname"]}
    for name in counts.column_names[1:]:
        whole = np.repeat(counts[name].to_numpy(), PIECES)
        fine_counts[name] = whole // PIECES + (piece < whole % PIECES)
    pq.write_table(pa.table(fine_counts), out / "fine/counts.parquet")
    print(f"{len(rows):,} bricks, {len(piece):,} pieces")


if __name__ == "__main__":
    if sys.argv[1] == "list":
        make_list(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        make_parquet(*sys.argv[2:])

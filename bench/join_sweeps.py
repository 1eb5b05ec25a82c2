# SPDX-License-Identifier: Apache-2.0
"""Join the rows of the sweeps of a survey into one sweep of at least a given size.

Usage: join_sweeps.py SURVEY_DIR OUTPUT MIN_BYTES
Rows are taken as bytes, sweep after sweep, and from the first sweep again if the survey is too small.
"""

import glob
import os
import sys

import numpy as np
from astropy.io import fits

BLOCK = 2880
OBJECTS_A_BRICK = 1_000_000  # more than any has: what comes again gets numbers of its own


def main():
    survey, output, min_bytes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sweeps = sorted(p for p in glob.glob(os.path.join(survey, "**", "sweep-*.fits"), recursive=True) if "hard-cases" not in p)
    if not sweeps:
        raise SystemExit(f"join_sweeps: no sweep-*.fits below {survey}")
    with fits.open(sweeps[0]) as hdus:
        primary, header = hdus[0].header.copy(), hdus[1].header.copy()
        objid = hdus[1].data.dtype.fields["OBJID"][1]
    row_bytes = header["NAXIS1"]
    num_rows = -(-min_bytes // row_bytes)
    header["NAXIS2"] = num_rows
    temporary = output + ".part"
    with open(temporary, "wb") as out:
        out.write(primary.tostring().encode("ascii"))
        out.write(header.tostring().encode("ascii"))
        left = num_rows * row_bytes
        repeat = 0
        while left > 0:
            for path in sweeps:
                with fits.open(path) as hdus:
                    info = hdus[1].fileinfo()
                    here = min(left, hdus[1].header["NAXIS1"] * hdus[1].header["NAXIS2"])
                    if hdus[1].header["NAXIS1"] != row_bytes:
                        raise SystemExit(f"join_sweeps: {path} has rows of another size")
                with open(path, "rb") as source:
                    source.seek(info["datLoc"])
                    while here > 0:
                        piece = source.read(min(here, 30_000 * row_bytes))
                        rows = np.frombuffer(piece, dtype=np.uint8).reshape(-1, row_bytes).copy()
                        objids = rows[:, objid:objid + 4].view(">i4")
                        objids += repeat * OBJECTS_A_BRICK
                        out.write(rows)
                        here -= len(piece)
                        left -= len(piece)
                if left == 0:
                    break
            repeat += 1
        out.write(b"\0" * (-(num_rows * row_bytes) % BLOCK))
    os.replace(temporary, output)
    print(f"{output}: {num_rows:,} rows, {os.path.getsize(output) / 1e9:.2f} GB")


if __name__ == "__main__":
    main()

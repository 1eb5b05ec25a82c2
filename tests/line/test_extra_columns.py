# SPDX-License-Identifier: Apache-2.0
"""Extra columns of the sweeps come through every stage, each row its own."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from astropy.table import Table

from test_whole_line import VARIANT, dhs

EXTRA = {"RELEASE": pa.int16(), "brickid": pa.int32(), "EBV": pa.float32(), "PSFDEPTH_R": pa.float32(),
         "SERSIC": pa.float32(), "REF_CAT": pa.string(), "REF_ID": pa.int64(), "WISEMASK_W1": pa.uint8()}


def test_extra_columns_come_through(tmp_path):
    survey, out = tmp_path / "survey", tmp_path / "out"
    dhs("mock", "survey", "--bricks", 20, "--seed", 5, "--out", survey)
    sweeps = pd.concat([Table.read(p, hdu=1)[["BRICKNAME", "OBJID", *map(str.upper, EXTRA)]].to_pandas()
                        for p in sorted(survey.rglob("sweep-*.fits"))])
    sweeps.columns = [c.lower() for c in sweeps.columns]
    for name in ("brickname", "ref_cat"):  # an empty cell is read as a missing value
        sweeps[name] = sweeps[name].fillna("").map(lambda v: v.decode() if isinstance(v, bytes) else v).str.rstrip()
    dhs("scan", "--sweep-index", survey / "sweep-index.txt", "--output", out, "--extra-columns", ",".join(EXTRA))
    dhs("regions", "--bricks", next(survey.glob("survey-bricks-*.fits.gz")), "--output", out)
    dhs("select", "--output", out, "--ranking-config", "n_lrg:9:0")
    dhs("parent", "--output", out)
    dhs("compact", "--output", out)
    dhs("validate", "--output", out)
    for folder in (f"phase3c/{VARIANT}/parent_union_parquet", f"phase3p5/{VARIANT}/parent_compact"):
        table = ds.dataset(out / folder, partitioning="hive").to_table()
        for name, kind in EXTRA.items():
            assert table.schema.field(name.lower()).type == kind, name
        found = table.to_pandas()
        assert len(found) > 100
        want = found[["brickname", "objid"]].merge(sweeps, on=["brickname", "objid"], how="left")
        for name in map(str.lower, EXTRA):
            np.testing.assert_array_equal(found[name].to_numpy(), want[name].to_numpy(), err_msg=name)

# SPDX-License-Identifier: Apache-2.0
"""Values of Spark's own xxhash64(col, lit(seed)) for int32, int64 and string columns.

    python tests/spark/xxhash64_values.py | gzip -9n >testing/data/spark_xxhash64.csv.gz     makes the stored values
    python tests/spark/xxhash64_values.py --check testing/data/spark_xxhash64.csv.gz         makes them again, compares

Needs PySpark and Java (scripts/setup --with-spark makes .venv-spark); without them it ends with exit code 77, which
ctest takes for "skipped". Inputs come from a fixed seed: every run gives the same lines `type,value,seed,hash`, strings
as the hexadecimal digits of their UTF-8 bytes.
"""

import gzip
import importlib.util
import random
import shutil
import sys

SKIPPED = 77
SEEDS = (13, 0, -7, 2**31 - 1)
EDGES32 = [0, 1, -1, 1961, 2467, 2659, 2**31 - 1, -(2**31)]
EDGES64 = [0, 1, -1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)]
# More than one byte a character, and text that must not be trimmed.
EDGE_STRINGS = ["", " ", "a", "1126p222", "1126P222", " 1126p222 ", "\u03bc", "\u94f6\u6cb3\u7cfb", "\U0001f30c halo"]
LETTERS = "0123456789pm_ -abcxyz\u00e9\u03bc\u94f6\U0001f30c"


def inputs():
    """(type, values) in the order of the file, 1,000 of each type."""
    draw = random.Random(4)
    ints = EDGES32 + [draw.randrange(-(2**31), 2**31) for _ in range(1000 - len(EDGES32))]
    longs = EDGES64 + [draw.randrange(-(2**63), 2**63) for _ in range(1000 - len(EDGES64))]
    # Every length up to 100 characters: XXH64 goes by steps of 32, 8, 4 and 1 bytes.
    strings = EDGE_STRINGS + ["".join(draw.choice(LETTERS) for _ in range(n)) for n in range(1, 101)]
    while len(strings) < 1000:
        strings.append(f"{draw.randrange(3600):04d}{draw.choice('pm')}{draw.randrange(900):03d}")
    return [("int32", ints), ("int64", longs), ("string", strings)]


def spark_lines():
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F
    from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType

    types = {"int32": IntegerType(), "int64": LongType(), "string": StringType()}
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        for name, values in inputs():
            schema = StructType([StructField("row", IntegerType()), StructField("value", types[name])])
            rows = spark.createDataFrame(list(enumerate(values)), schema).orderBy("row")
            hashes = rows.select(*[F.xxhash64("value", F.lit(seed)) for seed in SEEDS]).collect()
            for value, found in zip(values, hashes, strict=True):
                text = value.encode().hex() if name == "string" else str(value)
                for seed, digest in zip(SEEDS, found, strict=True):
                    yield f"{name},{text},{seed},{digest}"
    finally:
        spark.stop()


def main():
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        print("skipped: PySpark and Java are not installed here (scripts/setup --with-spark)", file=sys.stderr)
        return SKIPPED
    lines = ["type,value,seed,hash", *spark_lines()]
    if sys.argv[1:2] != ["--check"]:
        print("\n".join(lines))
        return 0
    with gzip.open(sys.argv[2], "rt") as stored:
        known = stored.read().splitlines()
    differing = sum(a != b for a, b in zip(known, lines, strict=False)) + abs(len(known) - len(lines))
    print(f"{len(lines) - 1:,} values of PySpark, {differing} differ from the stored ones")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Stages 3a and 3b with pandas and SciPy, as one would write them today: vectorised, no loop over bricks.

regions_pandas.py regions COUNTS BRICKS OUT     bricks_with_region.parquet, region_metrics.parquet, region_metrics.csv
regions_pandas.py select REGIONS OUT CONFIG     region_selections.parquet, region_selections.csv
Parameters are the defaults of `dhs`.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import xxhash
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

VARIANTS = ["v1_pure_massive", "v2_baseline_dr10", "v3_color_relaxed", "v4_mag_relaxed", "v5_very_relaxed"]
QUANTITIES = ["psfsize_r", "psfdepth_r", "ebv", "brick_degree", "gal_density", "lrg_frac_v3", "nexp_g", "nexp_r", "nexp_z"]
BRICK_COLUMNS = ["brickname", "ra", "dec", "ra1", "ra2", "dec1", "dec2", "ebv", "psfsize_g", "psfsize_r", "psfsize_z",
                 "psfdepth_g", "psfdepth_r", "psfdepth_z", "nexp_g", "nexp_r", "nexp_z"]


def read_bricks(path):
    if path.endswith(".parquet"):
        return pd.read_parquet(path, columns=BRICK_COLUMNS)
    import fitsio
    rows = fitsio.read(path, ext=1, columns=BRICK_COLUMNS)
    columns = {name.lower(): rows[name] for name in rows.dtype.names}
    frame = pd.DataFrame({n: v.astype(v.dtype.newbyteorder("=")) for n, v in columns.items() if n != "brickname"})
    frame["brickname"] = columns["brickname"].astype(str)
    return frame


def grid_pairs(ra, dec, cell=0.25, ra_eps=0.30, dec_eps=0.30):
    """Pairs of the same or neighbouring buckets within both distances; none across RA 0, where buckets do not wrap."""
    pairs = cKDTree(np.column_stack([ra / ra_eps, dec / dec_eps])).query_pairs(1 + 1e-9, p=np.inf, output_type="ndarray")
    i, j = pairs[:, 0], pairs[:, 1]
    bucket_ra, bucket_dec = np.floor(ra / cell).astype(int), np.floor((dec + 90) / cell).astype(int)
    near = ((np.abs(ra[i] - ra[j]) <= ra_eps) & (np.abs(dec[i] - dec[j]) <= dec_eps)
            & (np.abs(bucket_ra[i] - bucket_ra[j]) <= 1) & (np.abs(bucket_dec[i] - bucket_dec[j]) <= 1))
    return i[near], j[near]


def hash_split(region_id, seed=13, test=0.20, val=0.10):
    h = xxhash.xxh64_intdigest(int(region_id).to_bytes(4, "little"), seed=42)
    h = xxhash.xxh64_intdigest(seed.to_bytes(4, "little"), seed=h)
    u = (abs(h - (1 << 64) if h >= 1 << 63 else h) % 1_000_000) / 1_000_000
    return u, "test" if u < test else "val" if u < test + val else "train"


def percentiles(region, values):
    """p10, p50, p90 of each region: elements at rank ceil(p n) of the values that are not NaN."""
    keep = ~np.isnan(values)
    region, values, num = region[keep], values[keep], region.max() + 1
    values = values[np.lexsort((values, region))]
    n = np.bincount(region, minlength=num)
    first = np.concatenate([[0], np.cumsum(n)[:-1]])
    out = []
    for tenths in (1, 5, 9):
        rank = -(-tenths * n // 10)
        out.append(np.where(n > 0, values[np.minimum(first + np.maximum(rank, 1) - 1, len(values) - 1)], np.nan))
    return out


def regions(counts_path, bricks_path, out, cell=0.25, ra_eps=0.30, dec_eps=0.30):
    counts = pd.read_parquet(counts_path)
    joined = counts.merge(read_bricks(bricks_path), on="brickname", how="left")
    joined["area_deg2"] = (joined.ra2 - joined.ra1) * (180 / np.pi) * (
        np.sin(np.radians(joined.dec2)) - np.sin(np.radians(joined.dec1)))
    good = ((joined.ebv.astype(float) <= 0.12) & (joined.psfsize_r.astype(float) <= 1.6)
            & (joined.psfdepth_r.astype(float) >= 23.6))
    b = joined[good].sort_values("brickname", kind="stable", ignore_index=True)
    for name in BRICK_COLUMNS[1:]:
        b[name] = b[name].astype("int64" if name.startswith("nexp") else float)
    i, j = grid_pairs(b.ra.to_numpy(), b.dec.to_numpy(), cell, ra_eps, dec_eps)
    num, label = connected_components(coo_matrix((np.ones(len(i), dtype=np.int8), (i, j)), shape=(len(b), len(b))),
                                      directed=False)
    order = np.full(num, len(b))
    np.minimum.at(order, label, np.arange(len(b)))
    new_label = np.empty(num, dtype=np.int32)
    new_label[np.argsort(order, kind="stable")] = np.arange(num, dtype=np.int32)
    region = new_label[label]
    b["region_id"] = b["component_id"] = region
    b["brick_degree"] = (np.bincount(i, minlength=len(b)) + np.bincount(j, minlength=len(b))).astype(np.int32)
    b["gal_density"] = b.n_gal / b.area_deg2
    for name in VARIANTS:
        b[f"lrg_density_{name[:2]}"] = b[f"n_lrg_{name}"] / b.area_deg2
    b["lrg_frac_v3"] = b.n_lrg_v3_color_relaxed / b.n_gal.where(b.n_gal > 0)

    groups = b.groupby("region_id", sort=True)
    m = pd.DataFrame({"region_id": np.arange(num, dtype=np.int32), "component_id": np.arange(num, dtype=np.int32),
                      "n_bricks": np.bincount(region), "area_deg2": np.bincount(region, b.area_deg2),
                      "n_gal_total": groups.n_gal.sum().to_numpy(),
                      "gal_density_area_sum": np.bincount(region, b.gal_density * b.area_deg2)})
    for name in VARIANTS:
        m[f"n_lrg_{name[:2]}_total"] = groups[f"n_lrg_{name}"].sum().to_numpy()
        m[f"lrg_density_{name[:2]}_areaweighted"] = m[f"n_lrg_{name[:2]}_total"] / m.area_deg2
    for q in QUANTITIES:
        m[q + "_mean"], m[q + "_std"] = groups[q].mean().to_numpy(), groups[q].std().to_numpy()
        m[q + "_p10"], m[q + "_p50"], m[q + "_p90"] = percentiles(region, b[q].to_numpy(float))
    for c in ("ra", "dec"):
        m[c + "_min"], m[c + "_max"] = groups[c].min().to_numpy(), groups[c].max().to_numpy()
    box = (m.ra_max - m.ra_min) * (m.dec_max - m.dec_min) * np.cos(np.radians((m.dec_min + m.dec_max) / 2))
    m["compactness"] = (m.area_deg2 / box).where(box > 0)
    splits = [hash_split(r) for r in range(num)]
    m["split_u"], m["region_split"] = [u for u, _ in splits], [s for _, s in splits]
    b["brick_split"] = m.region_split.to_numpy()[region]
    m["w_psf"] = np.clip(np.exp(-(m.psfsize_r_p50 - 1.25) / 0.25), 0, 1)
    m["w_depth"] = 1 / (1 + np.exp(-(m.psfdepth_r_p50 - 23.8) / 0.25))
    m["w_ebv"] = np.clip(np.exp(-4 * m.ebv_p50), 0, 1)
    m["score_density"] = m.lrg_density_v3_areaweighted
    m["score_n_lrg"] = m.n_lrg_v3_total.astype(float)
    m["score_area_weighted"] = m.score_density * m.area_deg2 ** 0.5
    m["score_psf_weighted"] = m.score_density * m.w_psf * m.w_depth * m.w_ebv
    Path(out).mkdir(parents=True, exist_ok=True)
    b.to_parquet(f"{out}/bricks_with_region.parquet", compression="zstd", index=False)
    m.to_parquet(f"{out}/region_metrics.parquet", compression="zstd", index=False)
    m.to_csv(f"{out}/region_metrics.csv", index=False)


def select(regions_dir, out, config, weights=(0.2, 0.4, 0.4)):
    m = pd.read_parquet(f"{regions_dir}/region_metrics")
    density = m.lrg_density_v3_areaweighted.to_numpy()
    ordered = np.sort(density)
    edges = [ordered[max(1, -(-round(q * 10) * len(m) // 10)) - 1] for q in (0, 0.5, 0.9, 1)]
    bins = np.clip(np.searchsorted(edges, density, side="right") - 1, 0, len(weights) - 1)
    m = m.assign(density_bin=bins)
    parts = []
    for entry in config.split(","):
        mode, k_top, k_strat = entry.split(":")
        k_top, k_strat = int(k_top), int(k_strat)
        ranked = m.sort_values([f"score_{mode}", "region_id"], ascending=[False, True])

        def part(rows, strategy, set_id, rank):
            chosen = rows[rank <= rows.take_k]
            return chosen.assign(selection_set_id=set_id, selection_strategy=strategy, ranking_mode=mode,
                                 ranking_score_col=f"score_{mode}", region_rank=rank[chosen.index].astype(np.int32))
        top = ranked.assign(take_k=k_top)
        parts.append(part(top, "topk", f"topk_{mode}_k{k_top}", top.groupby("region_split").cumcount() + 1)
                     .assign(density_bin=pd.NA))
        for kind, share in (("custom", weights), ("balanced", [1 / 3] * 3)):
            take = np.array([int(np.ceil(round(w * k_strat, 9))) for w in share])
            rows = ranked.assign(take_k=take[ranked.density_bin])
            parts.append(part(rows, f"stratified_{kind}", f"strat_{kind}_{mode}_k{k_strat}",
                              rows.groupby(["region_split", "density_bin"]).cumcount() + 1))
    columns = ["selection_set_id", "selection_strategy", "ranking_mode", "ranking_score_col", "region_id", "region_split",
               "region_rank", "density_bin", "area_deg2", "n_bricks", "n_lrg_v3_total", "lrg_density_v3_areaweighted",
               "score_density", "score_n_lrg", "score_area_weighted", "score_psf_weighted", "psfsize_r_p50",
               "psfdepth_r_p50", "ebv_p50", "compactness"]
    rows = pd.concat([p.astype({"density_bin": "Int32"})[columns] for p in parts], ignore_index=True)
    Path(out).mkdir(parents=True, exist_ok=True)
    rows.to_parquet(f"{out}/region_selections.parquet", compression="zstd", index=False)
    rows.to_csv(f"{out}/region_selections.csv", index=False)


if __name__ == "__main__":
    if sys.argv[1] == "regions":
        regions(*sys.argv[2:5])
    else:
        select(*sys.argv[2:5])

# SPDX-License-Identifier: Apache-2.0
"""What every stage must find, computed plainly with NumPy, pandas and astropy and without any code of dhs.

Written for clarity: flood fills over all pairs, sorts where a hash would do. Formulas are those of the documentation in
docs/; names of columns are those of docs/columns.md.
"""

import numpy as np
import pandas as pd
import xxhash
from astropy.table import Table

VARIANTS = {  # name: z <, r-z >, z-W1 >
    "v1_pure_massive": (20.0, 0.5, 1.6),
    "v2_baseline_dr10": (20.4, 0.4, 1.6),
    "v3_color_relaxed": (20.4, 0.4, 0.8),
    "v4_mag_relaxed": (21.0, 0.4, 0.8),
    "v5_very_relaxed": (21.5, 0.3, 0.8),
}


def magnitude(flux):
    flux = np.asarray(flux, dtype=np.float64)
    with np.errstate(all="ignore"):
        return np.where(np.isfinite(flux) & (flux > 0), 22.5 - 2.5 * np.log10(flux), np.nan)


def photometry(flux_g, flux_r, flux_z, flux_w1):
    """The six float32 columns of SPEC section 3, colours from the double magnitudes."""
    g, r, z, w1 = (magnitude(f) for f in (flux_g, flux_r, flux_z, flux_w1))
    with np.errstate(all="ignore"):
        return {name: value.astype(np.float32)
                for name, value in dict(gmag=g, rmag=r, zmag=z, w1mag=w1, rz=r - z, zw1=z - w1).items()}


def passes(variant, zmag, rz, zw1):
    z_max, rz_min, zw1_min = VARIANTS[variant]
    with np.errstate(invalid="ignore"):
        return (zmag.astype(np.float64) < z_max) & (rz.astype(np.float64) > rz_min) & (zw1.astype(np.float64) > zw1_min)


def read_sweep(path):
    """One sweep as a data frame of the columns that matter, with every derived column."""
    table = Table.read(path, hdu=1)
    names = {name.upper(): name for name in table.colnames}

    def column(name):
        values = np.asarray(table[names[name]])
        return values.astype(values.dtype.newbyteorder("=")) if values.dtype.kind in "iuf" else values

    def text(name):
        return np.array([str(v).strip("\0 ") for v in np.ma.filled(table[names[name]], "")], dtype=object)

    frame = pd.DataFrame({"brickname": text("BRICKNAME"), "objid": column("OBJID").astype(np.int64),
                          "ra": column("RA"), "dec": column("DEC")})
    frame["type"] = np.array([t.upper() for t in text("TYPE")], dtype=object)
    fluxes = [column("FLUX_" + b) for b in ("G", "R", "Z", "W1")]
    for name, values in photometry(*fluxes).items():
        frame[name] = values
    transmissions = [column("MW_TRANSMISSION_" + b).astype(np.float64) for b in ("G", "R", "Z", "W1")]
    with np.errstate(all="ignore"):
        corrected = [np.where(np.isfinite(t) & (t > 0), f.astype(np.float64) / t, np.nan)
                     for f, t in zip(fluxes, transmissions)]
    for name, values in photometry(*corrected).items():
        frame[name + "_mw"] = values
    frame["maskbits"] = column("MASKBITS").astype(np.int64)
    extended = frame["type"].to_numpy() != "PSF"
    with np.errstate(invalid="ignore"):
        frame["is_gal"] = extended & (fluxes[1] > 0) & (fluxes[2] > 0) & (fluxes[3] > 0)
    for variant in VARIANTS:
        frame["is_" + variant] = extended & passes(variant, frame.zmag.to_numpy(), frame.rz.to_numpy(),
                                                   frame.zw1.to_numpy())
    return frame


# ------------------------------------------------------------------------------------------------ regions


def box_area_deg2(ra1, ra2, dec1, dec2):
    return (ra2 - ra1) * (180.0 / np.pi) * (np.sin(np.radians(dec2)) - np.sin(np.radians(dec1)))


def grid_adjacent(ra, dec, cell=0.25, ra_eps=0.30, dec_eps=0.30):
    """Neighbour lists by comparing all pairs of the same or neighbouring buckets (bucket numbers do not wrap)."""
    bi, bj = np.floor(ra / cell).astype(int), np.floor((dec + 90.0) / cell).astype(int)
    buckets = {}
    for n, key in enumerate(zip(bi, bj)):
        buckets.setdefault(key, []).append(n)
    neighbours = [[] for _ in ra]
    for n in range(len(ra)):
        for di in (-1, 0, 1):
            for dj in (-1, 0, 1):
                for m in buckets.get((bi[n] + di, bj[n] + dj), ()):
                    if m == n:
                        continue
                    dra = abs(ra[n] - ra[m])
                    dra = min(dra, 360.0 - dra)
                    if abs(dec[n] - dec[m]) <= dec_eps and dra <= ra_eps:
                        neighbours[n].append(m)
    return neighbours


def flood_fill(names, neighbours):
    """Component of each brick, numbered by the smallest name it holds (byte order)."""
    label = np.full(len(names), -1)
    order = np.argsort(np.array(names, dtype="S8"))
    next_label = 0
    for start in order:
        if label[start] >= 0:
            continue
        stack = [start]
        label[start] = next_label
        while stack:
            for m in neighbours[stack.pop()]:
                if label[m] < 0:
                    label[m] = next_label
                    stack.append(m)
        next_label += 1
    return label


def spark_xxhash64(region_id, seed):
    """Spark's xxhash64(region_id, lit(seed)) of two 32-bit integers, as a signed 64-bit number."""
    h = xxhash.xxh64_intdigest(int(region_id).to_bytes(4, "little", signed=True), seed=42)
    h = xxhash.xxh64_intdigest(int(seed).to_bytes(4, "little", signed=True), seed=h)
    return h - (1 << 64) if h >= 1 << 63 else h


def hash_split(region_id, seed=13, test=0.20, val=0.10):
    u = (abs(spark_xxhash64(region_id, seed)) % 1_000_000) / 1_000_000
    return u, "test" if u < test else "val" if u < test + val else "train"


def percentile(values, p):
    values = np.sort(values[~pd.isna(values)])
    # ceil(p n) with p a decimal fraction: in integers, so that no rounding error decides
    rank = -(-round(p * 100) * len(values) // 100)
    return values[max(rank, 1) - 1] if len(values) else np.nan


def bricks_with_region(counts, bricks):
    """Joined, cut and labelled bricks, sorted by name. `counts` and `bricks` have lower-case columns."""
    joined = counts.merge(bricks, on="brickname", how="left", suffixes=("_counts", ""))
    joined["area_deg2"] = box_area_deg2(joined.ra1, joined.ra2, joined.dec1, joined.dec2)
    good = (joined.ebv.astype(float) <= 0.12) & (joined.psfsize_r.astype(float) <= 1.6) & (
        joined.psfdepth_r.astype(float) >= 23.6)
    kept = joined[good].sort_values("brickname").reset_index(drop=True)
    neighbours = grid_adjacent(kept.ra.to_numpy(float), kept.dec.to_numpy(float))
    kept["region_id"] = flood_fill(kept.brickname.tolist(), neighbours)
    kept["brick_degree"] = [len(n) for n in neighbours]
    kept["gal_density"] = kept.n_gal / kept.area_deg2
    kept["lrg_frac_v3"] = kept.n_lrg_v3_color_relaxed / kept.n_gal.where(kept.n_gal > 0)
    for name in VARIANTS:
        kept[f"lrg_density_{name[:2]}"] = kept[f"n_lrg_{name}"] / kept.area_deg2
    kept["component_id"] = kept.region_id
    kept["brick_split"] = [hash_split(r)[1] for r in kept.region_id]
    return kept


def region_metrics(kept, variant="v3_color_relaxed"):
    rows = []
    for region_id, b in kept.groupby("region_id"):
        row = {"region_id": region_id, "component_id": region_id, "n_bricks": len(b), "area_deg2": b.area_deg2.sum(), "n_gal_total": b.n_gal.sum(),
               "gal_density_area_sum": (b.gal_density * b.area_deg2).sum()}
        for name in VARIANTS:
            row[f"n_lrg_{name[:2]}_total"] = b[f"n_lrg_{name}"].sum()
            row[f"lrg_density_{name[:2]}_areaweighted"] = b[f"n_lrg_{name}"].sum() / b.area_deg2.sum()
        for q in ("psfsize_r", "psfdepth_r", "ebv", "brick_degree", "gal_density", "lrg_frac_v3", "nexp_g", "nexp_r",
                  "nexp_z"):
            values = b[q].to_numpy(float)
            values = values[~np.isnan(values)]
            row[q + "_mean"] = values.mean() if len(values) else np.nan
            row[q + "_std"] = values.std(ddof=1) if len(values) > 1 else np.nan
            for p in (10, 50, 90):
                row[f"{q}_p{p}"] = percentile(values, p / 100)
        row.update(ra_min=b.ra.min(), ra_max=b.ra.max(), dec_min=b.dec.min(), dec_max=b.dec.max())
        span = (row["ra_max"] - row["ra_min"]) * (row["dec_max"] - row["dec_min"]) * np.cos(
            np.radians((row["dec_max"] + row["dec_min"]) / 2))
        row["compactness"] = row["area_deg2"] / span if span > 0 else np.nan
        row["split_u"], row["region_split"] = hash_split(region_id)
        row["w_psf"] = np.clip(np.exp(-(row["psfsize_r_p50"] - 1.25) / 0.25), 0, 1)
        row["w_depth"] = 1 / (1 + np.exp(-(row["psfdepth_r_p50"] - 23.8) / 0.25))
        row["w_ebv"] = np.clip(np.exp(-4 * row["ebv_p50"]), 0, 1)
        density = row[f"lrg_density_{variant[:2]}_areaweighted"]
        row["score_density"] = density
        row["score_n_lrg"] = row[f"n_lrg_{variant[:2]}_total"]
        row["score_area_weighted"] = density * np.sqrt(row["area_deg2"])
        row["score_psf_weighted"] = density * row["w_psf"] * row["w_depth"] * row["w_ebv"]
        rows.append(row)
    return pd.DataFrame(rows)


# ------------------------------------------------------------------------------------------------ selection


def select(metrics, config, variant="v3_color_relaxed", quantiles=(0, 0.5, 0.9, 1), weights=(0.2, 0.4, 0.4),
           densities=None):
    """Rows (selection_set_id, region_id, region_split, region_rank, density_bin) of every selection set.

    `metrics` has a row for each region and split; `densities` one for each region, where the two differ.
    """
    column = f"lrg_density_{variant[:2]}_areaweighted"
    density = metrics[column].to_numpy()
    ordered = np.sort((metrics if densities is None else densities)[column].to_numpy())
    n = len(ordered)
    edges = [ordered[max(1, -(-round(q * 10**9) * n // 10**9)) - 1] for q in sorted(set(quantiles))]
    bins = np.full(len(density), -1)
    for i, d in enumerate(density):
        for b in range(len(edges) - 1):
            last = b == len(edges) - 2
            if edges[b] <= d and (d < edges[b + 1] or (last and d <= edges[b + 1])):
                bins[i] = b
                break
    pool = metrics.assign(density_bin=bins)
    out = []
    for mode, k_top, k_strat in config:
        ranked = pool.sort_values([f"score_{mode}", "region_id"], ascending=[False, True])
        for split in ("test", "train", "val"):
            of_split = ranked[ranked.region_split == split]
            for rank, region in enumerate(of_split.region_id.head(k_top), 1):
                out.append((f"topk_{mode}_k{k_top}", region, split, rank, None))
            if k_strat:
                for kind, share in (("custom", weights), ("balanced", [1 / len(weights)] * len(weights))):
                    for b, weight in enumerate(share):
                        take = int(np.ceil(round(weight * k_strat, 9)))
                        for rank, region in enumerate(of_split[of_split.density_bin == b].region_id.head(take), 1):
                            out.append((f"strat_{kind}_{mode}_k{k_strat}", region, split, rank, b))
    return pd.DataFrame(out, columns=["selection_set_id", "region_id", "region_split", "region_rank", "density_bin"])

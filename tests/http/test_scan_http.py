# SPDX-License-Identifier: Apache-2.0
"""Sweeps from a web server give the bytes that the same sweeps give from disk, or a clear error and nothing.

DHS_BINARY names the program under test.
"""

import gzip
import hashlib
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

from server import Fault, Server

DHS = os.environ["DHS_BINARY"]
MAY_DIFFER = "_stage_config.json"  # the one file that carries times
BIG = "sweep-175p030-180p035"  # more than two blocks of 4 MiB
ZIPPED = "sweep-145p000-150p005"  # gzip by content, under a name that does not say so


def dhs(*args, code=0, **environment):
    """Runs the program; returns what it says."""
    quick = {"DHS_HTTP_TIMEOUT_S": "2", "no_proxy": "*"}
    done = subprocess.run([DHS, *map(str, args)], capture_output=True, text=True,
                          env={**os.environ, **quick, **environment})
    assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def digests(root):
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(root.rglob("*")) if p.is_file() and p.name != MAY_DIFFER}


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    root = tmp_path_factory.mktemp("http") / "survey"
    dhs("mock", "survey", "--bricks", 20, "--seed", 5, "--out", root)
    zipped = root / "sweeps" / f"{ZIPPED}.fits"
    zipped.write_bytes(gzip.compress(zipped.read_bytes(), compresslevel=0, mtime=0))
    assert zipped.stat().st_size > 4 << 20 and (root / "sweeps" / f"{BIG}.fits").stat().st_size > 8 << 20
    return root


@pytest.fixture(scope="module")
def want(survey, tmp_path_factory):
    out = tmp_path_factory.mktemp("local")
    dhs("scan", "--sweep-index", survey / "sweep-index.txt", "--output", out)
    found = digests(out)
    assert len(found) > 25
    return found


def scan(server, out, *args, index="/sweep-index.txt", **keywords):
    return dhs("scan", "--sweep-index", server.url + index, "--output", out, *args, **keywords)


def check_nothing_made(out):
    assert not (out / "scan" / "dr10").exists()


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_remote_index_and_sweeps_give_the_local_bytes(survey, want, tmp_path, threads):
    with Server(survey) as server:
        scan(server, tmp_path, "--threads", threads)
        assert digests(tmp_path) == want
        ranges = [r for method, path, r in server.requests if method == "GET" and BIG in path]
        assert len(ranges) >= 5 and all(ranges)  # three openings, and the blocks


def test_local_index_of_urls_with_a_query(survey, want, tmp_path):
    lines = (survey / "sweep-index.txt").read_text().split("\n")
    with Server(survey) as server:
        index = tmp_path / "urls.txt"
        index.write_text("\n".join(f"{server.url}/{x}?sig=a%2Fb" if x and x[0] != "#" else x for x in lines))
        dhs("scan", "--sweep-index", index, "--output", tmp_path / "out")
        sweeps = [path for method, path, _ in server.requests]
        assert sweeps and all(path.endswith("?sig=a%2Fb") for path in sweeps)
        manifest = (tmp_path / "out/scan/dr10/_manifest.json").read_text()
        assert manifest.count(server.url) == 29
        found = digests(tmp_path / "out")
        del found["scan/dr10/_manifest.json"]
        assert found == {name: digest for name, digest in want.items() if not name.endswith("_manifest.json")}


TRANSIENT = {
    "503 to every first opening": [Fault("status=503", ".fits", times=3), Fault("status=503", "index", times=2)],
    "429 on HEAD": [Fault("status=429", ".fits", "HEAD", times=5)],
    "500 in the middle": [Fault("status=500", BIG, first=3, times=2)],
    "resets": [Fault("reset", BIG, first=3, times=3), Fault("reset", ZIPPED, first=3, times=1)],
    "reset of an opening": [Fault("reset", BIG, times=1)],
    "stall": [Fault("stall", BIG, first=3, times=1)],
    "short bodies": [Fault("short", BIG, first=3, times=4), Fault("short", ZIPPED, first=3, times=2)],
    "short opening and index": [Fault("short", BIG, times=1), Fault("short", "index", times=1)],
}


@pytest.mark.parametrize("name", TRANSIENT)
def test_transient_faults_leave_no_trace(survey, want, tmp_path, name):
    with Server(survey, TRANSIENT[name]) as server:
        scan(server, tmp_path)
    assert all(fault.struck == fault.times for fault in server.faults)
    assert digests(tmp_path) == want


HARMLESS = {
    "redirects": [Fault("redirect", "/sweep"), Fault("redirect", "/sweep", "HEAD")],
    "HEAD refused": [Fault("status=403", ".fits", "HEAD")],
    "HEAD without a size": [Fault("unsized", ".fits", "HEAD")],
    "no ETag and no date": [Fault("bare"), Fault("bare", "", "HEAD")],
    "an index from a server without ranges": [Fault("whole", "index")],
}


@pytest.mark.parametrize("name", HARMLESS)
def test_unusual_servers_give_the_same_bytes(survey, want, tmp_path, name):
    with Server(survey, HARMLESS[name]) as server:
        scan(server, tmp_path)
    assert all(fault.struck > 0 for fault in server.faults)
    assert digests(tmp_path) == want


# Faults, exit code, what the message says of the sweep BIG.
LASTING = {
    "503 for good": ([Fault("status=503", BIG, first=3)], 4, "cannot be read: HTTP 503 (tried 3 times); run the same"),
    "resets for good": ([Fault("reset", BIG, first=3)], 4, "(tried 3 times)"),
    "gone": ([Fault("status=404", BIG, first=3)], 3, "there is no such file (HTTP 404)"),
    "forbidden": ([Fault("status=403", BIG)], 4, "the server refuses access (HTTP 403)"),
    "strange answer": ([Fault("status=418", BIG)], 3, "the server answers HTTP 418"),
    "ETag changes": ([Fault("etag", BIG, first=3)], 3, "the file changed while it was read: its ETag was "),
    "ETag changes before it is opened": ([Fault("etag", BIG)], 3, "the file changed while it was read: its ETag was "),
    "date changes": ([Fault("date", BIG, first=3), Fault("no-etag", BIG), Fault("no-etag", BIG, "HEAD")], 3, "the file changed while it was read: its date was "),
    "size changes": ([Fault("grown", BIG, first=3)], 3, "its size was 10918080 bytes, now 10918081 bytes"),
    "another range": ([Fault("shift", BIG, first=3)], 3, "the server sent another range, from byte "),
    "no ranges": ([Fault("whole", BIG)], 3, "the server cannot send a part of a file"),
}


@pytest.mark.parametrize("name", LASTING)
def test_lasting_faults_are_told_and_leave_nothing(survey, want, tmp_path, name):
    faults, code, text = LASTING[name]
    with Server(survey, faults) as server:
        said = scan(server, tmp_path, code=code, DHS_HTTP_TRIES="3")
        assert faults[0].struck > 0
        assert f"error: {server.url}/sweeps/{BIG}.fits: " in said or f"error: {server.url}/sweeps/{BIG}.fits, " in said
        assert text in said and said.count("\n") <= 3, said
        check_nothing_made(tmp_path)
        server.faults.clear()
        scan(server, tmp_path)
        assert digests(tmp_path) == want


def test_missing_sweep_is_told_and_can_be_skipped(survey, tmp_path):
    with Server(survey, [Fault("status=404", BIG), Fault("status=404", BIG, "HEAD")]) as server:
        said = scan(server, tmp_path, code=3)
        assert f"1 of the 29 sweeps listed do not exist: {server.url}/sweeps/{BIG}.fits; get them" in said
        check_nothing_made(tmp_path)
        said = scan(server, tmp_path, "--on-missing", "skip", code=3)
        assert f"sweep sweeps/{BIG}.fits was skipped: the file does not exist" in said


def test_missing_index_is_a_data_error(survey, tmp_path):
    with Server(survey) as server:
        said = scan(server, tmp_path, index="/nowhere.txt", code=3)
        assert f"error: {server.url}/nowhere.txt: there is no such file (HTTP 404)" in said


def test_refused_connection_is_told_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/sweep-index.txt"
        said = dhs("scan", "--sweep-index", url, "--output", tmp_path, code=4)
    assert re.search(rf"error: {re.escape(url)}: cannot be reached: .*refused|connect", said), said


def test_other_contents_behind_the_same_url_is_another_run(survey, want, tmp_path):
    with Server(survey) as server:
        scan(server, tmp_path)
        assert "skipped" in scan(server, tmp_path)
        server.faults = [Fault("etag", BIG), Fault("etag", BIG, "HEAD")]
        said = scan(server, tmp_path, code=2)
        assert re.search(rf'input sweep .*{BIG}.fits: ETag was "\w+", now "\w+-new"', said), said
    assert digests(tmp_path) == want

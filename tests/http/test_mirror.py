# SPDX-License-Identifier: Apache-2.0
"""dhs mirror: sweeps from a web server that fails as it is told, complete, verified, and brought once.

DHS_BINARY names the program under test.
"""

import hashlib
import json
import os
import signal
import subprocess
import time

import pytest

from server import Fault, Server

DHS = os.environ["DHS_BINARY"]


def environment(**more):
    return {**os.environ, "DHS_HTTP_TIMEOUT_S": "2", "no_proxy": "*", **more}


def dhs(*args, code=0, **more):
    done = subprocess.run([DHS, *map(str, args)], capture_output=True, text=True, env=environment(**more))
    assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def digests(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("sweep-*")}


def leftovers(folder):
    return [p.name for p in folder.iterdir() if p.name.startswith(".")]


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """Twenty sweeps, their index and their checksums."""
    root = tmp_path_factory.mktemp("mirror") / "survey"
    dhs("mock", "survey", "--bricks", 24, "--seed", 5, "--out", root)
    names = [line for line in (root / "sweep-index.txt").read_text().split("\n") if line.startswith("sweeps/")][:20]
    (root / "twenty.txt").write_text("\n".join(names))
    want = {n.split("/")[1]: hashlib.sha256((root / n).read_bytes()).hexdigest() for n in names}
    (root / "sums").write_text("".join(f"{d}  {n}\n" for n, d in want.items()))
    size = sum((root / n).stat().st_size for n in names)
    assert len(want) == 20 and size > 60_000_000
    return {"root": root, "want": want, "size": size}


def mirror(server, to, *options, **keywords):
    return dhs("mirror", "--sweep-index", server.url + "/twenty.txt", "--to", to, *options, **keywords)


def test_the_network_cut_ten_times(survey, tmp_path):
    cuts = [Fault(kind, "sweep-", first=n, times=1)
            for n, kind in zip(range(2, 42, 4), ["reset", "short", "stall", "reset", "short"] * 2)]
    with Server(survey["root"], cuts) as server:
        told = mirror(server, tmp_path, "--sha256", server.url + "/sums")
        assert sum(cut.struck for cut in cuts) == 10
        assert digests(tmp_path) == survey["want"] and not leftovers(tmp_path)
        assert server.bytes_sent <= 1.1 * survey["size"]
    books = json.loads((tmp_path / "_mirror.json").read_text())
    assert sum(f["bytes_fetched"] for f in books["files"]) == survey["size"]
    assert all(f["verified"] and f["sha256"] == survey["want"][f["name"]] for f in books["files"])
    assert "20 verified by SHA-256" in told


def test_killed_and_begun_again_it_continues(survey, tmp_path):
    sent = 0
    with Server(survey["root"], bytes_per_s=60e6) as server:
        command = [DHS, "mirror", "--sweep-index", server.url + "/twenty.txt", "--to", str(tmp_path), "--threads", "4"]
        for _ in range(3):
            running = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 20
            while server.bytes_sent < sent + 12e6 and time.monotonic() < deadline and running.poll() is None:
                time.sleep(0.005)
            sent = server.bytes_sent
            running.send_signal(signal.SIGKILL)
            running.wait()
        assert len(digests(tmp_path)) < 20  # killed, not finished
        server.throttle = None
        told = mirror(server, tmp_path, "--sha256", server.url + "/sums")
    assert digests(tmp_path) == survey["want"] and not leftovers(tmp_path)
    books = json.loads((tmp_path / "_mirror.json").read_text())["files"]
    assert sum(f["bytes_fetched"] for f in books) < survey["size"] and "continued from an earlier run" in told
    assert any(f["bytes_continued"] > 0 or f["status"] == "there already" for f in books)


def test_what_is_there_is_not_brought_again_and_what_is_wrong_is_replaced(survey, tmp_path):
    with Server(survey["root"]) as server:
        mirror(server, tmp_path)
        before = server.bytes_sent
        spoilt = sorted(tmp_path.glob("sweep-*"))[3]
        bytes_ = bytearray(spoilt.read_bytes())
        bytes_[5000] ^= 1
        spoilt.write_bytes(bytes_)
        assert "not verified" in mirror(server, tmp_path)  # the size is right
        mirror(server, tmp_path, "--sha256", survey["root"] / "sums")
        assert digests(tmp_path) == survey["want"]
        opened = 20 * 300_000  # the index and the first bytes of files that are looked at
        assert server.bytes_sent - before < spoilt.stat().st_size + opened


def test_a_part_of_another_file_is_not_continued(survey, tmp_path):
    name = sorted(survey["want"])[0]
    (tmp_path / f".{name}.part").write_bytes(b"x" * 100_000)
    (tmp_path / f".{name}.part.json").write_text(json.dumps({"source": "elsewhere", "size_bytes": 5}))
    with Server(survey["root"]) as server:
        mirror(server, tmp_path)
    assert digests(tmp_path) == survey["want"]


def test_a_wrong_checksum_fails_that_file_alone(survey, tmp_path):
    wrong = sorted(survey["want"])[7]
    sums = tmp_path / "sums"
    sums.write_text("".join(f"{'0' * 64 if n == wrong else d} *{n}\n" for n, d in survey["want"].items()))
    with Server(survey["root"]) as server:
        told = mirror(server, tmp_path / "to", "--sha256", sums, code=3)
    assert f"expected SHA-256 {'0' * 64}, found {survey['want'][wrong]} (brought twice)" in told
    found = digests(tmp_path / "to")
    assert wrong not in found and len(found) == 19 and not leftovers(tmp_path / "to")


@pytest.mark.parametrize("sums, text", [
    ("abc  sweep.fits\n", "expected 64 hexadecimal digits"),
    ("0" * 64 + "\n", "expected 64 hexadecimal digits"),
    ("0" * 64 + "  other.fits\n", "there is no checksum of sweep-"),
    ("0" * 64 + "  a.fits\n" + "1" * 64 + "  a.fits\n", "a.fits is listed with two checksums"),
])
def test_a_list_that_does_not_hold_is_refused_before_anything_is_brought(survey, tmp_path, sums, text):
    (tmp_path / "sums").write_text(sums)
    with Server(survey["root"]) as server:
        assert text in mirror(server, tmp_path / "to", "--sha256", tmp_path / "sums", code=3)
    assert not (tmp_path / "to").exists()


def test_a_server_that_is_gone_is_worth_another_try(survey, tmp_path):
    name = sorted(survey["want"])[2]
    with Server(survey["root"], [Fault("status=503", name)]) as server:
        told = mirror(server, tmp_path, code=4, DHS_HTTP_TRIES="2")
        assert name in told and len(digests(tmp_path)) == 19
        server.faults.clear()
        mirror(server, tmp_path, "--sha256", server.url + "/sums")
    assert digests(tmp_path) == survey["want"]


def test_a_file_that_changes_underfoot_fails_and_comes_right_the_next_time(survey, tmp_path):
    big = max(survey["want"], key=lambda n: (survey["root"] / "sweeps" / n).stat().st_size)
    with Server(survey["root"], [Fault("etag", big, first=2)]) as server:
        assert "the file changed while it was read" in mirror(server, tmp_path, code=3)
        assert big not in digests(tmp_path)
        server.faults.clear()
        mirror(server, tmp_path)
    assert digests(tmp_path) == survey["want"]


def test_two_at_once_the_second_says_so(survey, tmp_path):
    with Server(survey["root"], bytes_per_s=20e6) as server:
        first = subprocess.Popen([DHS, "mirror", "--sweep-index", server.url + "/twenty.txt", "--to", str(tmp_path)],
                                 env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not list(tmp_path.glob(".sweep-*.part")) and first.poll() is None:
            time.sleep(0.005)
        assert "another `dhs mirror` is at work here" in mirror(server, tmp_path, code=4)
        first.send_signal(signal.SIGINT)
        assert first.wait() == 130
    assert leftovers(tmp_path)  # what it had is kept for the next time


def test_local_sweeps_and_equal_base_names(survey, tmp_path):
    dhs("mirror", "--sweep-index", survey["root"] / "twenty.txt", "--to", tmp_path / "to", "--sha256",
        survey["root"] / "sums")
    assert digests(tmp_path / "to") == survey["want"]
    sweeps = survey["root"] / "sweeps"
    name = sorted(survey["want"])[0]
    (tmp_path / "twice").mkdir()
    (tmp_path / "twice" / name).write_bytes(b"x")
    (tmp_path / "index.txt").write_text(f"{sweeps / name}\n{tmp_path / 'twice' / name}\n")
    assert "have one base name" in dhs("mirror", "--sweep-index", tmp_path / "index.txt", "--to", tmp_path / "b", code=3)
    assert "mirror needs --sweep-index FILE and --to DIR" in dhs("mirror", code=2)

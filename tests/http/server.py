# SPDX-License-Identifier: Apache-2.0
"""A web server with ranges that fails as it is told. Python's standard library only.

By hand, for a figure of throughput: python3 tests/http/server.py FOLDER [BYTES_PER_SECOND], all connections together.
"""

import hashlib
import http.server
import os
import re
import socket
import struct
import sys
import threading
import time
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

PIECE = 256 * 1024


class Fault:
    """What happens to the requests with number first <= n < first + times, counted from 0 among those of `method` whose
    path holds `path`. Kinds:
      status=CODE   that answer            reset    half of the body, then a TCP reset
      redirect      302 to /moved/PATH     stall    half of the body, then silence until the client goes
      etag, date    another one            short    half of the announced body, then a regular end
      shift         another range          whole    200 with the whole file, as of a server that knows no ranges
      unsized       a HEAD without a size  bare     neither ETag nor date
      grown         one more byte in all                   no-etag  a date alone
    """

    def __init__(self, kind, path="", method="GET", first=0, times=10**9):
        self.kind, self.path, self.method, self.first, self.times = kind, path, method, first, times
        self.seen = self.struck = 0

    def strikes(self, method, path):
        if method != self.method or self.path not in path:
            return False
        self.seen += 1
        hit = self.first <= self.seen - 1 < self.first + self.times
        self.struck += hit
        return hit


class Throttle:
    """Hands out the right to send, at one rate for all connections."""

    def __init__(self, bytes_per_s):
        self.bytes_per_s, self.lock, self.due = bytes_per_s, threading.Lock(), 0.0

    def wait_for(self, size):
        with self.lock:
            now = time.monotonic()
            self.due = max(self.due, now - 0.005) + size / self.bytes_per_s
            wait = self.due - now
        if wait > 0:
            time.sleep(wait)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 0

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer("HEAD")

    def do_GET(self):
        self.answer("GET")

    def plain(self, code, extra=()):
        body = b"no" if self.command == "GET" else b""
        self.send_response(code)
        for name, value in extra:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, method):
        path = unquote(urlsplit(self.path).path)
        with self.server.lock:
            self.server.requests.append((method, self.path, self.headers.get("Range")))
            struck = {f.kind for f in self.server.faults if f.strikes(method, self.path)}
        codes = [kind for kind in struck if kind.startswith("status=")]
        if codes:
            return self.plain(int(codes[0][7:]), [("Retry-After", "0")])
        if "redirect" in struck and not self.path.startswith("/moved"):
            return self.plain(302, [("Location", "/moved" + self.path)])
        file = self.server.root / path.removeprefix("/moved").lstrip("/")
        if not file.is_file():
            return self.plain(404)
        self.send_file(method, file, struck)

    def send_file(self, method, file, struck):
        size = file.stat().st_size
        total = size + ("grown" in struck)
        begin, end = 0, size
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        ranged = asked is not None and method == "GET" and "whole" not in struck
        if ranged:
            begin, end = int(asked[1]), min(int(asked[2] or size - 1) + 1, size)
            if begin >= size:
                return self.plain(416, [("Content-Range", f"bytes */{total}")])
        if "shift" in struck:
            begin, end = begin + 1, end + 1
        self.send_response(206 if ranged else 200)
        if ranged:
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{total}")
        if "bare" not in struck:
            etag = hashlib.sha256(str(file).encode()).hexdigest()[:16]
            if "no-etag" not in struck:
                self.send_header("ETag", f'"{etag}-new"' if "etag" in struck else f'"{etag}"')
            self.send_header("Last-Modified", formatdate(file.stat().st_mtime + ("date" in struck), usegmt=True))
        if "unsized" in struck:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(end - begin))
        self.end_headers()
        if method == "HEAD":
            return
        broken = struck & {"reset", "stall", "short"}
        try:
            self.send_body(file, begin, begin + (end - begin) // 2 if broken else end)
            if "stall" in broken:
                self.connection.recv(1)  # returns when the client gives up
        except OSError:  # the client has gone
            self.close_connection = True
        if broken:
            self.close_connection = True
        if "reset" in broken:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def send_body(self, file, begin, end):
        with open(file, "rb") as source:
            while begin < end:
                count = min(PIECE, end - begin)
                if self.server.throttle:
                    self.server.throttle.wait_for(count)
                sent = 0
                while sent < count:
                    sent += os.sendfile(self.connection.fileno(), source.fileno(), begin + sent, count - sent)
                with self.server.lock:
                    self.server.bytes_sent += count
                begin += count


class Server(http.server.ThreadingHTTPServer):
    """Serves the folder `root` on a free port until the `with` block ends."""

    daemon_threads = True

    def __init__(self, root, faults=(), bytes_per_s=None, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.root, self.faults, self.lock, self.requests = Path(root), list(faults), threading.Lock(), []
        self.bytes_sent = 0  # of bodies
        self.throttle = Throttle(bytes_per_s) if bytes_per_s else None
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_):  # a client that goes away is no error
        pass

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


if __name__ == "__main__":
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else None
    server = Server(sys.argv[1], bytes_per_s=rate, port=int(os.environ.get("PORT", "0")))
    print(server.url, flush=True)
    server.serve_forever()

"""A server on this machine that behaves like the publishers of official files, well or badly.

It stands in for every host: an address https://<host>/<path> is asked of it as /<host>/<path>.
"""

import gzip
import io
import json
import threading
import time
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Publisher(BaseHTTPRequestHandler):
    """Answers an address by its route: a function of the request and how often it was asked before."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        earlier = sum(path == self.path for path, _ in self.server.asked)
        self.server.asked.append((self.path, dict(self.headers)))
        route = self.server.routes.get("https:/" + self.path, not_found)
        route(self, earlier)

    def answer(self, body=b"", code=200, length=None, **headers):
        """Send a body, or the beginning of one: `length` is what the header says."""
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self):
        # Said, not only done: who asks again on a connection about to be closed gets no answer.
        self.send_header("Connection", "close")
        super().end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def publishing(routes: dict):
    """Serve routes; gives the server, whose `asked` lists paths and headers of requests."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.routes, server.asked = routes, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def not_found(request, _):
    request.answer(b"<html>not found</html>", 404, Content_Type="text/html")


def whole(body: bytes, **headers):
    """The file, conditional and in ranges."""

    def route(request, _):
        etag = headers.get("ETag", '"1"')
        if request.headers.get("If-None-Match") == etag:
            request.answer(code=304)
        elif request.headers.get("Range") and request.headers.get("If-Range") == etag:
            start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            request.answer(body[start:], 206, Content_Range=span, ETag=etag)
        else:
            request.answer(body, **{"Content_Type": "text/csv", "ETag": etag, **headers})

    return route


def in_turn(*routes):
    """One route after the other, then the last."""
    return lambda request, earlier: routes[min(earlier, len(routes) - 1)](request, earlier)


def code(number: int, **headers):
    return lambda request, _: request.answer(b"busy", number, **headers)


def cut_off(body: bytes, at: int):
    """The beginning of the file, announced as the whole."""
    return lambda request, _: request.answer(body[:at], length=len(body), ETag='"1"')


def drip(body: bytes, seconds: float):
    """A byte now and then: never silent for long, never done."""

    def route(request, _):
        request.answer(length=len(body), ETag='"1"')
        try:
            for i in range(len(body)):
                request.wfile.write(body[i : i + 1])
                time.sleep(seconds)
        except OSError:
            pass

    return route


def redirect(to: str):
    return lambda request, _: request.answer(code=302, Location=to)


def json_list(pages: list[list[dict]]):
    """Routes of a list of the API, by their query: ?page=1&pageSize=20 ..."""
    return {
        f"?page={n}&pageSize=20": whole(
            json.dumps({"paging": {"page": n, "totalPages": len(pages)}, "results": page}).encode(),
            Content_Type="application/json",
        )
        for n, page in enumerate(pages, start=1)
    }


def packed(body: bytes, **headers):
    """A CSV as the API sends it: gzip whether asked for or not."""
    return whole(gzip.compress(body), Content_Encoding="gzip", **headers)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()

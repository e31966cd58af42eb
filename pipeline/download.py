"""One address at a time, politely: https only, at the publishers' own hosts, resumed, never half a file.

Addresses are those of `seeds/sources`; a redirect may lead to another of their hosts, nowhere else.
"""

import gzip
import json
import random
import re
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from pipeline.catalogue import MAX_BYTES
from pipeline.errors import InputError
from pipeline.settings import package_version

USER_AGENT = f"la-mart/{package_version()} (statistics of English authorities; fetches official files once)"
CHUNK = 1 << 16
MAX_REDIRECTS = 5
MOVED = {301, 302, 303, 307, 308}
BUSY = {408, 429, 500, 502, 503, 504}
SLOW_LINE = "the line, or the publisher's server, is at fault: try again later; what has come is kept"


@dataclass(frozen=True)
class Manners:
    """How politely, and how long, to ask. Seconds and bytes."""

    pause: float = 1.0  # between two requests
    tries: int = 5
    backoff: float = 2.0  # before the second try; twice as long before each further one
    timeout: float = 30.0  # without a byte, and before the speed is measured
    slowest: float = 1000.0  # bytes a second: a file of 4 MB would take over an hour
    longest_wait: float = 300.0  # that a server may ask for
    max_bytes: int = MAX_BYTES


@dataclass
class Answer:
    """What came with the bytes of a file."""

    etag: str
    last_modified: str
    file_name: str


class Again(Exception):
    """Worth another try: what happened, and how long the server asks to wait."""

    def __init__(self, found: str, wait: float = 0):
        self.found, self.wait = found, wait
        super().__init__(found)


class Downloader:
    """Gets addresses of `hosts` into files.

    `local` is a server on this machine that stands in for all of them, as `/<host>/<path>`: for tests.
    `tell` hears of bytes: how many have come, how many there are (None where the server does not say).
    """

    def __init__(
        self,
        hosts: set[str],
        manners: Manners,
        local: str = "",
        tell: Callable[[int, int | None], None] = lambda done, total: None,
    ):
        self.hosts, self.manners, self.local, self.tell = hosts, manners, local, tell
        self.session = requests.Session()
        self.session.trust_env = not local  # a proxy knows nothing of a server on this machine
        self.asked_at = float("-inf")

    def get(self, address: str, part: Path, validators: dict[str, str] | None = None) -> Answer | None:
        """Get `address` into `part`, from where an earlier attempt stopped; None: not changed since.

        Raises InputError, and leaves no `part` that is not as the server began to send it.
        """
        waited = self.manners.backoff
        for left in reversed(range(self.manners.tries)):
            try:
                return self.attempt(address, part, validators or {})
            except Again as again:
                if not left or again.wait > self.manners.longest_wait:
                    asked = f"; the server asks to wait {again.wait:,.0f} s" if again.wait else ""
                    raise InputError(address, again.found + asked, "the whole file", SLOW_LINE) from None
                time.sleep(max(again.wait, waited * random.uniform(0.5, 1.5)))
                waited *= 2
            except InputError:
                forget(part)
                raise

    def json(self, address: str, part: Path) -> dict:
        """The JSON object at an address."""
        self.get(address, part)
        try:
            found = json.loads(part.read_bytes())
        except ValueError:
            found = None
        forget(part)
        if not isinstance(found, dict):
            raise InputError(address, "no JSON object", "an answer of the API", "try again later")
        return found

    def attempt(self, address: str, part: Path, validators: dict[str, str]) -> Answer | None:
        """One try. Raises Again for what may pass, InputError for what will not."""
        note = noted(part)
        version = note.read_text("utf-8") if note.exists() and part.exists() else ""
        have = part.stat().st_size if version else 0
        headers = {"Range": f"bytes={have}-", "If-Range": version} if have else validators
        try:
            with self.open(address, headers) as response:
                code = response.status_code
                if code == 304 and not have:
                    return None
                if code in BUSY:
                    raise Again(f"HTTP {code}", asked_wait(response.headers.get("Retry-After", "")))
                begins_at = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
                if code == 416 or (code == 206 and not (begins_at and int(begins_at[1]) == have)):
                    forget(part)
                    raise Again(f"HTTP {code}: not the rest of the file")
                if code not in (200, 206):
                    raise InputError(
                        address,
                        f"HTTP {code}",
                        "the file",
                        "look on the publication's page where it went; mend its row in seeds/sources",
                    )
                if "html" in response.headers.get("Content-Type", ""):
                    raise page_instead(address)
                return self.receive(address, response, part, have if code == 206 else 0)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Again(f"no answer, or one cut off ({type(error).__name__})") from None

    def open(self, address: str, headers: dict[str, str]) -> requests.Response:
        """Ask, and follow redirects that stay with the publishers."""
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **headers}
        asked, seconds = address, self.manners.timeout
        for _ in range(MAX_REDIRECTS + 1):
            to = urlsplit(asked)
            if to.scheme != "https" or to.netloc not in self.hosts:
                raise InputError(
                    address,
                    f"an address that is not the publisher's: {asked}" if asked == address
                    else f"a redirect to {asked}",
                    f"https at {', '.join(sorted(self.hosts))}",
                    "look on the publication's page where the file went; mend its row in seeds/sources",
                )  # fmt: skip
            time.sleep(max(0, self.asked_at + self.manners.pause - time.monotonic()))
            self.asked_at = time.monotonic()
            wire = self.local + asked.removeprefix("https:/") if self.local else asked
            response = self.session.get(
                wire, headers=headers, stream=True, allow_redirects=False, timeout=(seconds, seconds)
            )
            if response.status_code not in MOVED:
                return response
            response.close()
            asked = urljoin(asked, response.headers.get("Location", ""))
        raise InputError(
            address, f"more than {MAX_REDIRECTS} redirects", "the file", "look on the publication's page"
        )

    def receive(self, address: str, response: requests.Response, part: Path, have: int) -> Answer:
        """Write what comes behind the first `have` bytes; unpack it if it came packed."""
        limit, headers = self.manners.max_bytes, response.headers
        length = headers.get("Content-Length", "")
        total = have + int(length) if length.isdigit() else None
        # A weak validator does not promise the same bytes: nothing to resume on.
        etag, last_modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
        noted(part).write_text(etag if etag and not etag.startswith("W/") else last_modified, "utf-8")
        done, began = have, time.monotonic()
        with part.open("ab" if have else "wb") as out:
            while (total or 0) <= limit and done <= limit:
                chunk = response.raw.read1(CHUNK, decode_content=False)
                if not chunk:
                    break
                out.write(chunk)
                done += len(chunk)
                self.tell(done, total)
                seconds = time.monotonic() - began
                if seconds > self.manners.timeout and (done - have) / seconds < self.manners.slowest:
                    raise Again(f"{(done - have) / seconds:,.0f} bytes a second, {done:,} bytes so far")
        if (total or done) > limit:
            raise oversize(address, total or done, limit)
        if total is not None and done != total:
            raise Again(f"cut off after {done:,} of {total:,} bytes")
        encoding = headers.get("Content-Encoding", "identity")
        if encoding == "gzip":
            unpack_gzip(address, part, limit)
        elif encoding != "identity":
            raise InputError(address, f"content encoded as {encoding}", "plain or gzip", "try again later")
        noted(part).unlink()
        said = Message()
        said["Content-Disposition"] = headers.get("Content-Disposition", "")
        name = Path((said.get_filename() or "").replace("\\", "/")).name
        return Answer(etag, last_modified, "" if name.startswith(".") else name)


def noted(part: Path) -> Path:
    """Where the version of the file is noted that `part` is the beginning of."""
    return part.with_name(part.name + ".version")


def forget(part: Path) -> None:
    """Take a `.part` away, so that nothing is resumed on it."""
    part.unlink(missing_ok=True)
    noted(part).unlink(missing_ok=True)


def asked_wait(text: str) -> float:
    """Seconds that a Retry-After asks for: a number, or a day and time."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def unpack_gzip(address: str, part: Path, limit: int) -> None:
    """Put what a gzip holds in its place. Raises InputError for a broken one and for a bomb."""
    plain, done = part.with_name(part.name + ".plain"), 0
    try:
        with gzip.open(part) as packed, plain.open("wb") as out:
            while chunk := packed.read(CHUNK):
                done += len(chunk)
                if done > limit:
                    raise oversize(address, done, limit)
                out.write(chunk)
        plain.replace(part)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(address, f"a damaged gzip ({error})", "a whole one", "try again later") from None
    finally:
        plain.unlink(missing_ok=True)


def oversize(address: str, found: int, limit: int) -> InputError:
    """More bytes than any published file has."""
    return InputError(
        address,
        f"a file of {found / 1e6:,.1f} MB or more",
        f"at most {limit / 1e6:,.1f} MB",
        "no published file is as large: look on the publication's page",
    )


def page_instead(address: str) -> InputError:
    """A web page where a file should be: an error, a login, a notice."""
    return InputError(
        address,
        "a web page",
        "the file itself",
        "look at the address in a browser; if the file moved, mend its row in seeds/sources",
    )

"""la-mart fetch against a server on this machine that behaves like the publishers, well and badly."""

import gzip
import hashlib
import json
import re
import shlex
import time

import pytest

from pipeline import cli, fetch, sources
from pipeline.catalogue import scan
from pipeline.download import Manners
from pipeline.settings import PROJECT, SAMPLE

from .conftest import seed
from .publisher import code, cut_off, drip, in_turn, json_list, packed, publishing, redirect, whole, zipped

FILE = "https://assets.publishing.service.gov.uk/media/1/b1_children_in_need_2013_to_2025.csv"
RELEASE = "https://content.explore-education-statistics.service.gov.uk/api/releases/r/files"
API = "https://api.education.gov.uk/statistics/v1"
PUBLICATION = f"{API}/publications/p/data-sets"
NAME = "b1_children_in_need_2013_to_2025.csv"
POPULATION = "ons_mid-year_population_estimates_2012_to_2024.csv"
CSV = b"time_period,new_la_code,value\n" + b"2025,E06000001,1\n" * 100
FAST = {"pause": 0, "backoff": 0.01, "timeout": 1.5, "tries": 3}


def row(source="cin_2025", folder="cin/2025", kind="govuk_asset", address=FILE):
    return_name, edition = folder.split("/")
    given = {"source": source, "return_name": return_name, "edition": edition, "kind": kind}
    texts = ("publisher", "publication", "page", "page_known_by", "licence", "note")
    return dict.fromkeys(texts, "") | given | {"address": address}


def listed(name=NAME, content=None, source="cin_2025"):
    known = {"bytes": str(len(content)), "sha256": sha(content)} if content else {"bytes": "", "sha256": ""}
    return {"source": source, "file_name": name, **known}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run `la-mart fetch` on a register of its own; gives exit code, what it printed, the server."""
    monkeypatch.setenv("RAW_DIR", str(tmp_path / "official"))

    def call(routes, *arguments, rows=None, files=None, **manners):
        register = {"sources": rows or [row()], "files": [listed()] if files is None else files}
        for module in (fetch, sources):
            monkeypatch.setattr(module, "read_seed", lambda name, folder: register.get(name))
        polite = Manners(**{**FAST, **manners})
        monkeypatch.setattr(fetch, "Manners", lambda: polite)
        with publishing(routes) as server:
            monkeypatch.setenv("FETCH_LOCAL_SERVER", f"http://127.0.0.1:{server.server_port}")
            done = cli.main(["fetch", *arguments])
        said = capsys.readouterr()
        return done, said.out + said.err, server

    call.raw = tmp_path / "official"
    return call


def files_of(raw, hidden=False):
    """Names of the files under a folder, those that a build would see or those beside them."""
    found = {p.relative_to(raw).as_posix() for p in raw.rglob("*") if p.is_file()}
    kept = {n for n in found if n.startswith(".fetch/")}
    return (kept - {".fetch/busy", ".fetch/lock.json"}) if hidden else found - kept


def locked(raw):
    return json.loads((raw / ".fetch/lock.json").read_text("utf-8"))


def test_a_file_is_got_once_and_asked_for_only_if_it_changed(run):
    done, said, server = run({FILE: whole(CSV)})
    assert done == 0 and f"cin/2025  {NAME}" in said
    assert (run.raw / "cin/2025" / NAME).read_bytes() == CSV
    entry = locked(run.raw)[f"cin/2025/{NAME}"]
    assert (entry["sha256"], entry["bytes"], entry["address"]) == (sha(CSV), len(CSV), FILE)
    assert "la-mart" in server.asked[0][1]["User-Agent"]
    assert files_of(run.raw, hidden=True) == set()
    done, said, server = run({FILE: whole(CSV)})
    assert done == 0 and "1 there" in said
    assert [headers["If-None-Match"] for _, headers in server.asked] == ['"1"']


def test_a_file_with_a_day_alone_is_asked_for_by_it(run):
    day = "Thu, 30 Oct 2025 09:30:00 GMT"
    run({FILE: whole(CSV, ETag="", Last_Modified=day)})
    done, _, server = run({FILE: code(304)})
    assert done == 0 and server.asked[0][1]["If-Modified-Since"] == day


def test_a_cut_off_body_is_resumed_and_the_file_is_whole(run):
    done, _, server = run({FILE: in_turn(cut_off(CSV, 700), whole(CSV))}, files=[listed(content=CSV)])
    assert done == 0 and (run.raw / "cin/2025" / NAME).read_bytes() == CSV
    assert server.asked[1][1]["Range"] == "bytes=700-" and server.asked[1][1]["If-Range"] == '"1"'


def test_what_a_stopped_run_left_is_resumed_by_the_next(run):
    done, said, _ = run({FILE: cut_off(CSV, 700)}, tries=1)
    assert done == 1 and "cut off" in said and files_of(run.raw) == set()
    done, _, server = run({FILE: whole(CSV)})
    assert done == 0 and (run.raw / "cin/2025" / NAME).read_bytes() == CSV
    assert server.asked[0][1]["Range"] == "bytes=700-"


def test_a_file_changed_meanwhile_is_begun_again(run):
    other = CSV.replace(b",1\n", b",2\n")
    run({FILE: cut_off(CSV, 700)}, tries=1)
    done, _, _ = run({FILE: whole(other, ETag='"2"')})
    assert done == 0 and (run.raw / "cin/2025" / NAME).read_bytes() == other


def test_a_server_that_ignores_ranges_or_gives_another_is_begun_again(run):
    for second in (whole(CSV, ETag=""), code(416), code(206, Content_Range="bytes 3-9/10")):
        routes = in_turn(cut_off(CSV, 700), second, whole(CSV))
        done, _, _ = run({FILE: routes})
        path = run.raw / "cin/2025" / NAME
        assert done == 0 and path.read_bytes() == CSV
        path.unlink()
        (run.raw / ".fetch/lock.json").unlink()


def test_a_busy_server_is_given_the_time_it_asks_for(run):
    began = time.monotonic()
    done, _, server = run({FILE: in_turn(code(429, Retry_After="1"), whole(CSV))})
    assert done == 0 and len(server.asked) == 2 and time.monotonic() - began >= 1


def test_a_server_that_asks_for_an_hour_is_left(run):
    done, said, server = run({FILE: code(429, Retry_After="3600")})
    assert done == 1 and len(server.asked) == 1 and "HTTP 429; the server asks to wait 3,600 s" in said


def test_an_error_of_the_server_is_tried_again(run):
    done, _, server = run({FILE: in_turn(code(500), code(503), whole(CSV))})
    assert done == 0 and len(server.asked) == 3
    done, said, server = run({FILE: code(500)}, rows=[row(folder="cin/2024")])
    assert done == 1 and len(server.asked) == 3 and "found:    HTTP 500" in said


def test_between_two_requests_there_is_a_pause(run):
    began = time.monotonic()
    run({FILE: in_turn(code(500), whole(CSV))}, pause=0.4, backoff=0)
    assert time.monotonic() - began >= 0.4


def test_a_drip_is_given_up_and_what_came_is_kept(run):
    done, said, _ = run({FILE: drip(CSV, 0.02)}, tries=1)
    assert done == 1 and "bytes a second" in said and files_of(run.raw) == set()
    done, _, server = run({FILE: whole(CSV)})
    assert done == 0 and (run.raw / "cin/2025" / NAME).read_bytes() == CSV
    assert "Range" in server.asked[0][1]


def test_silence_is_given_up(run):
    done, said, _ = run({FILE: lambda request, _: time.sleep(0.6)}, tries=1, timeout=0.3)
    assert done == 1 and "ReadTimeout" in said


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (code(404), "HTTP 404"),
        (redirect("http://assets.publishing.service.gov.uk/b1.csv"), "a redirect to http://assets"),
        (redirect("https://example.org/b1.csv"), "a redirect to https://example.org/b1.csv"),
        (redirect("https://assets.publishing.service.gov.uk:444/b1.csv"), "a redirect to https://assets"),
        (redirect("file:///etc/passwd"), "a redirect to file:///etc/passwd"),
        (redirect(FILE), "more than 5 redirects"),
        (whole(b"<html>sorry</html>", Content_Type="text/html; charset=utf-8"), "a web page"),
        (whole(b"\n<!DOCTYPE html><html>sorry</html>"), "a web page"),
        (whole(b"PK\3\4\0\0"), "another kind of file"),
        (whole(b""), "another kind of file, or an empty one"),
        (whole(CSV, Content_Encoding="br"), "content encoded as br"),
        (whole(b"\x1f\x8b" + CSV, Content_Encoding="gzip"), "a damaged gzip"),
        (lambda request, _: request.answer(b"a", length=10**9), "a file of 1,000.0 MB or more"),
    ],
)
def test_what_is_not_the_file_is_refused_and_leaves_nothing(run, answer, found):
    done, said, server = run({FILE: answer}, timeout=30)  # a busy machine is no reason to ask again
    assert done == 1 and found in said
    assert all(word in said for word in (FILE, "expected:", "do:"))
    assert len(server.asked) <= 6
    assert files_of(run.raw) == set() == files_of(run.raw, hidden=True)


def test_a_redirect_to_another_of_the_publishers_is_followed(run):
    rows = [row(), row("iod_2025", "iod/2025", address="https://www.gov.uk/file_11.xlsx")]
    routes = {"https://www.gov.uk/file_11.xlsx": redirect(FILE), FILE: whole(b"PK\3\4")}
    done, _, _ = run(routes, "iod", rows=rows, files=[listed(), listed("File_11.xlsx", source="iod_2025")])
    assert done == 0 and (run.raw / "iod/2025/File_11.xlsx").read_bytes() == b"PK\3\4"


@pytest.mark.parametrize("packing", [whole, packed])
def test_an_oversize_body_of_no_announced_length_is_refused(run, packing):
    def endless(request, _):
        request.send_response(200)
        if packing is packed:
            request.send_header("Content-Encoding", "gzip")
        request.end_headers()
        request.wfile.write(body)

    body = gzip.compress(b"0" * 10_000) if packing is packed else b"0" * 10_000
    done, said, _ = run({FILE: endless}, max_bytes=5_000)
    assert done == 1 and "a file of 0.0 MB or more" in said
    assert files_of(run.raw) == set() == files_of(run.raw, hidden=True)


def test_a_changed_file_is_said_loudly_and_the_old_one_kept(run):
    new = CSV + b"2025,E06000002,2\n"
    run({FILE: whole(CSV)})
    done, said, _ = run({FILE: whole(new, ETag='"2"')})
    assert done == 1 and "CHANGED at the publisher's" in said and sha(new) in said and sha(CSV) in said
    assert (run.raw / "cin/2025" / NAME).read_bytes() == CSV
    assert (run.raw / ".fetch/changed/cin/2025" / NAME).read_bytes() == new
    assert locked(run.raw)[f"cin/2025/{NAME}"]["sha256"] == sha(CSV)


def test_a_file_other_than_the_registers_is_not_put_among_the_official(run):
    done, said, _ = run({FILE: whole(CSV)}, files=[listed(content=b"what was known")])
    assert done == 1 and "CHANGED" in said and files_of(run.raw) == set()
    assert (run.raw / ".fetch/changed/cin/2025" / NAME).read_bytes() == CSV


def test_a_file_changed_on_this_side_is_kept_and_told(run):
    run({FILE: whole(CSV)})
    (run.raw / "cin/2025" / NAME).write_bytes(b"mine")
    done, said, server = run({FILE: whole(CSV)})
    assert done == 1 and "another content than the one known" in said and not server.asked
    assert (run.raw / "cin/2025" / NAME).read_bytes() == b"mine"


def test_a_known_file_put_there_by_hand_is_not_asked_for_under_any_name(run):
    path = run.raw / "cin/2025/copy (3).csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(CSV)
    done, said, server = run({FILE: whole(CSV)}, files=[listed(content=CSV)])
    assert done == 0 and "1 there" in said and not server.asked
    assert files_of(run.raw) == {"cin/2025/copy (3).csv"}


RELEASE_ROWS = [
    row(kind="ees_release", address=RELEASE),
    row("population_cin_2025", "population/cin_2025", "ees_release", RELEASE),
]
RELEASE_FILES = [listed(content=CSV), listed(POPULATION, source="population_cin_2025")]


def release():
    return {
        f"data/{NAME}": CSV,
        f"data/{POPULATION}": CSV[:-1],
        "data/z.csv": b"z",
        "data-guidance/g.txt": b"",
    }


def test_a_release_fills_the_folders_of_several_returns(run):
    body = zipped(release())
    routes = {RELEASE: whole(body, Content_Type="application/zip")}
    done, _, server = run(routes, rows=RELEASE_ROWS, files=RELEASE_FILES)
    assert done == 0 and len(server.asked) == 1
    assert files_of(run.raw) == {f"cin/2025/{NAME}", f"population/cin_2025/{POPULATION}"}
    [kept] = (run.raw / ".fetch/zips").iterdir()
    assert kept.read_bytes() == body
    done, _, server = run(routes, rows=RELEASE_ROWS, files=RELEASE_FILES)
    assert done == 0 and server.asked[0][1]["If-None-Match"] == '"1"'
    (run.raw / "cin/2025" / NAME).unlink()  # unpacked again from the zip that is kept
    done, _, _ = run(routes, rows=RELEASE_ROWS, files=RELEASE_FILES)
    assert done == 0 and (run.raw / "cin/2025" / NAME).read_bytes() == CSV


def test_a_revised_release_tells_the_file_that_changed_each_time(run):
    run({RELEASE: whole(zipped(release()))}, rows=RELEASE_ROWS, files=RELEASE_FILES)
    revised = zipped(release() | {f"data/{POPULATION}": b"other"})
    for _ in range(2):
        done, said, _ = run({RELEASE: whole(revised, ETag='"2"')}, rows=RELEASE_ROWS, files=RELEASE_FILES)
        assert done == 1 and said.count("CHANGED") == 1 and POPULATION in said
        assert (run.raw / f"population/cin_2025/{POPULATION}").read_bytes() == CSV[:-1]
        assert files_of(run.raw / ".fetch/parts") == set()


def test_a_release_without_listed_files_gives_those_that_a_family_claims(run):
    done, said, _ = run({RELEASE: whole(zipped(release()))}, rows=RELEASE_ROWS[:1], files=[])
    assert done == 0 and files_of(run.raw) == {f"cin/2025/{NAME}"} and "1 got" in said


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            zipped(release() | {"../../evil.csv": b"x"}),
            "a path that leads out of the folder: '../../evil.csv'",
        ),
        (zipped(release() | {"/tmp/evil.csv": b"x"}), "a path that leads out of the folder"),
        (zipped(release() | {"data\\..\\evil.csv": b"x"}), "a path that leads out of the folder"),
        (zipped({"data/other.csv": b"x"}), f"no data/{NAME} in the zip"),
        (zipped(release())[:-30], "a zip that cannot be unpacked"),
        (b"no zip", "another kind of file"),
    ],
)
def test_a_zip_that_is_not_a_release_leaves_nothing(run, body, found):
    done, said, _ = run({RELEASE: whole(body)}, rows=RELEASE_ROWS[:1], files=[listed()])
    assert done == 1 and found in said and RELEASE in said
    assert files_of(run.raw) == set() == files_of(run.raw, hidden=True)
    assert not any("evil" in p.name for p in run.raw.parent.rglob("*"))


def test_a_zip_bomb_is_not_unpacked(run):
    bomb = zipped({f"data/{NAME}": b"0" * 2_000_000})
    # What it would unpack to, as its own directory says: 450 MB, in 2 kB.
    at = bomb.rindex(b"PK\1\2") + 24
    bomb = bomb[:at] + (450_000_000).to_bytes(4, "little") + bomb[at + 4 :]
    done, said, _ = run({RELEASE: whole(bomb)}, rows=RELEASE_ROWS[:1], files=[listed()])
    assert done == 1 and "a zip that unpacks to 450 MB" in said and files_of(run.raw) == set()


def test_a_zip_that_lies_about_its_sizes_is_refused(run):
    body = zipped({f"data/{NAME}": CSV})
    at = body.rindex(b"PK\1\2") + 24
    body = body[:at] + (10).to_bytes(4, "little") + body[at + 4 :]
    done, said, _ = run({RELEASE: whole(body)}, rows=RELEASE_ROWS[:1], files=[listed()])
    assert done == 1 and "a zip that cannot be unpacked" in said
    assert files_of(run.raw) == set() == files_of(run.raw, hidden=True)


API_ROWS = [row("cin_api", "cin/*", "ees_api", PUBLICATION)]


def api_routes():
    """A publication of three data sets on two pages; the first with versions of two releases."""
    sets = [
        [{"id": "a", "title": "B1 children in need 2013 to 2026"}, {"id": "b", "title": "Odd"}],
        [{"id": "c"}],
    ]
    slugs = {
        "a": [("1.0", "2025"), ("2.0", "2026"), ("2.10", "2026"), ("2.9", "2026")],
        "b": [("1.0", "2026")],
    }
    routes = {PUBLICATION + query: route for query, route in json_list(sets).items()}
    for data_set in "abc":
        versions = [
            {"version": v, "status": "Published", "release": {"title": "", "slug": slug}}
            for v, slug in slugs.get(data_set, [("1.0", "2024")])
        ]
        for query, route in json_list([versions[:1], versions[1:]]).items():
            routes[f"{API}/data-sets/{data_set}/versions{query}"] = route
    routes[f"{API}/data-sets/a/csv?dataSetVersion=2.10"] = packed(CSV)
    routes[f"{API}/data-sets/b/csv?dataSetVersion=1.0"] = packed(
        CSV[:-1], Content_Disposition='attachment; filename="../../c1_odd.csv"'
    )
    return routes


def test_a_new_release_comes_from_the_api_page_by_page_in_its_newest_version(run):
    done, said, server = run(api_routes(), "cin/2026", rows=API_ROWS, files=[])
    assert files_of(run.raw) == {"cin/2026/b1_children_in_need_2013_to_2026.csv"}
    assert (run.raw / "cin/2026/b1_children_in_need_2013_to_2026.csv").read_bytes() == CSV
    # What no family claims is kept beside, and told.
    assert done == 1 and "1 data sets that no family claims: c1_odd.csv" in said
    assert (run.raw / ".fetch/unclaimed/cin/2026/c1_odd.csv").read_bytes() == CSV[:-1]
    done, said, server = run(api_routes(), "cin/2026", rows=API_ROWS, files=[])
    csvs = {path.split("/")[-2]: headers for path, headers in server.asked if "/csv?" in path}
    assert csvs["a"]["If-None-Match"] == '"1"' and "1 there" in said


def test_a_release_that_is_not_out_is_told(run):
    done, said, _ = run(api_routes(), "cin/2030", rows=API_ROWS, files=[])
    assert done == 1 and "no data set of that release" in said


def test_an_api_that_answers_something_else_is_told(run):
    listless = b'{"results": [1], "paging": {"totalPages": 1}}'
    for answer, found in (
        (b"[1]", "no JSON object"),
        (b"{}", "no list"),
        (listless, "no list"),
        (b"", "no JSON"),
    ):
        done, said, _ = run(
            {PUBLICATION + "?page=1&pageSize=20": whole(answer)}, "cin/2026", rows=API_ROWS, files=[]
        )
        assert done == 1 and found in said and files_of(run.raw, hidden=True) == set()


def test_one_fault_does_not_keep_the_others_from_being_got(run):
    rows = [row(address=FILE + "x"), row("csww_2025", "csww/2025")]
    files = [listed(), listed("csww_indicators_2017_to_2025.csv", source="csww_2025")]
    done, said, _ = run({FILE: whole(CSV)}, rows=rows, files=files)
    assert done == 1 and "HTTP 404" in said
    assert files_of(run.raw) == {"csww/2025/csww_indicators_2017_to_2025.csv"}


def test_offline_and_dry_run_ask_nobody(run):
    rows = [row(), row("cin_2010", "cin/2010", "by_hand", "")]
    files = [listed(content=CSV), listed("osr28-2010ud.csv", b"known", "cin_2010")]
    for option, code_wanted in (("--offline", 1), ("--dry-run", 0)):
        done, said, server = run({}, option, rows=rows, files=files)
        assert (done, server.asked, run.raw.exists()) == (code_wanted, [], False)
        assert "1 to get, 1 to get by hand" in said and "page not known" in said and FILE in said
    for folder, content in (("cin/2025/" + NAME, CSV), ("cin/2010/osr28-2010ud.csv", b"other")):
        (run.raw / folder).parent.mkdir(parents=True)
        (run.raw / folder).write_bytes(content)
    done, said, _ = run({}, "--offline", rows=rows, files=files)
    assert done == 1 and "1 there, 1 differs" in said and "another content than the one known" in said
    (run.raw / "cin/2010/osr28-2010ud.csv").write_bytes(b"known")
    assert run({}, "--offline", rows=rows, files=files)[0] == 0


def test_json_has_every_file_and_every_fault(run):
    _, said, _ = run({FILE: code(404)}, "--json")
    told = json.loads(said)
    assert [(f["file"], f["state"], f["address"]) for f in told["files"]] == [(NAME, "missing", FILE)]
    assert told["errors"][0]["found"] == "HTTP 404"


@pytest.mark.parametrize("name", ["cinn", "cin/1999", "../cin", "csww/2026", "cin/../2026", ""])
def test_a_name_that_the_register_does_not_have_is_told(run, name):
    done, said, server = run({FILE: whole(CSV)}, name)
    assert done == 1 and "no return or edition of the register" in said and not server.asked


def test_the_stand_in_server_cannot_be_a_real_host(run, monkeypatch, capsys):
    run({FILE: whole(CSV)}, "--offline")
    for server in ("http://example.org", "http://127.0.0.1.example.org:80", "https://127.0.0.1:80/x"):
        monkeypatch.setenv("FETCH_LOCAL_SERVER", server)
        assert cli.main(["fetch"]) == 1
        assert "not a server on this machine" in capsys.readouterr().err


def test_the_samples_folder_is_not_filled(monkeypatch, capsys):
    for folder in ("", str(SAMPLE)):
        monkeypatch.setenv("RAW_DIR", folder)
        assert cli.main(["fetch"]) == 1
        assert "the folder of synthetic files" in capsys.readouterr().err
    assert not (SAMPLE / ".fetch").exists()


def test_a_damaged_lock_file_is_told(run):
    (run.raw / ".fetch").mkdir(parents=True)
    (run.raw / ".fetch/lock.json").write_text("{")
    done, said, _ = run({FILE: whole(CSV)})
    assert done == 1 and "no lock file" in said


def test_a_second_fetch_into_the_same_folder_is_refused(run):
    with fetch.alone(run.raw):
        done, said, _ = run({FILE: whole(CSV)})
    assert done == 1 and "another fetch at work" in said


def test_every_command_of_the_release_day_is_one():
    page = (PROJECT / "docs/release-day.md").read_text("utf-8")
    commands = re.findall(r"^(?:\w+=\S+ )?\.venv/bin/la-mart ([^#\n]+)", page, re.MULTILINE)
    assert {c.split()[0] for c in commands} >= {"fetch", "check", "build", "revisions", "rollback"}
    for command in commands:
        cli.parser().parse_args(shlex.split(command))


def test_what_is_fetched_is_what_a_build_scans(run):
    run({RELEASE: whole(zipped(release()))}, rows=RELEASE_ROWS, files=RELEASE_FILES)
    assert [f.family for f in scan(run.raw)] == ["children_in_need", "release"]


def test_every_file_of_the_register_has_one_source_and_one_family():
    kinds = {"ees_release", "ees_api", "govuk_asset", "ons", "by_hand"}
    rows = {r["source"]: r for r in seed("sources/sources")}
    files = seed("sources/files")
    assert len(rows) == len(seed("sources/sources")) and {r["kind"] for r in rows.values()} <= kinds
    assert len(
        {(rows[f["source"]]["return_name"], rows[f["source"]]["edition"], f["file_name"]) for f in files}
    ) == len(files)
    for r in rows.values():
        assert bool(r["address"]) == (r["kind"] != "by_hand") and bool(r["page"]) == bool(r["page_known_by"])
        assert r["address"].startswith("https://") or not r["address"]
    unclaimed = [f for f in files if not fetch.claimed(rows[f["source"]]["return_name"], f["file_name"])]
    assert unclaimed == []


@pytest.mark.real
def test_the_official_files_are_those_of_the_register(official_raw, monkeypatch):
    items = sources.select([])
    sources.look(items, official_raw, {})
    there = {i.place for i in items if i.state == "there"}
    assert [i.path for i in items if i.state == "differs"] == []
    assert {f.path for f in scan(official_raw) if f.family} <= there


@pytest.mark.real
def test_official_files_come_out_of_their_releases_byte_for_byte(official_raw, tmp_path, monkeypatch, capsys):
    """The register itself, its releases put together again from the official files."""
    items = [i for i in sources.select([]) if i.source.kind != "by_hand" and i.sha256]
    sources.look(items, official_raw, {})
    content = {i.path: (official_raw / i.place).read_bytes() for i in items}
    routes, folders = {}, sorted({i.source.folder for i in items})
    for address in {i.source.address for i in items}:
        files = [i for i in items if i.source.address == address]
        is_zip = files[0].source.kind == "ees_release"
        body = (
            zipped({f"data/{i.name}": content[i.path] for i in files}) if is_zip else content[files[0].path]
        )
        routes[address] = whole(body, Content_Type="application/octet-stream")
    monkeypatch.setenv("RAW_DIR", str(tmp_path / "official"))
    monkeypatch.setattr(fetch, "Manners", lambda: Manners(**FAST))
    with publishing(routes) as server:
        monkeypatch.setenv("FETCH_LOCAL_SERVER", f"http://127.0.0.1:{server.server_port}")
        assert cli.main(["fetch", *folders]) == 0, capsys.readouterr()
    assert {n: (tmp_path / "official" / n).read_bytes() for n in files_of(tmp_path / "official")} == content
    assert len(content) == 25

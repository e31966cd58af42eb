"""Every file is claimed once, or ignored by name."""

import csv
import re
import shutil

import pytest

from pipeline import catalogue, raw_schema
from pipeline.errors import InputError
from pipeline.seeds import read_seed
from pipeline.settings import SAMPLE


def test_every_file_of_the_sample_is_claimed_or_ignored_by_name():
    files = catalogue.scan(SAMPLE)
    assert all(bool(f.family) != bool(f.reason) for f in files)
    assert {f.path for f in files} == {
        p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*")
        if p.is_file() and p.name != "SYNTHETIC.csv"
    }  # fmt: skip


def test_an_edition_is_picked_up_from_its_folder(small_raw):
    (small_raw / "ssda903/2025").rename(small_raw / "ssda903/2031")
    assert {f.edition for f in catalogue.scan(small_raw)} == {"2015", "2018", "2031"}


def test_the_same_layout_has_the_same_fingerprint_in_another_edition(small_raw, tmp_path):
    files = catalogue.scan(SAMPLE)
    catalogue.read_grids(SAMPLE, files, tmp_path / "cache")
    by_family = raw_schema.frames(files)["raw_file"].set_index(["family", "edition"])
    prints = by_family.header_fingerprint
    assert prints["number_and_rate", "2021"] == prints["number_and_rate", "2023"]
    assert prints["number_and_rate", "2023"] != prints["number_and_rate", "2025"]


def test_a_file_of_the_sample_is_known_as_synthetic_wherever_it_lies(small_raw):
    assert all(f.is_synthetic for f in catalogue.scan(small_raw))
    changed = small_raw / "ssda903/2018/OC22018.csv"
    changed.write_bytes(changed.read_bytes().replace(b"LA", b"LA ", 1))
    assert not next(f for f in catalogue.scan(small_raw) if f.edition == "2018").is_synthetic
    shutil.copy(SAMPLE / "SYNTHETIC.csv", small_raw)
    assert all(f.is_synthetic for f in catalogue.scan(small_raw))


def test_no_two_families_claim_the_same_name():
    """The publisher's names of every edition: each hits one pattern (scan would refuse two)."""
    names = [
        "SFE21_19YEARS.csv", "SFR20_19Yrs2012.csv", "SFR36_FormerCareLeavers2014.csv",
        "SFR_CEA2012.csv", "SFE21_ADM.csv", "SFR50_CareLeavers19to212017.csv",
        "Care Leavers_17182019.csv", "CareLeaver_Act_InTouch_19to212019.csv",
        "CareLeavers_Acc_StayPut19to212019.csv", "SFR50_Missing_2017.csv",
        "SFR34_2015_Local_Authority_Tables (3).xlsx", "SFR41_2016_LA_Tables (3).xlsx",
        "sfr27-2010amv5.xls", "la_care_leavers_activity_22to25.csv",
    ]  # fmt: skip
    families = read_seed("file_families")
    for name in names:
        hits = [f["family"] for f in families
                if re.fullmatch(f["file_pattern"], name, re.IGNORECASE)]  # fmt: skip
        assert len(hits) == 1, (name, hits)


@pytest.mark.parametrize(
    ("name", "is_read"),
    [
        ("ofsted/2024/LA_Inspection_Outcomes_as_at_March_2024.ods", True),
        ("ofsted/d2i_scrape/ofsted_csc_ilacs_overview.xlsx", False),
    ],
)
def test_a_known_file_that_the_collection_lacks_is_claimed_or_ignored(name, is_read, small_raw):
    (small_raw / name).parent.mkdir(parents=True)
    (small_raw / name).write_bytes(b"")
    file = next(f for f in catalogue.scan(small_raw) if f.path == name)
    assert bool(file.family) is is_read and bool(file.reason) is not is_read


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("cin/2024/children-in-need-2024.zip", "unpack it"),
        ("iod/2019/imd-2019.xlsm", "save it as .xlsx or .csv"),
        ("cin/2024/Thumbs.db", "(path_pattern,reason)\n      cin/\\d{4}/Thumbs\\.db,?"),
        ("desktop.ini", "take it out"),
        ("CIN/2024/b1_children_in_need_2013_to_2024.csv", "rename the folder CIN to cin"),
        ("cin/2024/data/b1_children_in_need_2013_to_2024.csv", "the folder of its edition"),
        ("cin/2024/b9_new.csv", "add its row (la-mart check writes it)"),
    ],
)
def test_a_file_that_nobody_claims_comes_with_what_to_do(name, action, small_raw):
    (small_raw / name).parent.mkdir(parents=True, exist_ok=True)
    (small_raw / name).write_bytes(b"x")
    faults = []
    catalogue.scan(small_raw, faults.append)
    assert [(f.file, f.found) for f in faults] == [(name, "a file that no family claims")]
    assert action in faults[0].action


@pytest.mark.real
def test_the_catalogue_agrees_with_the_collection_s_own_list(official_raw, official_work):
    """sha256, bytes and rows of every official file as its collector listed them, where he did."""
    manifest = official_raw.parent / "manifest.csv"
    if not manifest.exists():
        # 2026-11-28: a user's own folder has no such list; that of CI has.
        pytest.skip("no manifest.csv beside RAW_DIR")
    with manifest.open(encoding="utf-8") as f:
        listed = {r["path"].removeprefix("raw/"): r for r in csv.DictReader(f)}
    files = catalogue.scan(official_raw)
    assert {f.path for f in files} == set(listed)
    assert [f.path for f in files if f.sha256 != listed[f.path]["sha256"]] == []
    assert [f.path for f in files if f.bytes != int(listed[f.path]["bytes"])] == []
    # The list leaves out rows that are blank. Of the rural-urban classes it takes the first line of text for
    # the header: two rows more.
    for path, row in listed.items():
        if "Rural-Urban_Classification" in path:
            row["rows"] = int(row["rows"]) - 2
    for return_name in {f.return_name for f in files if f.family}:
        rows = official_work.execute(
            f"select path, count(*) from raw.{return_name}_line as line "  # noqa: S608 - a seed's name
            "inner join raw.raw_file using (file_no) inner join raw.raw_sheet using (file_no, sheet) "
            "where line.sheet = '' and line.row_no >= first_data_row "
            "and trim(array_to_string(line.cells, '')) <> '' group by path"
        )
        assert [p for p, n in rows.fetchall() if n != int(listed[p]["rows"])] == []


def test_a_link_out_of_the_folder_is_refused(small_raw, tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("a,b\n1,2\n")
    (small_raw / "ssda903/2018/CLA2018.csv").symlink_to(outside)
    with pytest.raises(InputError, match="outside RAW_DIR"):
        catalogue.scan(small_raw)

"""Every fault of a submission file, with the row and the column that are named for it."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competitions.outcome import Invalid
from competitions.spec import CompetitionSpec
from competitions.submission_file import Rejected
from competitions.validation import SubmissionForm

COLUMNS = """\
submission:
  columns:
    p: {kind: probability}
    n: {kind: integer, min: 0, max: 4}
    c: {kind: class, labels: [red, blue]}
    x: {kind: number}
    t: {kind: text}
"""
SAMPLE = "id,p,n,c,x,t\n1,0.5,0,red,0,a\n2,0.5,0,red,0,a\n3,0.5,0,red,0,a\n"
GOOD = "id,p,n,c,x,t\n1,0.1,1,red,-5,\n2,0,4.0,blue,1e3,b\n3,1,0,red,0.5,c c\n"

MakeForm = Callable[..., SubmissionForm]


@pytest.fixture
def make_form(make_folder: Callable[..., Path], tmp_path: Path) -> MakeForm:
    def make(rules: str = COLUMNS, sample: str = SAMPLE) -> SubmissionForm:
        folder = make_folder()
        (folder / "config.yaml").write_text((folder / "config.yaml").read_text() + rules)
        public = tmp_path / "part" / "public"
        public.mkdir(parents=True)
        (public / "sample_submission.csv").write_text(sample)
        return SubmissionForm.of(CompetitionSpec.load(folder), public.parent)

    return make


@pytest.fixture
def form(make_form: MakeForm) -> SubmissionForm:
    return make_form()


def verdict(form: SubmissionForm, path: Path, content: str | bytes | None = None) -> Invalid | None:
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        form.read(path)
    except Rejected as rejected:
        return rejected.invalid
    return None


def test_a_good_file_becomes_a_typed_table(form: SubmissionForm, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(GOOD)
    table = form.read(path)
    assert list(table["id"]) == [1, 2, 3]
    assert table["p"].dtype == np.float64
    assert list(table["n"]) == [1, 4, 0]
    assert table["n"].dtype == np.int64
    assert list(table["c"]) == ["red", "blue", "red"]


CELL_FAULTS = [
    ("3,1,0,red", "3,,0,red", 4, "p", "empty"),
    ("3,1,0,red", "3,NA,0,red", 4, "p", "'NA' is not a number"),
    ("3,1,0,red", "3,nan,0,red", 4, "p", "not a finite number"),
    ("2,0,4.0", "2,inf,4.0", 3, "p", "not a finite number"),
    ("2,0,4.0", "2,-0.01,4.0", 3, "p", "below 0"),
    ("1,0.1,1", "1,1.0001,1", 2, "p", "above 1"),
    ("1,0.1,1", "1,0.1,1.5", 2, "n", "not a whole number"),
    ("1,0.1,1", "1,0.1,5", 2, "n", "above 4"),
    ("blue", "green", 3, "c", "'green' is not one of the labels red, blue"),
    ("blue", "", 3, "c", "an empty cell is not one of"),
    ("1e3", "-inf", 3, "x", "not a finite number"),
    ("1e3", "x" * 500, 3, "x", "x' is not a number"),
    ("\n3,", "\n4,", 4, "id", "'4' is not in the test data"),
    ("\n3,", "\n,", 4, "id", "'' is not in the test data"),
    ("\n3,", "\n2,", 4, "id", "already given on line 3"),
    ("\n3,1,0,red,0.5,c c", "", None, "id", "1 of 3 ids are missing, for example '3'"),
    ("c c\n", "c c\n3,1,0,red,0.5,d\n", 5, "id", "already given on line 4"),
    ("3,1,0,red,0.5,c c", "3,1,0,red", 4, None, "4 cells where the header has 6"),
    ("3,1,0,red,0.5,c c", "3,1,0,red,0.5,c,c", 4, None, "7 cells where the header has 6"),
    ("3,1,0", '3,"1,0', 4, None, "not proper csv"),
]


@pytest.mark.parametrize(("old", "new", "row", "column", "reason"), CELL_FAULTS)
def test_the_row_and_column_are_named(
    form: SubmissionForm,
    tmp_path: Path,
    old: str,
    new: str,
    row: int | None,
    column: str | None,
    reason: str,
) -> None:
    assert GOOD.count(old) == 1
    fault = verdict(form, tmp_path / "s.csv", GOOD.replace(old, new))
    assert fault is not None
    assert (fault.row, fault.column) == (row, column)
    assert reason in fault.reason
    assert len(fault.reason) < 200


@pytest.mark.parametrize(
    ("header", "column", "reason"),
    [
        ("id,p,n,c,x", "t", "missing"),
        ("id,p,n,c,x,T", "t", "missing"),
        ("id,p,n,c,x,t,u", "u", "does not belong"),
        ("id,p,n,c,x,t,t", "t", "twice"),
        ("id,n,p,c,x,t", "n", "wrong place"),
        ("p,id,n,c,x,t", "p", "wrong place"),
    ],
)
def test_columns_are_those_of_the_sample_in_its_order(
    form: SubmissionForm, tmp_path: Path, header: str, column: str, reason: str
) -> None:
    fault = verdict(form, tmp_path / "s.csv", header + "\n")
    assert fault is not None
    assert (fault.row, fault.column) == (1, column)
    assert reason in fault.reason
    assert "id, p, n, c, x, t" in fault.reason


@pytest.mark.parametrize(
    ("content", "row", "reason"),
    [
        (b"", None, "empty"),
        (b"\n\n", None, "empty"),
        (b"id,p,n,c,x,t\n", None, "no rows"),
        (GOOD.encode("utf-16"), 1, "not UTF-8"),
        (GOOD.replace("c c", "caf\u00e9").encode("latin-1"), 4, "not UTF-8"),
        (b"\x00" * 100, 1, "missing"),
        (b"id,p\n" + b"9" * 200_000, 2, "not proper csv"),
        (b"," * 300_000, 1, "missing"),
    ],
)
def test_what_is_no_table(
    form: SubmissionForm, tmp_path: Path, content: bytes, row: int | None, reason: str
) -> None:
    fault = verdict(form, tmp_path / "s.csv", content)
    assert fault is not None
    assert fault.row == row
    assert reason in fault.reason


def test_a_line_is_a_line_of_the_file(form: SubmissionForm, tmp_path: Path) -> None:
    """Quoted line breaks and blank lines count; so do a byte-order mark and other line ends."""
    text = GOOD.replace("3,1,0", "3,2,0").replace(",b\n", ',"b\nb"\n\n')
    fault = verdict(form, tmp_path / "s.csv", text)
    assert fault is not None
    assert (fault.row, fault.column) == (6, "p")
    windows = ("\ufeff" + GOOD.replace("\n", "\r\n")).encode()
    assert verdict(form, tmp_path / "s.csv", windows) is None


def test_a_gigabyte_is_refused_by_its_size(form: SubmissionForm, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    with path.open("wb") as stream:
        stream.truncate(2**40)  # sparse: reading it would never end
    fault = verdict(form, path)
    assert fault is not None
    assert "1,099,511,627,776 bytes" in fault.reason


def test_only_a_regular_file_is_read(form: SubmissionForm, tmp_path: Path) -> None:
    good, link, pipe = tmp_path / "good.csv", tmp_path / "link.csv", tmp_path / "pipe.csv"
    good.write_text(GOOD)
    link.symlink_to(good)
    os.mkfifo(pipe)
    for path, reason in (
        (link, "symbolic link"),
        (pipe, "not a regular file"),
        (tmp_path, "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        (tmp_path / "absent.csv", "no submission file"),
        (good / "below.csv", "cannot be read"),
    ):
        fault = verdict(form, path)
        assert fault is not None
        assert reason in fault.reason


def test_rows_that_must_sum_to_one(make_form: MakeForm, tmp_path: Path) -> None:
    rules = (
        "submission:\n  rows_sum_to_one: true\n"
        "  columns: {a: {kind: probability}, b: {kind: probability}}\n"
    )
    form = make_form(rules, "id,a,b\nu,0.5,0.5\nv,0.5,0.5\n")
    path = tmp_path / "s.csv"
    assert verdict(form, path, "id,a,b\nu,0.3,0.7\nv,0.6665,0.3336\n") is None
    fault = verdict(form, path, "id,a,b\nv,0.3,0.7\nu,0.6,0.6\n")
    assert fault == Invalid(reason="probabilities sum to 1.2, not to 1", row=3)


def test_numeric_labels_come_back_as_numbers(make_form: MakeForm, tmp_path: Path) -> None:
    rules = "submission: {columns: {y: {kind: class, labels: [0, 1, 2]}}}\n"
    form = make_form(rules, "id,y\n1,0\n2,0\n")
    path = tmp_path / "s.csv"
    path.write_text("id,y\n1,2.0\n2,1\n")
    assert list(form.read(path)["y"]) == [2, 1]
    assert verdict(form, path, "id,y\n1,3\n2,1\n").row == 2


def test_without_rules_the_sample_tells_numbers_from_text(
    make_form: MakeForm, tmp_path: Path
) -> None:
    form = make_form("", "id,y,words\nimg_1,0,a\nimg_2,0,b\n")
    path = tmp_path / "s.csv"
    assert verdict(form, path, "id,y,words\nimg_1,-3.5,\nimg_2,7,anything\n") is None
    fault = verdict(form, path, "id,y,words\nimg_1,-3.5,\nimg_2,seven,x\n")
    assert fault is not None
    assert (fault.row, fault.column) == (3, "y")


def test_whole_number_ids_are_compared_as_numbers(make_form: MakeForm, tmp_path: Path) -> None:
    form = make_form("", "id,y\n007,0\n010,0\n")
    assert verdict(form, tmp_path / "s.csv", "id,y\n10.0,0\n7,0\n") is None
    assert verdict(form, tmp_path / "s.csv", "id,y\n10.5,0\n7,0\n").row == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_any_row_order_gives_the_same_table(
    form: SubmissionForm, tmp_path: Path, seed: int
) -> None:
    header, *rows = GOOD.splitlines()
    random.Random(seed).shuffle(rows)
    path = tmp_path / "s.csv"
    path.write_text("\n".join([header, *rows]))
    shuffled = form.read(path)
    path.write_text(GOOD)
    assert shuffled.equals(form.read(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_get_a_verdict(form: SubmissionForm, tmp_path: Path, content: bytes) -> None:
    assert verdict(form, tmp_path / "s.csv", content) is not None
    verdict(form, tmp_path / "s.csv", GOOD.encode() + content)

"""All or nothing: layout, modes, links, the manifest, kills, several processes."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from competitions.competition import Competition
from competitions.errors import CompetitionError

MakeFolder = Callable[..., Path]
PREPARE_IN_A_PROCESS = """\
import sys
from pathlib import Path
from competitions.competition import Competition
prepared = Competition.load(Path(sys.argv[1])).prepare(Path(sys.argv[2]))
print((prepared.public.parent / "manifest.json").stat().st_mtime_ns)
"""


def in_a_process(folder: Path, data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PREPARE_IN_A_PROCESS, str(folder), str(data_dir)],
        stdout=subprocess.PIPE,
        text=True,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def manifest_time(data_dir: Path) -> int:
    return (data_dir / "toy" / "prepared" / "manifest.json").stat().st_mtime_ns


def test_layout_and_modes(make_folder: MakeFolder, data_dir: Path) -> None:
    before = os.umask(0o077)
    try:
        toy = Competition.load(make_folder()).prepare(data_dir)
    finally:
        os.umask(before)
    root = data_dir / "toy" / "prepared"
    assert toy.public == root / "public"
    assert toy.nested_public == root / "nested" / "public"
    assert {path.name for path in root.iterdir()} == {
        "public",
        "private",
        "nested",
        "manifest.json",
    }
    for part in (root, root / "nested"):
        names = {path.name for path in (part / "public").iterdir()}
        assert names == {"train.csv", "test.csv", "sample_submission.csv", "description.md"}
        assert mode(part) == mode(part / "public") == 0o755
        assert mode(part / "public" / "train.csv") == 0o644
        assert mode(part / "private") == 0o700
        assert mode(part / "private" / "answers.csv") == 0o600
    assert sorted(path.name for path in (data_dir / "toy").iterdir()) == [
        ".lock",
        "prepared",
        "raw",
    ]


def test_the_nested_rows_come_from_public_train_only(
    make_folder: MakeFolder, data_dir: Path
) -> None:
    toy = Competition.load(make_folder()).prepare(data_dir)
    full, test = pd.read_csv(toy.public / "train.csv"), pd.read_csv(toy.public / "test.csv")
    train = pd.read_csv(toy.nested_public / "train.csv")
    nested_test = pd.read_csv(toy.nested_public / "test.csv")
    assert set(train["id"]) | set(nested_test["id"]) == set(full["id"])
    assert not set(train["id"]) & set(nested_test["id"])
    assert not set(full["id"]) & set(test["id"])
    rows = pd.read_csv(toy.nested_public.parent / "private" / "rows.csv")
    assert list(rows["id"]) == list(nested_test["id"])
    assert rows["split"].value_counts().to_dict() == {"search": 5, "selection": 5}


def test_prepare_never_touches_the_raw_data_or_public(
    make_folder: MakeFolder, data_dir: Path
) -> None:
    vandal = (
        "import shutil\n"
        "import pandas as pd\n"
        "def prepare(raw, public, private):\n"
        "    table = pd.read_csv(raw / 'train.csv')\n"
        "    (raw / 'train.csv').write_text('gone')\n"
        "    shutil.copytree(raw / 'images', public / 'images')\n"
        "    shutil.rmtree(raw / 'images')\n"
        "    table.to_csv(public / 'train.csv', index=False)\n"
        "    table.assign(y=0)[['id', 'y']].to_csv(public / 'sample_submission.csv', index=False)\n"
        "    table[['id', 'y']].to_csv(private / 'answers.csv', index=False)\n"
    )
    raw = data_dir / "toy" / "raw"
    (raw / "images").mkdir()
    (raw / "images" / "1.png").write_bytes(b"picture")
    before = (raw / "train.csv").read_text()
    toy = Competition.load(make_folder(prepare=vandal)).prepare(data_dir)
    assert (raw / "train.csv").read_text() == before
    assert (raw / "images" / "1.png").read_bytes() == b"picture"
    assert len(pd.read_csv(toy.public / "train.csv")) == 40
    assert (toy.public / "images" / "1.png").exists()


def test_media_are_linked_and_tables_copied(make_folder: MakeFolder, data_dir: Path) -> None:
    images = data_dir / "toy" / "raw" / "images"
    images.mkdir()
    (images / "1.png").write_bytes(b"picture")
    toy = Competition.load(make_folder()).prepare(data_dir)
    linked = [folder / "images" / "1.png" for folder in (toy.public, toy.nested_public)]
    assert {path.stat().st_ino for path in linked} == {(images / "1.png").stat().st_ino}
    tables = [images.parent, toy.public, toy.nested_public]
    assert len({(folder / "train.csv").stat().st_ino for folder in tables}) == 3


def test_a_second_time_is_quick_and_force_is_not(make_folder: MakeFolder, data_dir: Path) -> None:
    toy = Competition.load(make_folder())
    toy.prepare(data_dir)
    first = manifest_time(data_dir)
    toy.prepare(data_dir)
    toy.prepare(data_dir, verify=True)
    assert manifest_time(data_dir) == first
    toy.prepare(data_dir, force=True)
    assert manifest_time(data_dir) > first


def corrupt(prepared: Path, how: str) -> None:
    manifest, table = prepared / "manifest.json", prepared / "public" / "train.csv"
    if how == "no manifest":
        manifest.unlink()
    elif how == "torn manifest":
        manifest.write_text(manifest.read_text()[:100])
    elif how == "other version":
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"version": 99}))
    elif how == "missing file":
        (prepared / "nested" / "private" / "rows.csv").unlink()
    else:
        table.write_text("id,x,y\n")


@pytest.mark.parametrize(
    "how", ["no manifest", "torn manifest", "other version", "missing file", "altered file"]
)
def test_what_is_not_whole_is_redone(make_folder: MakeFolder, data_dir: Path, how: str) -> None:
    toy = Competition.load(make_folder())
    prepared = toy.prepare(data_dir).public.parent
    files = {path.relative_to(prepared) for path in prepared.rglob("*")}
    before = (prepared / "public" / "train.csv").read_bytes()
    corrupt(prepared, how)
    toy.prepare(data_dir)
    assert {path.relative_to(prepared) for path in prepared.rglob("*")} == files
    assert (prepared / "public" / "train.csv").read_bytes() == before
    assert {path.name for path in prepared.parent.iterdir()} == {".lock", "prepared", "raw"}


def test_verify_finds_what_size_and_time_hide(make_folder: MakeFolder, data_dir: Path) -> None:
    toy = Competition.load(make_folder())
    table = toy.prepare(data_dir).public / "train.csv"
    before, status = table.read_bytes(), table.stat()
    table.write_bytes(before.replace(b"0", b"1"))
    os.utime(table, ns=(status.st_atime_ns, status.st_mtime_ns))
    toy.prepare(data_dir)
    assert table.read_bytes() != before
    toy.prepare(data_dir, verify=True)
    assert table.read_bytes() == before


def test_changed_code_makes_the_data_stale(make_folder: MakeFolder, data_dir: Path) -> None:
    folder = make_folder()
    Competition.load(folder).prepare(data_dir)
    code = (folder / "prepare.py").read_text()
    (folder / "prepare.py").write_text(code.replace("% 2 == 1", "% 4 == 1"))
    toy = Competition.load(folder).prepare(data_dir)
    assert len(pd.read_csv(toy.public / "test.csv")) == 10


def test_a_killed_preparation_is_redone(make_folder: MakeFolder, data_dir: Path) -> None:
    folder = make_folder()
    code = (folder / "prepare.py").read_text()
    slow = "import time\n" + code + "    if 'nested' in str(public): time.sleep(60)\n"
    (folder / "prepare.py").write_text(slow)
    process = in_a_process(folder, data_dir)
    home = data_dir / "toy"
    deadline = time.monotonic() + 20
    while not list(home.glob(".building-*/prepared/nested/private/answers.csv")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (home / "prepared").exists()
    (folder / "prepare.py").write_text(code)
    toy = Competition.load(folder).prepare(data_dir)
    assert (toy.public / "train.csv").exists()
    assert {path.name for path in home.iterdir()} == {".lock", "prepared", "raw"}


def test_two_processes_prepare_once(make_folder: MakeFolder, data_dir: Path) -> None:
    folder = make_folder()
    processes = [in_a_process(folder, data_dir) for _ in range(2)]
    times = {process.communicate(timeout=30)[0] for process in processes}
    assert len(times) == 1
    assert times != {""}


def test_a_folder_of_another_tool_is_kept(make_folder: MakeFolder, data_dir: Path) -> None:
    foreign = data_dir / "toy" / "prepared" / "public"
    foreign.mkdir(parents=True)
    (foreign / "precious.csv").write_text("x\n")
    Competition.load(make_folder()).prepare(data_dir)
    (kept,) = (data_dir / "toy").glob("prepared-before-*")
    assert (kept / "public" / "precious.csv").read_text() == "x\n"


@pytest.mark.parametrize(
    ("prepare", "fault"),
    [
        ("def prepare(raw, public, private):\n    1 / 0\n", "ZeroDivisionError"),
        ("def prepare(raw, public, private):\n    pass\n", r"private/answers\.csv"),
        ("def other():\n    pass\n", "no function `prepare`"),
        ("import absent_module\n", "cannot be imported"),
    ],
)
def test_broken_code_is_one_error_and_leaves_nothing(
    make_folder: MakeFolder, data_dir: Path, prepare: str, fault: str
) -> None:
    with pytest.raises(CompetitionError, match=fault) as caught:
        Competition.load(make_folder(prepare=prepare)).prepare(data_dir)
    assert caught.value.hint
    assert {path.name for path in (data_dir / "toy").iterdir()} == {".lock", "raw"}


def test_missing_raw_data_is_an_error(make_folder: MakeFolder, tmp_path: Path) -> None:
    with pytest.raises(CompetitionError, match="no raw data") as caught:
        Competition.load(make_folder()).prepare(tmp_path / "empty")
    assert "raw" in caught.value.hint


def test_an_unusable_data_directory_is_an_error(make_folder: MakeFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CompetitionError, match="cannot prepare") as caught:
        Competition.load(make_folder()).prepare(tmp_path / "file")
    assert "--data-dir" in caught.value.hint

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from search.durable import recording, replaced_folder
from search.errors import RecordingError


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    for text in ("one", "two"):
        with replaced_folder(tmp_path / "best") as folder:
            (folder / text).write_text(text)
        assert [path.name for path in (tmp_path / "best").iterdir()] == [text]
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_a_failed_replacement_leaves_the_old_folder(tmp_path: Path) -> None:
    with replaced_folder(tmp_path / "best") as folder:
        (folder / "file").write_text("old")

    def replace() -> None:
        with replaced_folder(tmp_path / "best") as folder:
            (folder / "file").write_text("new")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RecordingError, match="No space left"):
        replace()
    assert (tmp_path / "best" / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_what_a_kill_left_in_between_is_put_back(tmp_path: Path) -> None:
    (tmp_path / ".best-old").mkdir()
    (tmp_path / ".best-old" / "file").write_text("old")
    (tmp_path / ".best-new").mkdir()
    with (
        pytest.raises(RecordingError),
        replaced_folder(tmp_path / "best"),
    ):
        raise OSError("again")
    assert (tmp_path / "best" / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


@pytest.mark.parametrize(
    ("number", "hint"),
    [(errno.ENOSPC, "free some disk space"), (errno.EACCES, "writable"), (errno.ENOENT, "whole")],
)
def test_the_hint_says_what_helps(tmp_path: Path, number: int, hint: str) -> None:
    with pytest.raises(RecordingError) as caught, recording(tmp_path):
        raise OSError(number, "why")
    assert hint in caught.value.hint

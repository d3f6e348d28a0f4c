"""Where competitions are found, which wins, and how a broken one is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from competitions.errors import CompetitionError
from competitions.registry import find, list_competitions

MakeFolder = Callable[..., Path]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXITREE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_embedded_ones_are_listed_by_id() -> None:
    names = [competition.spec.id for competition in list_competitions()]
    assert len(names) >= 8
    assert names == sorted(names)


def test_extra_directories_come_before_home_and_embedded(
    make_folder: MakeFolder, home: Path
) -> None:
    folder = make_folder()
    copy = home / "competitions" / "toy"
    copy.mkdir(parents=True)
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    assert find("toy").directory == copy
    assert find("toy", [folder.parent]).directory == folder
    assert find("toy", [folder]).directory == folder, "a competition folder itself"


def test_an_unknown_name_gets_the_nearest(make_folder: MakeFolder) -> None:
    extra = [make_folder().parent]
    with pytest.raises(CompetitionError, match="unknown competition `tyo`") as caught:
        find("tyo", extra)
    assert "`toy`" in caught.value.hint
    assert "competitions list" in caught.value.hint


def test_a_broken_folder_is_listed_and_harms_nobody(make_folder: MakeFolder) -> None:
    folder = make_folder("bad")
    (folder / "config.yaml").write_text("id: bad\n")
    catalog = list_competitions([folder.parent])
    assert [broken.name for broken in catalog.broken] == ["bad"]
    assert "config.yaml" in str(catalog.broken[0].error)
    assert len(catalog) >= 8
    with pytest.raises(CompetitionError, match="name: Field required"):
        find("bad", [folder.parent])


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CompetitionError, match="no directory"):
        list_competitions([tmp_path / "absent"])


@pytest.mark.parametrize("target", ["plugin_of_toys:FOLDER", "plugin_of_toys:absent"])
def test_entry_points_add_folders(
    make_folder: MakeFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    folder = make_folder()
    site = tmp_path / "site"
    metadata = site / "toys-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[exitree.competitions]\ntoys = {target}\n")
    (site / "plugin_of_toys.py").write_text(f"FOLDER = {str(folder.parent)!r}\n")
    monkeypatch.syspath_prepend(str(site))
    catalog = list_competitions()
    if target.endswith("FOLDER"):
        assert find("toy").directory == folder
    else:
        assert [broken.name for broken in catalog.broken] == ["toys"]

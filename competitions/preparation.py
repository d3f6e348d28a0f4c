"""Raw data -> public, private and nested folders, all or nothing.

    <data_dir>/<id>/raw/                       only what the user put there; never written to
    <data_dir>/<id>/prepared/public            what a competitor gets
                            /private           the test answers (0700)
                            /nested/public     the same layout again, cut out of public
                            /nested/private    its answers and which rows are for what (0700)
                            /manifest.json     checksums; written last

Everything is built in a temporary folder beside `prepared` and renamed into place, under a lock: a
preparation that was killed leaves no `prepared`, and the next one sweeps its remains.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from competitions.errors import CompetitionError
from competitions.files import (
    PUBLIC_DIR_MODE,
    open_to_all,
    scratch_copy,
    seal,
    sync_directory,
)
from competitions.folder_code import load_function
from competitions.manifest import Manifest, recipe_of
from competitions.nesting import ROWS_NAME, divide_rows

if TYPE_CHECKING:
    from competitions.competition import Competition

DESCRIPTION_NAME = "description.md"
_BUILDING = ".building-"
_REPLACED = ".replaced-"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Layout:
    """Names of the folders in a prepared folder."""

    root: Path

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def private(self) -> Path:
        return self.root / "private"

    @property
    def nested(self) -> Layout:
        return Layout(self.root / "nested")

    @property
    def nested_public(self) -> Path:
        return self.nested.public

    @property
    def rows(self) -> Path:
        """Which nested answer rows are for the search and which for the selection."""
        return self.nested.private / ROWS_NAME


def prepare(
    competition: Competition, data_dir: Path, *, force: bool = False, verify: bool = False
) -> Path:
    """Makes sure that `<data_dir>/<id>/prepared` is whole, and returns it.

    `verify` reads every file against its checksum, where size and time are looked at otherwise.

    Raises:
        CompetitionError: raw data is missing, the folder's code fails, or the disk is full.
    """
    home = data_dir / competition.spec.id
    prepared = home / "prepared"
    recipe = recipe_of(competition.directory)
    try:
        with _lock(home):
            if force or not _is_current(prepared, recipe, verify=verify):
                _sweep(home)
                _rebuild(competition, home, recipe)
    except OSError as error:
        raise _readable(error, home) from error
    return prepared


def _is_current(prepared: Path, recipe: str, *, verify: bool) -> bool:
    manifest = Manifest.read(prepared)
    if manifest is None or manifest.recipe != recipe:
        return False
    return not manifest.altered(prepared) if verify else manifest.looks_whole(prepared)


def _rebuild(competition: Competition, home: Path, recipe: str) -> None:
    started = time.monotonic()
    building = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=home))
    try:
        layout = Layout(building / "prepared")
        _build(competition, home / "raw", layout, scratch=building)
        Manifest.of(layout.root, recipe).write(layout.root)
        _put_in_place(layout.root, home)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    logger.info("prepared %s in %.1f s", competition.spec.id, time.monotonic() - started)


def _build(competition: Competition, user_raw: Path, layout: Layout, *, scratch: Path) -> None:
    raw = scratch / "raw"
    _fetch_raw(competition, user_raw, raw)
    _split(competition, raw, layout)
    nested_raw = scratch / "nested-raw"
    scratch_copy(layout.public, nested_raw)
    _split(competition, nested_raw, layout.nested)
    divide_rows(competition.spec, layout.nested.root, layout.rows)
    layout.root.chmod(PUBLIC_DIR_MODE)
    layout.nested.root.chmod(PUBLIC_DIR_MODE)
    for part in (layout, layout.nested):
        open_to_all(part.public)
        seal(part.private)


def _fetch_raw(competition: Competition, user_raw: Path, raw: Path) -> None:
    """Generated, or a scratch copy of what the user put there: `prepare` may write in it."""
    reference = competition.spec.generator
    if reference is not None:
        raw.mkdir()
        _call(competition, reference, raw)
    elif user_raw.is_dir():
        scratch_copy(user_raw, raw)
    else:
        raise CompetitionError(
            f"{competition.spec.id} has no raw data", hint=f"put its files into {user_raw}"
        )


def _split(competition: Competition, raw: Path, part: Layout) -> None:
    """One call of the folder's own `prepare`; the description goes with the public data."""
    part.public.mkdir(parents=True)
    part.private.mkdir(mode=0o700)
    _call(competition, competition.spec.preparer, raw, part.public, part.private)
    (part.public / DESCRIPTION_NAME).write_text(competition.spec.description, encoding="utf-8")
    for path in (competition.spec.answers, competition.spec.sample_submission):
        if not (part.root / path).is_file():
            raise CompetitionError(
                f"{competition.directory}: `{competition.spec.preparer}` did not write {path}",
                hint="write the files that `dataset` in config.yaml names",
            )


def _call(competition: Competition, reference: str, *folders: Path) -> None:
    function = load_function(competition.directory, reference)
    try:
        function(*folders)
    except OSError:
        raise
    except Exception as error:  # plugin boundary: the folder's code runs here
        raise CompetitionError(
            f"{competition.directory}: `{reference}` failed: {type(error).__name__}: {error}",
            hint="correct the competition's code, or its raw data",
        ) from error


def _put_in_place(finished: Path, home: Path) -> None:
    """The step that counts. A kill between the renames leaves nothing, and so a fresh start."""
    prepared = home / "prepared"
    if prepared.exists():
        prepared.rename(_place_for_old(prepared, home))
    finished.rename(prepared)
    sync_directory(home)
    _sweep(home)


def _place_for_old(prepared: Path, home: Path) -> Path:
    """Ours may go; a folder that another tool prepared is kept, under another name."""
    is_ours = Manifest.read(prepared) is not None or (prepared / "nested").is_dir()
    if is_ours:
        return Path(tempfile.mkdtemp(prefix=_REPLACED, dir=home)) / "prepared"
    kept = home / f"prepared-before-{time.strftime('%Y%m%d-%H%M%S')}"
    logger.warning("%s was not prepared by Exitree; kept as %s", prepared, kept.name)
    return kept


def _sweep(home: Path) -> None:
    """Removes what earlier preparations left. Only under the lock."""
    for prefix in (_BUILDING, _REPLACED):
        for remains in home.glob(f"{prefix}*"):
            shutil.rmtree(remains, ignore_errors=True)


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    """One preparation of a competition at a time, across processes; a killed one frees it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _readable(error: OSError, home: Path) -> CompetitionError:
    hint = "choose another `--data-dir`"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        hint = "free some space, or " + hint
    return CompetitionError(f"cannot prepare in {home}: {error.strerror or error}", hint=hint)

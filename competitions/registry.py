"""Where competitions are found, nearest first: given directories, ~/.exitree/competitions
(EXITREE_HOME moves it), entry points of group `exitree.competitions`, the package's own.

A name that begins with `micro:` is none of these but a seed of the generator in micro/.
A directory is searched one level deep: each folder with a config.yaml is a competition, named by
its `id`. An entry point names a Path or str: such a directory, or one competition folder.
"""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from competitions.competition import Competition
from competitions.errors import CompetitionError
from competitions.micro.names import PREFIX as MICRO_PREFIX
from competitions.spec import CONFIG_NAME

ENTRY_POINT_GROUP = "exitree.competitions"
EMBEDDED = Path(__file__).parent / "embedded"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenFolder:
    """A competition folder (or entry point) that cannot be used, and why."""

    name: str
    error: CompetitionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Every competition found, by id; iterating gives the usable ones."""

    competitions: tuple[Competition, ...]
    broken: tuple[BrokenFolder, ...]

    def __iter__(self) -> Iterator[Competition]:
        return iter(self.competitions)

    def __len__(self) -> int:
        return len(self.competitions)


def list_competitions(extra_dirs: Iterable[Path] = ()) -> Catalog:
    """All competitions, sorted by id. Of two with the same id the nearest wins.

    Raises:
        CompetitionError: a directory of `extra_dirs` does not exist.
    """
    found: dict[str, Competition] = {}
    broken: dict[str, BrokenFolder] = {}
    for folder in _folders(extra_dirs, broken):
        try:
            competition = Competition.load(folder)
        except CompetitionError as error:
            broken.setdefault(folder.name, BrokenFolder(name=folder.name, error=error))
        else:
            found.setdefault(competition.spec.id, competition)
    return Catalog(
        competitions=tuple(found[name] for name in sorted(found)),
        broken=tuple(broken[name] for name in sorted(broken)),
    )


def find(name: str, extra_dirs: Iterable[Path] = ()) -> Competition:
    """The competition with this id; `micro:FAMILY/SEED` is made on the spot.

    Raises:
        CompetitionError: no such competition (with the nearest id), or its folder is broken.
    """
    if name.startswith(MICRO_PREFIX):
        from competitions.micro.build import build

        return build(name)
    catalog = list_competitions(extra_dirs)
    for competition in catalog:
        if competition.spec.id == name:
            return competition
    for folder in catalog.broken:
        if folder.name == name:
            raise folder.error
    near = difflib.get_close_matches(name, [item.spec.id for item in catalog], n=1, cutoff=0.5)
    guess = f"did you mean `{near[0]}`? " if near else ""
    raise CompetitionError(
        f"unknown competition `{name}`", hint=f"{guess}see `exitree competitions list`"
    )


def exitree_home() -> Path:
    """The user's folder: EXITREE_HOME, else ~/.exitree."""
    configured = os.environ.get("EXITREE_HOME")
    return Path(configured).expanduser() if configured else Path.home() / ".exitree"


def _folders(extra_dirs: Iterable[Path], broken: dict[str, BrokenFolder]) -> Iterator[Path]:
    for directory in extra_dirs:
        if not directory.is_dir():
            raise CompetitionError(
                f"no directory {directory}", hint="give `--competitions-dir` an existing directory"
            )
        yield from _below(directory)
    yield from _below(exitree_home() / "competitions")
    yield from _from_entry_points(broken)
    yield from _below(EMBEDDED)


def _below(directory: Path) -> list[Path]:
    """The directory itself when it is a competition folder, else the ones in it."""
    if (directory / CONFIG_NAME).is_file():
        return [directory]
    return sorted(path.parent for path in directory.glob(f"*/{CONFIG_NAME}"))


def _from_entry_points(broken: dict[str, BrokenFolder]) -> Iterator[Path]:
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            directory = Path(point.load())
        except Exception as error:  # plugin loading: another package's code runs here
            logger.warning("entry point %s cannot be loaded: %s", point.name, error)
            fault = CompetitionError(
                f"entry point {point.name} ({point.value}) cannot be loaded: {error}",
                hint="update or remove the package that declares it",
            )
            broken.setdefault(point.name, BrokenFolder(name=point.name, error=fault))
        else:
            yield from _below(directory)

"""Which competitions a bench runs over: `embedded`, ids, folders, or a file that lists them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from competitions.errors import CompetitionError
from scaffold.errors import ScaffoldError
from scaffold.naming import nearest

if TYPE_CHECKING:
    from competitions.competition import Competition

EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A competition of a bench: its id and what finds it again, the id or a folder's path."""

    id: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    """A competition as it was given, and where: a file's line, or nothing for an argument."""

    name: str
    place: str = ""
    base: Path = Path()


def competition_set(names: Sequence[str], extra_dirs: Sequence[Path] = ()) -> list[Contender]:
    """The competitions that the words of a command line mean, each once, in their order.

    Raises:
        ScaffoldError: a name is unknown (a file's says its line), or a file cannot be read.
        CompetitionError: a competition's folder is broken.
    """
    from competitions.registry import list_competitions

    catalog = {item.spec.id: item for item in list_competitions(extra_dirs)}
    found: dict[str, Contender] = {}
    for mention in _mentions(names, catalog):
        contender = _contender(mention, catalog, extra_dirs)
        earlier = found.setdefault(contender.id, contender)
        if earlier.reference != contender.reference:
            raise ScaffoldError(
                f"{mention.place}two competitions have the id {contender.id}: "
                f"{earlier.reference} and {contender.reference}",
                hint="give one of them another id in its config.yaml",
            )
    return list(found.values())


def _mentions(names: Sequence[str], catalog: dict[str, Competition]) -> Iterator[_Mention]:
    for name in names:
        if name == EMBEDDED:
            yield from (_Mention(name=id) for id in _embedded())
        elif name not in catalog and Path(name).is_file():
            yield from _listed(Path(name))
        else:
            yield _Mention(name=name)


def _embedded() -> list[str]:
    from competitions.registry import EMBEDDED as directory
    from competitions.registry import list_competitions

    return [
        item.spec.id for item in list_competitions() if item.directory.is_relative_to(directory)
    ]


def _listed(path: Path) -> Iterator[_Mention]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ScaffoldError(
            f"cannot read {path}: {reason}", hint="it lists competitions, one a line"
        ) from None
    mentions = [
        _Mention(name=name, place=f"{path}, line {number}: ", base=path.parent)
        for number, line in enumerate(lines, start=1)
        if (name := line.partition("#")[0].strip())
    ]
    if not mentions:
        raise ScaffoldError(
            f"{path} lists no competition", hint="write one id or folder a line; `#` begins a note"
        )
    yield from mentions


def _contender(
    mention: _Mention, catalog: dict[str, Competition], extra_dirs: Sequence[Path]
) -> Contender:
    from competitions.competition import Competition
    from competitions.registry import find

    name = mention.name
    if name in catalog:
        return Contender(id=name, reference=name)
    folder = mention.base / Path(name).expanduser()
    if os.sep in name and folder.is_dir():
        folder = folder.resolve()
        return Contender(id=Competition.load(folder).spec.id, reference=str(folder))
    try:
        return Contender(id=find(name, extra_dirs).spec.id, reference=name)
    except CompetitionError as error:
        near = nearest(name, [EMBEDDED])
        hint = f"did you mean `{near}`, all that come with Exitree?" if near else error.hint
        raise ScaffoldError(f"{mention.place}{error}", hint=hint) from None

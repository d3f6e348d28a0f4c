"""Names of things that can be swapped: tables from name to object, loaded on use.

A name is a row of a built-in table, an entry point `exitree.<nouns>` of an installed package, or a
dotted string `package.module:Object`. A name that is none of these is a user error which says what
comes nearest.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from scaffold.errors import ScaffoldError


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, whatever its case; None where none is like it."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def unknown_name(noun: str, name: str, known: Iterable[str], *, more: str = "") -> ScaffoldError:
    """The error for a name that does not exist. Its hint is the nearest name, or all of them, and
    then `more`: the command that lists them, say."""
    names = sorted(known)
    match = nearest(name, names)
    hint = f"did you mean {match!r}?" if match else f"known: {', '.join(names) or 'none'}"
    return ScaffoldError(f"unknown {noun} {name!r}", hint=f"{hint}; {more}" if more else hint)


def load_object(dotted: str) -> Any:
    """The object that `package.module:Object` names.

    Raises:
        ScaffoldError: the module cannot be imported, or has no such object.
    """
    module_name, _, attribute = dotted.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:  # plugin loading: other people's code runs here
        raise ScaffoldError(
            f"cannot load {dotted!r}: {type(error).__name__}: {error}",
            hint="check the spelling of package.module:Object and that the package is installed",
        ) from error
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable:
    """The things of one kind, by name.

    `builtin` maps names to dotted strings, `group` is the entry-point group that adds to them,
    `more` ends the hint on an unknown name. Built-in names win over entry points of the same name:
    installing a package never changes what an existing command does.
    """

    noun: str
    group: str
    builtin: Mapping[str, str]
    more: str = "your own is package.module:Object"

    def names(self) -> list[str]:
        return sorted({*self.builtin, *self._entry_points()})

    def load(self, name: str) -> Any:
        """The object behind a name.

        Raises:
            ScaffoldError: there is no such name, or what it names cannot be imported.
        """
        if name in self.builtin:
            return load_object(self.builtin[name])
        if point := self._entry_points().get(name):
            return load_object(point.value)
        if ":" in name:
            return load_object(name)
        raise unknown_name(self.noun, name, self.names(), more=self.more)

    def _entry_points(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.group)}

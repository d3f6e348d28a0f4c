"""The configurations of a bench, from the texts of `--config`.

    NAME=FILE.yaml              settings from a file
    NAME:key=value,key=value    settings as of `--set`, values in YAML

Both lie over the settings that all configurations share, so that a configuration need only say in
what it differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffold.bench.plan import OF_A_CELL, Configuration
from scaffold.config import SearchConfig
from scaffold.config_sources import load
from scaffold.errors import ScaffoldError

FORM = re.compile(r"(?P<name>[A-Za-z0-9][\w.+-]*)(?P<kind>[=:])(?P<rest>.+)", re.DOTALL)
NEXT_SETTING = re.compile(r",(?=\s*[A-Za-z_][\w.]*=)")
FORMS = "NAME=FILE.yaml, or NAME:key=value,key=value: --config chain:policy.name=chain, say"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSettings:
    """What all configurations have in common: values by dotted key, `-c` files below them."""

    values: Mapping[str, Any] = field(default_factory=dict)
    overrides: Sequence[str] = ()
    files: Sequence[Path] = ()

    def texts(self) -> list[str]:
        """As `--set` takes them, later ones winning."""
        given = {key: value for key, value in self.values.items() if value is not None}
        return [*self.overrides, *(f"{key}={json.dumps(value)}" for key, value in given.items())]


def configurations(texts: Sequence[str], shared: SharedSettings) -> list[Configuration]:
    """One configuration a text; without texts the shared settings alone, named by their policy.

    Raises:
        ScaffoldError: a text has another form, a name is given twice, or a setting is wrong.
    """
    if not texts:
        settings = _resolve("a bench", shared.texts(), shared.files)
        name = re.sub(r"[^\w.+-]+", "-", settings.policy.name)
        return [Configuration(name=name, settings=settings)]
    found: dict[str, Configuration] = {}
    for text in texts:
        match = FORM.fullmatch(text.strip())
        if match is None:
            raise ScaffoldError(f"--config {text!r} is no configuration", hint=f"write {FORMS}")
        name = match["name"]
        if name.lower() in {known.lower() for known in found}:  # names become folders
            raise ScaffoldError(
                f"two configurations have the name {name!r}", hint="give one another name"
            )
        found[name] = Configuration(name=name, settings=_settings(match, shared))
    return list(found.values())


def _settings(match: re.Match[str], shared: SharedSettings) -> SearchConfig:
    place = f"--config {match['name']}"
    if match["kind"] == "=":
        file = Path(match["rest"]).expanduser()
        given = {".".join(key) for key in load(files=[file], environ={}).sources}
        rest = [text for text in shared.texts() if not _is_given(text.partition("=")[0], given)]
        return _resolve(place, rest, [*shared.files, file])
    own = [part.strip() for part in NEXT_SETTING.split(match["rest"])]
    for text in own:
        if "=" not in text:
            raise ScaffoldError(f"{place}: {text!r} is not key=value", hint=f"write {FORMS}")
    return _resolve(place, [*shared.texts(), *own], shared.files)


def _is_given(key: str, given: set[str]) -> bool:
    """True where a file gives this key, one around it or one inside it."""
    return any(
        key == name or key.startswith(f"{name}.") or name.startswith(f"{key}.") for name in given
    )


def _resolve(place: str, overrides: Sequence[str], files: Sequence[Path]) -> SearchConfig:
    resolved = load(overrides=overrides, files=files)
    for (first, *_), source in resolved.sources.items():
        if first in OF_A_CELL and not source.startswith("environment"):
            raise ScaffoldError(
                f"{place} cannot set {first} ({source}): each run has its own",
                hint="leave it out; `exitree bench -h` shows how to name competitions and seeds",
            )
    return resolved.config

"""A list of all settings, read off the fields of `SearchConfig`: for help, errors and the docs.

`python -m scaffold.config_reference docs/configuration.md` renews the table in that file, between
the two marker lines; a test keeps the committed file up to date.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Union, cast, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scaffold.config import SearchConfig

BEGIN, END = "<!-- settings: generated -->", "<!-- settings: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One leaf of the configuration. `key` is its dotted path, `default` is written as in YAML."""

    key: str
    type: str
    default: str
    description: str

    @property
    def env(self) -> str:
        """The environment variable of this setting."""
        return "EXITREE_" + self.key.replace(".", "_").upper()

    @property
    def holds_text(self) -> bool:
        """True when any text is a value as it stands, without YAML's rules."""
        return "text" in self.type or "path" in self.type


@cache
def settings() -> tuple[Setting, ...]:
    """All settings, in the order of the fields."""
    return tuple(
        Setting(
            key=key,
            type=_type_name(field.annotation),
            default=_as_yaml(field),
            description=field.description or "",
        )
        for key, field in _fields().items()
        if not _is_section(field)
    )


@cache
def section_keys() -> tuple[str, ...]:
    """The dotted paths of all groups of settings: `model`, `sandbox.limits`, ..."""
    return tuple(key for key, field in _fields().items() if _is_section(field))


def describe(key: str) -> str:
    """What a setting or a section means, for help texts and hints.

    Raises:
        KeyError: there is no such setting.
    """
    return _fields()[key].description or ""


def markdown_table() -> str:
    """All settings as a markdown table, in the order of the fields."""
    rows = ["| setting | type | default | meaning |", "| --- | --- | --- | --- |"]
    for setting in settings():
        description = setting.description.replace("|", "\\|")
        rows.append(f"| `{setting.key}` | {setting.type} | `{setting.default}` | {description} |")
    return "\n".join(rows)


def with_table(document: str) -> str:
    """The document with its generated part renewed."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the document lacks the lines {BEGIN} and {END}")
    return f"{before}{begin}\n{markdown_table()}\n{end}{after}"


@cache
def _fields() -> dict[str, FieldInfo]:
    """All fields by dotted path, each section before its settings."""
    return dict(_fields_of(SearchConfig))


def _fields_of(section: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in section.model_fields.items():
        yield prefix + name, field
        if _is_section(field):
            yield from _fields_of(cast("type[BaseModel]", field.annotation), f"{prefix}{name}.")


def _is_section(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _type_name(annotation: Any) -> str:
    """A type as a reader of YAML calls it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type_name(arguments[0])
    if origin in {types.UnionType, Union}:
        return " or ".join("null" if a is type(None) else _type_name(a) for a in arguments)
    if origin is tuple:
        return f"list of {_type_name(arguments[0])}s"
    if origin is dict:
        return "mapping"
    names = {str: "text", bool: "true or false", int: "integer", float: "number", Path: "path"}
    return names[annotation]


def _as_yaml(field: FieldInfo) -> str:
    default = field.default
    value = str(default) if isinstance(default, Path) else default
    value = list(value) if isinstance(value, tuple) else value
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("\n...\n").strip()


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")

"""Where settings come from: flags over `-c` files over the environment over defaults.

All layers are merged key by key, so a file need only hold what it changes; where each value came
from is kept, for `--dry-run` and for errors, which name the file and the line.
"""

from __future__ import annotations

import os
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scaffold.config import SearchConfig
from scaffold.config_reference import describe, section_keys, settings
from scaffold.errors import ScaffoldError
from scaffold.naming import nearest

Key = tuple[str, ...]  # not a dotted string: a model's name, a key of `prices`, may hold dots


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One value for one key, and where it was given."""

    key: Key
    value: Any
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A setting that differs from its default."""

    key: str
    value: Any
    default: Any
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedConfig:
    """The settings of a search and where those that were given come from."""

    config: SearchConfig
    sources: Mapping[Key, str]

    def changes(self) -> list[Change]:
        """What differs from the defaults, in the order of the fields."""
        defaults = dict(_leaves(SearchConfig().model_dump(mode="json")))
        given = dict(_leaves(self.config.model_dump(mode="json")))
        return [
            Change(
                key=".".join(key),
                value=value,
                default=defaults.get(key),
                source=_source(self.sources, key) or "derived",
            )
            for key, value in given.items()
            if value != defaults.get(key)
        ]


def load(
    *,
    flags: Mapping[str, Any] | None = None,
    overrides: Sequence[str] = (),
    files: Sequence[Path] = (),
    environ: Mapping[str, str] = os.environ,
) -> ResolvedConfig:
    """Resolves all sources of settings.

    Args:
        flags: dotted key to value, from named options; None means that the option was not given.
        overrides: the texts of `--set key=value`, values in YAML; below `flags`, above `files`.
        files: YAML files, later ones over earlier ones.
        environ: read for one variable a setting, `EXITREE_` and its key in capitals.

    Raises:
        ScaffoldError: a file cannot be read, a key is unknown or a value is wrong.
    """
    layers: list[Iterable[Assignment]] = [
        _environment(environ),
        *map(_file, files),
        map(_override, overrides),
        _flags(flags or {}),
    ]
    values: dict[str, Any] = {}
    sources: dict[Key, str] = {}
    for layer in layers:
        for assignment in layer:
            _assign(values, sources, assignment)
    try:
        return ResolvedConfig(config=SearchConfig.model_validate(values), sources=sources)
    except ValidationError as error:
        raise _explain(error.errors(), sources) from None


def _environment(environ: Mapping[str, str]) -> Iterator[Assignment]:
    for setting in settings():
        if text := environ.get(setting.env):
            source = f"environment {setting.env}"
            value = text if setting.holds_text else _parse_value(text, source)
            yield Assignment(key=tuple(setting.key.split(".")), value=value, source=source)


def _override(text: str) -> Assignment:
    key, equals, value = text.partition("=")
    if not (key.strip() and equals):
        raise ScaffoldError(f"--set {text!r} is not key=value", hint="--set budget.steps=20, say")
    source = f"--set {key}"
    return Assignment(
        key=tuple(key.strip().split(".")), value=_parse_value(value, source), source=source
    )


def _flags(flags: Mapping[str, Any]) -> Iterator[Assignment]:
    for key, value in flags.items():
        if value is not None:
            yield Assignment(key=tuple(key.split(".")), value=value, source="command line")


def _parse_value(text: str, source: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = str(error).splitlines()[0]
        raise ScaffoldError(
            f"{source}: {text!r} is not a YAML value: {problem}", hint="put it in quotes"
        ) from None


def _file(path: Path) -> list[Assignment]:
    """The assignments of a YAML file.

    Raises:
        ScaffoldError: the file cannot be read, is no YAML mapping or gives a key twice.
    """
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        lines = dict(_key_lines(node, str(path)))
        content = loader.construct_document(node) if node else {}
        leaves = list(_leaves(content)) if isinstance(content, dict) else None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ScaffoldError(
            f"cannot read {path}: {reason}", hint="check the path given with -c"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _not_yaml(path, error) from None
    if leaves is None:
        raise ScaffoldError(
            f"{path} holds no settings, but a {type(content).__name__}",
            hint="write one `key: value` a line; docs/configuration.md lists the keys",
        )
    return [
        Assignment(
            key=key, value=value, source=f"{path}, line {lines[key]}" if key in lines else str(path)
        )
        for key, value in leaves
    ]


def _key_lines(node: yaml.Node | None, path: str, key: Key = ()) -> Iterator[tuple[Key, int]]:
    """On which line, from 1, each key of a YAML document stands."""
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key_node, value_node in node.value:
        name, line = str(key_node.value), key_node.start_mark.line + 1
        if name in seen:
            raise ScaffoldError(
                f"{path}, line {line}: {'.'.join((*key, name))!r} is given twice",
                hint="keep one of the two lines",
            )
        seen.add(name)
        yield (*key, name), line
        yield from _key_lines(value_node, path, (*key, name))


def _not_yaml(path: Path, error: Exception) -> ScaffoldError:
    mark = getattr(error, "problem_mark", None)
    where = f"{path}, line {mark.line + 1}" if mark else str(path)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return ScaffoldError(f"{where}: not valid YAML: {problem}", hint="mend the file")


def _leaves(content: Mapping[Any, Any], prefix: Key = ()) -> Iterator[tuple[Key, Any]]:
    """All values that are no mappings (empty ones are values), with their keys."""
    for name, value in content.items():
        key = (*prefix, str(name))
        if isinstance(value, dict) and value:
            yield from _leaves(value, key)
        else:
            yield key, value


def _assign(values: dict[str, Any], sources: dict[Key, str], assignment: Assignment) -> None:
    """Puts a value into the nested mapping; a section left empty in a file changes nothing."""
    key, value = assignment.key, assignment.value
    if isinstance(value, dict) and value:
        for inner, leaf in _leaves(value, key):
            _assign(values, sources, Assignment(key=inner, value=leaf, source=assignment.source))
        return
    if value is None and ".".join(key) in section_keys():
        return
    section = values
    for name in key[:-1]:
        if not isinstance(section.get(name), dict):
            section[name] = {}
        section = section[name]
    section[key[-1]] = value
    sources[key] = assignment.source


def _source(sources: Mapping[Key, str], key: Key) -> str | None:
    """Where the key was given: itself, a key around it, or the first one inside it."""
    for length in range(len(key), 0, -1):
        if key[:length] in sources:
            return sources[key[:length]]
    return next((source for given, source in sources.items() if given[: len(key)] == key), None)


def _explain(errors: list[ErrorDetails], sources: Mapping[Key, str]) -> ScaffoldError:
    """The first of pydantic's errors as a sentence, with its place; how many follow."""
    error = errors[0]
    key = tuple(str(part) for part in error["loc"])
    dotted = ".".join(key)
    where = _source(sources, key)
    place = f" ({where})" if where else ""
    more = f"; {len(errors) - 1} more" if len(errors) > 1 else ""
    if error["type"] == "extra_forbidden":
        return ScaffoldError(f"unknown setting {dotted!r}{place}{more}", hint=_similar(key))
    if dotted in section_keys():
        inner = ", ".join(s.key for s in settings() if s.key.startswith(f"{dotted}."))
        return ScaffoldError(
            f"{dotted} is a group of settings, not a value{place}{more}", hint=f"set {inner}"
        )
    return ScaffoldError(f"{dotted}: {_problem(error)}{place}{more}", hint=_meaning(key))


def _problem(error: ErrorDetails) -> str:
    """What is wrong. A check of our own says it all: its input may be what must not be shown."""
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    problem = error["msg"].replace("Input should", "should")
    return f"{problem}, not {reprlib.repr(error['input'])}"


def _similar(key: Key) -> str:
    known = [setting.key for setting in settings()]
    same_name = [name for name in known if name.rpartition(".")[2] == key[-1]]
    match = same_name[0] if same_name else nearest(".".join(key), known)
    return f"did you mean {match!r}?" if match else "--dry-run prints every setting"


def _meaning(key: Key) -> str:
    """The description of the innermost setting around a key."""
    for length in range(len(key), 0, -1):
        try:
            return describe(".".join(key[:length]))
        except KeyError:
            continue
    return "--dry-run prints every setting"

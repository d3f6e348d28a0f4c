"""`scripted/PATH`: recorded answers instead of a model, for tests, demonstrations and bug reports.

The file holds one JSON object a line:

    {"text": "...", "key": "3f2a...", "truncated": false,
     "usage": {"prompt_tokens": 900, "completion_tokens": 300, "cost_usd": 0.01}}

Only `text` is required. An answer with a `key` is given to the prompt with that `prompt_key`, as
often as it is asked: deterministic whatever the threads do. Answers without one are given once
each, in the order of the file, to prompts without a keyed answer: deterministic with one worker.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from scaffold.errors import ScaffoldError
from scaffold.models.base import Completion
from search.node import Message, Usage

if TYPE_CHECKING:
    from scaffold.config import ModelConfig

_CLOCK = re.compile(r"^time left: .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer:
    """One recorded answer; see the module for what `key` does."""

    completion: Completion
    key: str | None = None


@dataclass(slots=True)
class ScriptedModel:
    """Replays answers. Safe to use from several threads at once."""

    answers: Sequence[ScriptedAnswer]
    name: str = "scripted"
    _keyed: dict[str, Completion] = field(init=False, repr=False)
    _in_order: list[Completion] = field(init=False, repr=False)
    _num_given: int = field(init=False, default=0, repr=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self._keyed = {answer.key: answer.completion for answer in self.answers if answer.key}
        self._in_order = [answer.completion for answer in self.answers if not answer.key]

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> ScriptedModel:
        """A model that gives these answers, one after the other."""
        return cls([ScriptedAnswer(completion=Completion(text=text)) for text in texts])

    def complete(
        self, messages: Sequence[Message], n: int = 1, *, seed: int | None = None
    ) -> list[Completion]:
        """The next n answers; the seed changes nothing.

        Raises:
            ScaffoldError: fewer than n answers are left.
        """
        if (keyed := self._keyed.get(prompt_key(messages))) is not None:
            return [keyed] * n
        with self._lock:
            start, end = self._num_given, self._num_given + n
            if end > len(self._in_order):
                raise ScaffoldError(
                    f"{self.name} has no answer left: all {len(self._in_order)} were given",
                    hint="record more answers, or search fewer steps",
                )
            self._num_given = end
            return self._in_order[start:end]

    def close(self) -> None:
        """Nothing is open."""


def prompt_key(messages: Sequence[Message]) -> str:
    """What identifies a prompt: 16 hexadecimal digits of its text, the time left aside."""
    told = [[message.role, _CLOCK.sub("", message.content)] for message in messages]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def from_config(config: ModelConfig) -> ScriptedModel:
    """The model `scripted/PATH` of the settings.

    Raises:
        ScaffoldError: the file cannot be read, or a line is wrong (its number is told).
    """
    if not config.argument:
        raise ScaffoldError("the script's path is missing", hint="write scripted/PATH")
    return ScriptedModel(read_answers(Path(config.argument)), name=config.name)


def read_answers(path: Path) -> list[ScriptedAnswer]:
    """The answers of a file. Raises as `from_config` does."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ScaffoldError(
            f"cannot read {path}: {reason}",
            hint="write scripted/PATH with the path of a JSONL file",
        ) from None
    return [_answer(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


class _UsageLine(BaseModel):
    model_config = ConfigDict(extra="forbid")
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    key: str | None = None
    truncated: bool = False
    usage: _UsageLine = _UsageLine()


def _answer(path: Path, number: int, text: str) -> ScriptedAnswer:
    try:
        line = _Line.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ScaffoldError(
            f"{path}, line {number}: {where + ': ' if where else ''}{first['msg']}",
            hint='a line is a JSON object such as {"text": "the answer"}',
        ) from None
    usage = Usage(**line.usage.model_dump())
    completion = Completion(text=line.text, usage=usage, truncated=line.truncated)
    return ScriptedAnswer(completion=completion, key=line.key)

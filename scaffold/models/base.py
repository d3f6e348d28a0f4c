"""What the scaffold asks of a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from search.node import Message, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer. `truncated` is True when the provider stopped it at a length limit.

    `usage` is this completion's share: for n samples of one prompt, the prompt's tokens are
    counted once, on the first.
    """

    text: str
    usage: Usage = field(default_factory=Usage)
    truncated: bool = False


class Model(Protocol):
    """A language model, or anything that answers like one. Used from several threads at once.

    `complete` returns n samples in a list; the same seed gives the same samples where the model can
    promise it. Raises `ModelUnavailableError` after its own retries, `ScaffoldError` for what the
    user must change (key, model name, base URL).
    """

    name: str

    def complete(
        self, messages: Sequence[Message], n: int = 1, *, seed: int | None = None
    ) -> list[Completion]: ...

    def close(self) -> None:
        """Ends waits and connections, from any thread; calls under way fail soon."""

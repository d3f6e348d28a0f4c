"""`openai/NAME`: any server that speaks OpenAI's chat-completions protocol.

OpenAI itself, vLLM, Ollama, llama.cpp, a gateway: they differ in which parameters they take,
whether they honour `n` and what they report as usage; that is settled here. Retries are our own, so
that a wait ends when the search does (`close`). The key is neither logged nor told in an error.
"""

from __future__ import annotations

import ipaddress
import itertools
import logging
import os
import random
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import openai

from scaffold.errors import MissingPrerequisiteError, ModelUnavailableError, ScaffoldError
from scaffold.models.base import Completion
from scaffold.models.provider_errors import TransientError, classify
from scaffold.models.retry import LONGEST_RETRY_AFTER_SECONDS, backoff_seconds
from scaffold.models.usage import usages
from search.node import Message

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

    from scaffold.config import ModelConfig, TokenPrice

logger = logging.getLogger(__name__)

OPENAI_URL = "https://api.openai.com/v1"
MAX_SEED = 2**31  # some servers keep seeds in 32 bits
RETRIES_TO_REACH = 2  # of a server that has never answered
# What becomes of a parameter that a model refuses: its newer name, or None where it can do without.
OTHER_SPELLINGS = {
    "max_tokens": "max_completion_tokens",
    "temperature": None,
    "seed": None,
    "n": None,
}


def from_config(config: ModelConfig) -> OpenAIModel:
    """The model `openai/NAME` of the settings.

    Raises:
        ScaffoldError: NAME is missing, or the base URL is none.
        MissingPrerequisiteError: the server needs a key and OPENAI_API_KEY is not set.
    """
    if not config.argument:
        raise ScaffoldError("the model's name is missing", hint="write openai/NAME")
    return OpenAIModel(
        config.argument,
        base_url=config.base_url,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        timeout_seconds=config.timeout_seconds,
        max_retries=config.max_retries,
        price=config.prices.get(config.argument),
    )


class OpenAIModel:
    """A served model. Safe to use from several threads at once.

    `base_url` None is OPENAI_BASE_URL, else OpenAI's. `sleep` waits between retries and returns
    True when it was interrupted; it and `jitter` are parameters for the sake of tests.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        timeout_seconds: float = 300.0,
        max_retries: int = 6,
        price: TokenPrice | None = None,
        sleep: Callable[[float], object] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.name = f"openai/{model}"
        self._model = model
        self._base_url = base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
        self._key = _key_for(self._base_url)
        self._options = {"temperature": temperature, "max_tokens": max_tokens}
        self._max_retries = max_retries
        self._price = price
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self._jitter = jitter
        self._has_answered = False
        self._refused: set[str] = set()  # parameters; only ever grows
        self._client = openai.OpenAI(
            api_key=self._key, base_url=self._base_url, timeout=timeout_seconds, max_retries=0
        )

    def complete(
        self, messages: Sequence[Message], n: int = 1, *, seed: int | None = None
    ) -> list[Completion]:
        """n samples; a server that ignores `n` is asked again for the rest.

        Raises:
            ModelUnavailableError: the provider failed after all retries, or the model was closed.
            ScaffoldError: key, model name, base URL or another setting is wrong.
        """
        completions: list[Completion] = []
        while (num_owed := n - len(completions)) > 0:
            parameters = {
                **self._options,
                "n": num_owed if num_owed > 1 else None,
                "seed": None if seed is None else (seed + len(completions)) % MAX_SEED,
            }
            answer = self._ask(messages, parameters)
            completions += self._completions(answer, messages)
        return completions[:n]

    def close(self) -> None:
        """Ends waits between retries; calls fail from now on."""
        self._closed.set()
        self._client.close()

    def _ask(self, messages: Sequence[Message], parameters: dict[str, Any]) -> ChatCompletion:
        """One call, tried until it succeeds or there is no point in trying."""
        for attempt in itertools.count():
            if self._closed.is_set():
                raise ModelUnavailableError(f"{self.name}: closed")
            try:
                return self._send(messages, parameters)
            except TransientError as error:
                self._wait(error, attempt)
        raise AssertionError("unreachable")

    def _wait(self, error: TransientError, attempt: int) -> None:
        """Waits before the next try, or raises where there is none."""
        is_first_contact = error.doubts_address and not self._has_answered
        max_retries = (
            min(self._max_retries, RETRIES_TO_REACH) if is_first_contact else self._max_retries
        )
        seconds = max(backoff_seconds(attempt, self._jitter()), error.retry_after or 0.0)
        if attempt >= max_retries or seconds > LONGEST_RETRY_AFTER_SECONDS:
            if is_first_contact:
                raise ScaffoldError(
                    f"no model answers at {self._base_url}: {error}",
                    hint="is the server running? check model.base_url and OPENAI_BASE_URL",
                )
            raise ModelUnavailableError(f"{self.name} failed {attempt + 1} times, at last: {error}")
        logger.info("%s: %s; trying again in %.1f s", self.name, error, seconds)
        if self._sleep(seconds):
            raise ModelUnavailableError(f"{self.name}: interrupted while waiting after: {error}")

    def _send(self, messages: Sequence[Message], parameters: dict[str, Any]) -> ChatCompletion:
        """One call, again without what the model turns out to refuse.

        Raises:
            TransientError, ScaffoldError: see `provider_errors`.
        """
        try:
            answer: ChatCompletion = self._client.chat.completions.create(
                model=self._model,
                messages=[message.to_dict() for message in messages],  # type: ignore[misc]
                **self._spelled(parameters),
            )
        except (openai.OpenAIError, ValueError) as error:  # ValueError: a body that is no JSON
            if self._learns_from(error, parameters):
                return self._send(messages, parameters)
            raise classify(error, key=self._key, served_models=self._served_models) from None
        if not getattr(answer, "choices", None):
            raise TransientError("the answer is no chat completion", doubts_address=True)
        self._has_answered = True
        return answer

    def _spelled(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters that are set, as this model wants them."""
        spelled = {
            OTHER_SPELLINGS[name] if name in self._refused else name: value
            for name, value in parameters.items()
            if value is not None
        }
        spelled.pop(None, None)
        return {str(name): value for name, value in spelled.items()}

    def _learns_from(self, error: Exception, parameters: dict[str, Any]) -> bool:
        """True when the error is a parameter's refusal that was not known yet."""
        if not isinstance(error, (openai.BadRequestError, openai.UnprocessableEntityError)):
            return False
        name = error.param or ""
        if name in self._refused or name not in OTHER_SPELLINGS or parameters.get(name) is None:
            return False
        logger.warning("%s refuses the parameter %s and gets it no more", self.name, name)
        self._refused.add(name)
        return True

    def _served_models(self) -> list[str]:
        """What the server offers, for a hint; nothing where it does not tell."""
        try:
            return [model.id for model in self._client.models.list().data]
        except (openai.OpenAIError, ValueError, AttributeError, TypeError):
            return []

    def _completions(self, answer: ChatCompletion, messages: Sequence[Message]) -> list[Completion]:
        texts = [_text(choice) for choice in answer.choices]
        shares = usages(answer.usage, messages, texts, self._price)
        return [
            Completion(text=text, usage=usage, truncated=choice.finish_reason == "length")
            for choice, text, usage in zip(answer.choices, texts, shares, strict=True)
        ]


def _text(choice: Any) -> str:
    """The content, or else the refusal: prose that says why there is none."""
    message = choice.message
    text = getattr(message, "content", None) or getattr(message, "refusal", None)
    return text if isinstance(text, str) else ""


def _key_for(base_url: str) -> str:
    """The key for a server; a placeholder for one nearby, which needs none.

    Raises:
        ScaffoldError: the base URL is no URL.
        MissingPrerequisiteError: there is no key.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ScaffoldError(
            f"the base URL {base_url!r} is no URL",
            hint="write one such as http://localhost:8000/v1",
        )
    if key := os.environ.get("OPENAI_API_KEY"):
        return key
    if _is_nearby(parts.hostname):
        return "none-needed"
    raise MissingPrerequisiteError(
        f"no key for {parts.hostname}: OPENAI_API_KEY is not set",
        hint="export OPENAI_API_KEY=..., or set OPENAI_BASE_URL to a server of your own",
    )


def _is_nearby(host: str) -> bool:
    """This machine, a private address, or a name without a domain such as a container's."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))

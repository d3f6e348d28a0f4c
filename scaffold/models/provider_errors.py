"""What a provider's error means: try again, or the user has to change something.

| the provider says                                  | it means                                    |
| -------------------------------------------------- | ------------------------------------------- |
| 408, 409, 425, 429, 5xx, time-out, lost connection | try again (`TransientError`)                |
| no connection, or no chat completion comes back    | try again; the address may be wrong         |
| 401, 403; 429 without quota; 404; other 4xx        | the user has to change it (`ScaffoldError`) |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import openai

from scaffold.errors import ScaffoldError
from scaffold.models.retry import retry_after_seconds
from scaffold.naming import nearest
from scaffold.prompt_text import clip, printable

RETRIED_STATUSES = frozenset({408, 409, 425, 429})  # and all of 5xx
NO_QUOTA = "insufficient_quota"


class TransientError(Exception):
    """May pass by itself. `retry_after` is how long the provider wants us to wait, in seconds;
    `doubts_address`: the address may be wrong as well."""

    def __init__(
        self, reason: str, *, retry_after: float | None = None, doubts_address: bool = False
    ) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.doubts_address = doubts_address


def classify(
    error: openai.OpenAIError | ValueError, *, key: str, served_models: Callable[[], Sequence[str]]
) -> TransientError | ScaffoldError:
    """The error to raise for one of the client's. The key is never in its text."""
    reason = one_line_without(key, str(error))
    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        if status >= 500 or (status in RETRIED_STATUSES and error.code != NO_QUOTA):
            wait = retry_after_seconds(error.response.headers)
            return TransientError(reason, retry_after=wait)
        return ScaffoldError(f"the provider refused: {reason}", hint=_hint(error, served_models))
    if isinstance(error, openai.APIConnectionError):
        cause = type(error.__cause__).__name__  # of httpx or httpx2, by the client's version
        detail = one_line_without(key, str(error.__cause__ or ""))
        return TransientError(
            f"{reason} {detail}".strip(), doubts_address=cause in {"ConnectError", "ConnectTimeout"}
        )
    return TransientError(f"unreadable answer: {reason}", doubts_address=True)


def one_line_without(secret: str, text: str) -> str:
    """A provider's text, fit to be shown."""
    return clip(" ".join(printable(text.replace(secret, "***")).split()), 400, head=0.9)


def _hint(error: openai.APIStatusError, served_models: Callable[[], Sequence[str]]) -> str:
    if error.status_code in {401, 403}:
        return "check OPENAI_API_KEY, and that it is the key of this base URL"
    if error.code == NO_QUOTA:
        return "the account has no credit left: check the provider's billing page"
    if error.status_code == 404:
        return _model_hint(error, served_models())
    return "check the settings below `model` and operators.max_prompt_tokens"


def _model_hint(error: openai.APIStatusError, served: Sequence[str]) -> str:
    if not served:
        return "check the model's name, and the base URL (it usually ends in /v1)"
    match = next((nearest(name, served) for name in _quoted_words(str(error))), None)
    if match:
        return f"did you mean openai/{match}?"
    return "served are: " + ", ".join(f"openai/{name}" for name in served[:5])


def _quoted_words(text: str) -> list[str]:
    return text.replace("`", "'").split("'")[1::2]

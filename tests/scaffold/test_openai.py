"""The served model against a real HTTP server, whatever that server does."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import pytest
from chat_server import ChatServer, Reply, chat, failure, serving

from scaffold.config import ModelConfig, TokenPrice
from scaffold.errors import MissingPrerequisiteError, ModelUnavailableError, ScaffoldError
from scaffold.models.openai import OpenAIModel, from_config
from scaffold.models.retry import LONGEST_WAIT_SECONDS, backoff_seconds, retry_after_seconds
from scaffold.models.usage import apportion
from search.node import Message

PROMPT = [Message("system", "You are terse."), Message("user", "Say hello, please.")]
KEY = "sk-secret-0123456789"
USAGE = {"prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a user: a key, no other endpoint."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


class Conversation:
    """A model talking to a server, and the waits between its retries."""

    def __init__(self, server: ChatServer, **options: Any) -> None:
        self.server = server
        self.waits: list[float] = []
        settings = {"sleep": self.waits.append, "jitter": lambda: 1.0, **options}
        self.model = OpenAIModel("m-1", base_url=server.url, **settings)

    def ask(self, n: int = 1, seed: int | None = None) -> list[str]:
        return [completion.text for completion in self.model.complete(PROMPT, n, seed=seed)]


@contextmanager
def talking(
    *replies: Reply, served: tuple[str, ...] = (), **options: Any
) -> Iterator[Conversation]:
    with serving(replies, models=served) as server:
        conversation = Conversation(server, **options)
        try:
            yield conversation
        finally:
            conversation.model.close()


def test_a_call_sends_what_is_set_and_nothing_else() -> None:
    with talking(chat("hello")) as bare:
        assert bare.ask() == ["hello"]
    assert bare.server.requests == [
        {"model": "m-1", "messages": [message.to_dict() for message in PROMPT]}
    ]
    assert bare.server.keys == [f"Bearer {KEY}"]
    with talking(chat("hello"), temperature=0.0, max_tokens=7) as full:
        full.ask(seed=2**40 + 3)
    sent = full.server.requests[0]
    assert (sent["temperature"], sent["max_tokens"], sent["seed"]) == (0.0, 7, 3)


@pytest.mark.parametrize(
    "trouble",
    [
        failure(429),
        failure(500),
        failure(503),
        failure(408),
        Reply(status=502, body="<html>Bad gateway</html>"),
        Reply(drop=True),
        Reply(body="{not json"),
        Reply(body={"object": "error"}),
        Reply(body={"choices": []}),
        Reply(body="[]"),
    ],
)
def test_trouble_that_may_pass_is_retried(trouble: Reply) -> None:
    with talking(trouble, trouble, chat("hello")) as conversation:
        assert conversation.ask() == ["hello"]
        assert conversation.waits == [1.0, 2.0]


def test_silence_counts_as_a_failed_call() -> None:
    slow = Reply(body="", delay_seconds=0.5)
    with talking(slow, chat("hello"), timeout_seconds=0.1) as conversation:
        assert conversation.ask() == ["hello"]
        assert len(conversation.waits) == 1


def test_the_provider_s_word_on_when_to_come_back_is_kept() -> None:
    date = formatdate(time.time() + 40, usegmt=True)
    replies = (
        failure(429, headers={"Retry-After": "7.5"}),
        failure(503, headers={"Retry-After": date}),
        failure(429, headers={"Retry-After": "soon"}),
        chat("hello"),
    )
    with talking(*replies) as conversation:
        assert conversation.ask() == ["hello"]
    seconds, until_date, illegible = conversation.waits
    assert (seconds, illegible) == (7.5, 4.0)
    assert 35 < until_date <= 40


def test_a_provider_that_stays_away_is_unavailable_after_the_retries() -> None:
    with (
        talking(failure(500, "on fire"), max_retries=3) as conversation,
        pytest.raises(ModelUnavailableError, match=r"failed 4 times, at last: .*on fire"),
    ):
        conversation.ask()
    assert len(conversation.waits) == 3


def test_a_provider_that_wants_hours_is_unavailable_at_once() -> None:
    with (
        talking(failure(429, headers={"Retry-After": "86400"})) as conversation,
        pytest.raises(ModelUnavailableError),
    ):
        conversation.ask()
    assert conversation.waits == []


def test_an_interrupted_wait_ends_the_call() -> None:
    with (
        talking(failure(500), sleep=lambda _: True) as conversation,
        pytest.raises(ModelUnavailableError, match="interrupted"),
    ):
        conversation.ask()


def test_close_ends_a_wait_that_is_under_way() -> None:
    with (
        talking(failure(429, headers={"Retry-After": "500"}), sleep=None) as conversation,
        ThreadPoolExecutor(1) as pool,
    ):
        call = pool.submit(conversation.ask)
        while not conversation.server.requests:
            time.sleep(0.01)
        conversation.model.close()
        with pytest.raises(ModelUnavailableError):
            call.result(timeout=5)
    with pytest.raises(ModelUnavailableError):
        conversation.ask()


@pytest.mark.parametrize(
    ("reply", "hint"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}"), "OPENAI_API_KEY"),
        (failure(403), "OPENAI_API_KEY"),
        (failure(429, code="insufficient_quota"), "billing"),
        (failure(404, "no such route"), "ends in /v1"),
        (failure(400, "too many tokens", code="context_length_exceeded"), "max_prompt_tokens"),
    ],
)
def test_what_the_user_must_change_is_an_error_with_a_hint(reply: Reply, hint: str) -> None:
    with talking(reply) as conversation, pytest.raises(ScaffoldError) as caught:
        conversation.ask()
    assert hint in caught.value.hint
    assert "\n" not in str(caught.value)
    assert len(conversation.server.requests) == 1


def test_an_unknown_model_gets_the_nearest_one_that_is_served() -> None:
    reply = failure(404, "The model `m-1` does not exist", code="model_not_found")
    with (
        talking(reply, served=("other", "m-11")) as conversation,
        pytest.raises(ScaffoldError) as caught,
    ):
        conversation.ask()
    assert caught.value.hint == "did you mean openai/m-11?"


def test_an_address_where_nothing_listens_is_the_user_s_error_after_few_tries() -> None:
    with serving([chat("hello")]) as server:
        url = server.url
    waits: list[float] = []
    model = OpenAIModel("m-1", base_url=url, sleep=waits.append)
    with pytest.raises(ScaffoldError, match=r"no model answers at http://127.0.0.1") as caught:
        model.complete(PROMPT)
    model.close()
    assert "OPENAI_BASE_URL" in caught.value.hint
    assert len(waits) == 2


def test_an_address_that_has_answered_before_is_given_all_retries() -> None:
    with talking(chat("hello"), max_retries=4) as conversation:
        conversation.ask()
        conversation.server.replies[:] = [Reply(body="<html>maintenance</html>")]
        with pytest.raises(ModelUnavailableError):
            conversation.ask()
        assert len(conversation.waits) == 4


def test_n_samples_come_from_one_call() -> None:
    with talking(chat("a", "b", "c", usage=USAGE)) as conversation:
        assert conversation.ask(n=3) == ["a", "b", "c"]
    assert [request["n"] for request in conversation.server.requests] == [3]


def test_a_server_that_ignores_n_is_asked_again_with_other_seeds() -> None:
    with talking(chat("a"), chat("b"), chat("c")) as conversation:
        assert conversation.ask(n=3, seed=5) == ["a", "b", "c"]
    assert [request["seed"] for request in conversation.server.requests] == [5, 6, 7]


def test_more_samples_than_asked_for_are_left_out() -> None:
    with talking(chat("a", "b")) as conversation:
        assert conversation.ask() == ["a"]


def test_a_refused_parameter_is_spelled_anew_or_left_out_from_then_on() -> None:
    refusals = (
        failure(400, "use max_completion_tokens", param="max_tokens"),
        failure(400, "unsupported value", param="temperature"),
    )
    with talking(*refusals, chat("a"), max_tokens=5, temperature=0.5) as conversation:
        assert conversation.ask() == ["a"]
        assert conversation.ask() == ["a"]
    *_, third, fourth = conversation.server.requests
    assert third == fourth
    assert third["max_completion_tokens"] == 5
    assert not {"max_tokens", "temperature"} & set(third)
    assert conversation.waits == []


def test_a_parameter_that_cannot_be_left_out_is_the_user_s_error() -> None:
    with (
        talking(failure(400, "bad", param="max_tokens"), max_tokens=5) as conversation,
        pytest.raises(ScaffoldError),
    ):
        conversation.ask()
    assert len(conversation.server.requests) == 2


def test_an_answer_cut_off_a_refusal_and_an_empty_one_are_answers() -> None:
    refusal = {"role": "assistant", "content": None, "refusal": "I will not."}
    with talking(
        chat("half an ans", finish_reason="length"), chat(None, message=refusal), chat(None)
    ) as conversation:
        cut, refused, empty = (conversation.model.complete(PROMPT)[0] for _ in range(3))
    assert (cut.text, cut.truncated) == ("half an ans", True)
    assert (refused.text, refused.truncated) == ("I will not.", False)
    assert empty.text == ""


def test_usage_and_cost_are_shared_among_the_samples() -> None:
    usage = {**USAGE, "prompt_tokens_details": {"cached_tokens": 40}}
    price = TokenPrice(input=10, output=100, cached_input=1)
    with talking(chat("xx", "x", usage=usage), price=price) as conversation:
        first, second = conversation.model.complete(PROMPT, 2)
    assert (first.usage.prompt_tokens, first.usage.completion_tokens) == (100, 20)
    assert (second.usage.prompt_tokens, second.usage.completion_tokens) == (0, 10)
    assert first.usage.cost_usd == pytest.approx((60 * 10 + 40 * 1 + 20 * 100) / 1e6)
    assert second.usage.cost_usd == pytest.approx(10 * 100 / 1e6)


def test_an_unknown_price_is_unknown_and_missing_usage_is_estimated() -> None:
    with talking(chat("hello", usage=USAGE)) as priceless:
        assert priceless.model.complete(PROMPT)[0].usage.cost_usd is None
    price = TokenPrice(input=1, output=1)
    with talking(chat("x" * 400), price=price) as untold:
        usage = untold.model.complete(PROMPT)[0].usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cost_usd) == (8, 100, None)


def test_many_threads_share_one_model() -> None:
    replies = [failure(429), *(chat(str(number)) for number in range(16))]
    with talking(*replies) as conversation, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: conversation.ask()[0], range(16)))
    assert sorted(answers, key=int) == [str(number) for number in range(16)]


def test_the_key_is_neither_logged_nor_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"key {KEY} is not welcome"
    with talking(failure(500, echo), failure(401, echo)) as conversation:
        with pytest.raises(ScaffoldError) as caught:
            conversation.ask()
        error = caught.value
    assert "not welcome" in str(error)
    assert "not welcome" in caplog.text
    chained = f"{error}{error.__cause__}{error.hint}"
    assert KEY not in chained + caplog.text + repr(vars(conversation.model)["name"])
    assert error.__suppress_context__


def test_without_a_key_only_a_server_nearby_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(MissingPrerequisiteError) as caught:
        from_config(ModelConfig(name="openai/gpt"))
    assert "OPENAI_API_KEY" in caught.value.hint
    with pytest.raises(MissingPrerequisiteError):
        from_config(ModelConfig(name="openai/gpt", base_url="https://api.example.com/v1"))
    for host in ("localhost:1", "127.0.0.1", "[::1]:1", "192.168.0.7", "vllm:8000", "box.local"):
        from_config(ModelConfig(name="openai/gpt", base_url=f"http://{host}/v1")).close()


def test_the_environment_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving([chat("hello")]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        model = from_config(ModelConfig(name="openai/org/m:7b"))
        assert model.complete(PROMPT)[0].text == "hello"
        model.close()
    assert server.requests[0]["model"] == "org/m:7b"
    monkeypatch.setenv("OPENAI_BASE_URL", "localhost:8000")
    with pytest.raises(ScaffoldError, match="is no URL"):
        from_config(ModelConfig(name="openai/m"))


def test_the_price_is_found_by_the_model_s_name() -> None:
    prices = {"m-1": TokenPrice(input=1, output=2)}
    with serving([chat("hello", usage=USAGE)]) as server:
        config = ModelConfig(name="openai/m-1", base_url=server.url, prices=prices)
        model = from_config(config)
        assert model.complete(PROMPT)[0].usage.cost_usd == pytest.approx(160 / 1e6)
        model.close()


def test_a_name_without_a_model_is_an_error() -> None:
    with pytest.raises(ScaffoldError) as caught:
        from_config(ModelConfig(name="openai"))
    assert caught.value.hint == "write openai/NAME"


def test_backoff_doubles_up_to_a_bound_and_is_spread_by_jitter() -> None:
    assert [backoff_seconds(attempt, 1.0) for attempt in range(4)] == [1, 2, 4, 8]
    assert backoff_seconds(50, 1.0) == LONGEST_WAIT_SECONDS
    assert backoff_seconds(1, 0.0) == 1.0


@pytest.mark.parametrize(
    ("header", "expected"),
    [("3", 3), ("-1", 0), ("", None), ("nan", None), ("Wed, 99 Foo", None), (formatdate(110), 10)],
)
def test_retry_after_is_seconds_or_a_date(header: str, expected: float | None) -> None:
    assert retry_after_seconds({"retry-after": header}, now=100) == expected


@pytest.mark.parametrize("weights", [[1, 1, 1], [5, 0, 2], [0, 0], [7]])
def test_shares_add_up(weights: list[int]) -> None:
    assert sum(apportion(100, weights)) == 100
    assert all(share >= 0 for share in apportion(100, weights))

"""Recorded answers come back exactly, by key or in order, whatever the threads do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scaffold.config import ModelConfig
from scaffold.errors import ScaffoldError
from scaffold.models.scripted import ScriptedModel, from_config, prompt_key
from search.node import Message, Usage


def prompt(text: str) -> list[Message]:
    return [Message("user", text)]


def model_of(folder: Path, text: str) -> ScriptedModel:
    path = folder / "answers.jsonl"
    path.write_text(text, encoding="utf-8")
    return from_config(ModelConfig(name=f"scripted/{path}"))


def test_answers_without_a_key_come_in_order_each_once() -> None:
    model = ScriptedModel.of_texts(["a", "b", "c"])
    assert [c.text for c in model.complete(prompt("x"), 2)] == ["a", "b"]
    assert [c.text for c in model.complete(prompt("y"))] == ["c"]
    with pytest.raises(ScaffoldError, match="no answer left: all 3 were given"):
        model.complete(prompt("z"))


def test_a_keyed_answer_belongs_to_its_prompt_and_takes_no_turn(tmp_path: Path) -> None:
    key = prompt_key(prompt("the question"))
    model = model_of(tmp_path, f'{{"text": "mine", "key": "{key}"}}\n\n{{"text": "next"}}\n')
    assert [c.text for c in model.complete(prompt("the question"), 2)] == ["mine", "mine"]
    assert model.complete(prompt("another"))[0].text == "next"


def test_the_key_does_not_depend_on_the_clock() -> None:
    early, late = (prompt(f"a\nsteps left: 3\ntime left: {t} seconds\nb") for t in (90, 10))
    assert prompt_key(early) == prompt_key(late)
    assert prompt_key(prompt("steps left: 3")) != prompt_key(prompt("steps left: 2"))


def test_many_threads_get_every_answer_once() -> None:
    texts = [str(number) for number in range(200)]
    model = ScriptedModel.of_texts(texts)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: model.complete(prompt("x"))[0].text, texts))
    assert sorted(given, key=int) == texts


def test_usage_and_truncation_are_replayed(tmp_path: Path) -> None:
    line = '{"text": "a", "truncated": true, "usage": {"prompt_tokens": 2, "cost_usd": null}}'
    completion = model_of(tmp_path, line).complete(prompt("x"))[0]
    assert completion.truncated
    assert completion.usage == Usage(prompt_tokens=2, cost_usd=None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"text": "a"}\n{"txt": "b"}\n', "line 2: text: Field required"),
        ("not json\n", "line 1: Invalid JSON"),
        ('{"text": 3}\n', "line 1: text: "),
        ('{"text": "a", "usage": {"tokens": 1}}\n', "line 1: usage.tokens: "),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ScaffoldError) as caught:
        model_of(tmp_path, text)
    assert expected in str(caught.value)


def test_a_script_that_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="No such file"):
        from_config(ModelConfig(name=f"scripted/{tmp_path}/none"))
    with pytest.raises(ScaffoldError, match="path is missing"):
        from_config(ModelConfig(name="scripted"))

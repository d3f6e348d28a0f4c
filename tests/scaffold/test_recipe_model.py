"""The recipe model answers prompts as a language model would, from their text alone."""

from __future__ import annotations

import pytest
from recipe_prompts import Shown, messages
from tiny_data import TINY

from scaffold.models.recipe import RecipeModel
from scaffold.parser import parse as parse_answer
from scaffold.recipe.cost import Clock
from scaffold.recipe.grammar import model, option
from scaffold.recipe.prompt import read_prompt
from scaffold.recipe.recipe import Recipe, differences, parse
from scaffold.recipe.script import recipe_text
from search.node import Message

MODEL = RecipeModel()


def answer(prompt: tuple[Message, ...], seed: int = 0) -> str:
    return MODEL.complete(prompt, seed=seed)[0].text


def recipe_of(text: str) -> Recipe:
    named = recipe_text(parse_answer(text, "python").content)
    assert named is not None
    return parse(named)


def first_sentence(text: str) -> str:
    return text.splitlines()[0]


@pytest.mark.parametrize("data", TINY)
def test_an_answer_is_prose_and_one_block(data: str) -> None:
    text = answer(messages("draft", data=data))
    parsed = parse_answer(text, "python")
    assert parsed.problem is None
    assert parsed.plan
    assert text.count("```") == 2
    assert str(recipe_of(text)) in parsed.plan
    kinds = {"images": "images", "texts": "text", "ratings": "text", "series": "series"}
    assert recipe_of(text).kind == kinds.get(data, "tabular")


def test_the_same_seed_gives_the_same_answer_whatever_time_is_left() -> None:
    draft = answer(messages("draft"))
    for operator in ("draft", "improve", "diverge", "debug"):
        shown = [] if operator == "draft" else [Shown(answer=draft)]
        one = answer(messages(operator, *shown, left="steps left: 30\ntime left: 9000 seconds"), 4)
        other = answer(messages(operator, *shown, left="steps left: 1\ntime left: 3 seconds"), 4)
        assert one == other


def test_without_a_seed_the_prompt_decides() -> None:
    one, again = (MODEL.complete(messages("draft"))[0].text for _ in range(2))
    other = MODEL.complete(messages("draft", data="regression"))[0].text
    assert one == again
    assert one != other


def test_seeds_and_samples_differ() -> None:
    assert len({answer(messages("draft"), seed) for seed in range(12)}) > 4
    prompt = messages("improve", Shown(answer=answer(messages("draft"))))
    samples = MODEL.complete(prompt, 8, seed=1)
    assert len({recipe_of(sample.text).fingerprint for sample in samples}) == 8
    assert [sample.usage.prompt_tokens > 0 for sample in samples] == [True] + [False] * 7
    assert all(sample.usage.completion_tokens > 0 for sample in samples)


def test_drafts_use_another_model_than_those_remembered() -> None:
    memory, families = "", []
    for step in range(5):
        text = answer(messages("draft", memory=memory), seed=step)
        families.append(model(recipe_of(text)).name)
        memory += f"- step {step} (draft, score 0.5): {first_sentence(text)}\n"
    assert len(set(families)) >= 4


@pytest.mark.parametrize("data", ["binary", "series", "texts"])
def test_improve_changes_one_element(data: str) -> None:
    """Also along a path that has become a blend."""
    text = answer(messages("draft", data=data))
    for seed in range(25):
        before = recipe_of(text)
        text = answer(messages("improve", Shown(answer=text), data=data), seed)
        changes = differences(before, recipe_of(text))
        assert len(changes) == 1
        assert str(changes[0]) in first_sentence(text)


def test_improve_does_not_repeat_what_memory_shows() -> None:
    parent = Shown(answer=answer(messages("draft")))
    memory, seen = "", set()
    for step in range(30):
        text = answer(messages("improve", parent, memory=memory), seed=9)
        fingerprint = recipe_of(text).fingerprint
        assert fingerprint not in seen
        seen.add(fingerprint)
        # as the memory cuts it
        memory += f"- step {step} (improve, score 0.4): {first_sentence(text)[:200]}\n"


def test_diverge_changes_the_family() -> None:
    parent = answer(messages("draft"))
    for seed in range(10):
        other = answer(messages("diverge", Shown(answer=parent)), seed)
        assert model(recipe_of(other)) is not model(recipe_of(parent))


def draft_of(family: str, data: str = "binary") -> str:
    drafts = (answer(messages("draft", data=data), seed) for seed in range(200))
    return next(text for text in drafts if model(recipe_of(text)).name == family)


def test_combine_blends_with_the_best_first() -> None:
    low, high = draft_of("forest"), draft_of("logistic")
    shown = Shown(answer=low, score=0.6), Shown(answer=high, score=0.8)
    blend = recipe_of(answer(messages("combine", *shown)))
    assert blend.kind == "blend"
    assert [model(member).name for member in blend.members] == ["logistic", "forest"]
    assert recipe_of(high) in blend.members


def test_combining_equal_solutions_brings_in_another_model() -> None:
    same = Shown(answer=draft_of("logistic"))
    blend = recipe_of(answer(messages("combine", same, same)))
    assert len({model(member).name for member in blend.members}) == 2


@pytest.mark.parametrize(
    "feedback",
    [
        "The script was stopped after 60 seconds, the longest it may take.",
        "The script used more than the 4096 MB of memory it may use.",
    ],
)
def test_debug_makes_less_work_where_a_limit_was_hit(feedback: str) -> None:
    slow = draft_of("forest")
    prompt = messages("debug", Shown(answer=slow, score=None, feedback=feedback))
    repaired = recipe_of(answer(prompt))
    problem = read_prompt(prompt).problem
    clock = Clock(problem)
    assert clock.seconds(repaired) < 0.6 * clock.seconds(recipe_of(slow))


def test_debug_drops_what_the_error_names() -> None:
    drafts = (recipe_and_text(seed) for seed in range(300))
    recipe, text = next(pair for pair in drafts if pair[0]["scale"].name == "quantile")
    error = "QuantileTransformer: ValueError: bad quantiles"
    failed = Shown(answer=text, score=None, output=f"Traceback\n{error}", feedback="exit code 1")
    repaired = recipe_of(answer(messages("debug", failed)))
    assert option(repaired, "scale") is not option(recipe, "scale")


def recipe_and_text(seed: int) -> tuple[Recipe, str]:
    text = answer(messages("draft"), seed)
    return recipe_of(text), text


def test_code_of_another_author_is_answered_with_a_draft() -> None:
    foreign = "A plan.\n\n```python\nprint('# recipe: tabular')\n```"
    recipe = recipe_of(answer(messages("improve", Shown(answer=foreign))))
    assert recipe.kind == "tabular"


@pytest.mark.parametrize(
    "content",
    ["", "Hello", "# Metric\n\nAUC\n\n# Data\n\nnone\n\n# Instruction\n\noperator: draft"],
)
def test_a_prompt_without_data_is_answered_in_prose(content: str) -> None:
    completions = MODEL.complete((Message("user", content),), 2, seed=0)
    assert len(completions) == 2
    parsed = parse_answer(completions[0].text, "python")
    assert parsed.problem is not None
    assert "cannot" in completions[0].text


def test_lightgbm_is_used_only_where_it_is_listed() -> None:
    def families(limits: str) -> set[str]:
        drafts = (answer(messages("draft", limits=limits), seed) for seed in range(60))
        return {model(recipe_of(text)).name for text in drafts}

    assert "lgbm" in families("libraries: numpy, pandas, lightgbm")
    assert "lgbm" not in families("libraries: numpy, pandas")

"""The one-line form of a recipe, the grammar's words, and what differs between two recipes."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.recipe.grammar import VOCABULARY, UnknownWordError, complete, slots
from scaffold.recipe.recipe import (
    Change,
    Choice,
    Recipe,
    RecipeSyntaxError,
    differences,
    is_droppable,
    parse,
)

words = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
values = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), words)
columns = st.text(string.printable, min_size=1, max_size=12).filter(is_droppable)
choices = st.builds(
    Choice,
    words,
    st.lists(st.tuples(words, values), max_size=3, unique_by=lambda p: p[0]).map(tuple),
)
singles = st.builds(
    Recipe,
    kind=words.filter(lambda word: word != "blend"),
    choices=st.lists(
        st.tuples(words.filter(lambda word: word != "drop"), choices),
        max_size=4,
        unique_by=lambda pair: pair[0],
    ).map(tuple),
    drop=st.lists(columns, max_size=3, unique=True).map(tuple),
)
blends = st.builds(
    Recipe, kind=st.just("blend"), members=st.lists(singles, min_size=1, max_size=3).map(tuple)
)


@given(st.one_of(singles, blends))
def test_a_recipe_is_its_text(recipe: Recipe) -> None:
    assert parse(str(recipe)) == recipe
    assert "\n" not in str(recipe)


@pytest.mark.parametrize("kind", VOCABULARY)
def test_every_word_of_the_grammar_can_be_written(kind: str) -> None:
    for slot in slots(kind):
        for option in slot.options:
            recipe = Recipe(kind=kind, choices=((slot.name, option.start),))
            assert parse(str(recipe)) == recipe
            for knob in option.knobs:
                assert knob.start in knob.ladder
                for value in knob.ladder:
                    turned = option.start.with_param(knob.name, value)
                    assert parse(f"{kind} | {slot.name}={turned}")[slot.name] == turned


def test_missing_knobs_and_required_slots_are_filled_in() -> None:
    recipe = complete(parse("tabular | model=knn(k=3)"))
    assert str(recipe) == "tabular | impute=median | encode=onehot(rare=5) | model=knn(k=3)"
    assert complete(recipe) == recipe


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tabular | model",
        "tabular | model=",
        "tabular | model=hgb(lr)",
        "a | b=c & d",
        "tabular | model=a | model=b",
        "blend & blend | how=mean",
        "tabular | drop=",
        "x | 1=2",
    ],
)
def test_what_is_no_recipe_is_refused(text: str) -> None:
    with pytest.raises(RecipeSyntaxError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "audio | model=hgb",
        "tabular | model=magic",
        "tabular | speed=high",
        "tabular | model=knn(k=7)",
        "tabular | model=knn(z=1)",
    ],
)
def test_unknown_words_are_refused(text: str) -> None:
    with pytest.raises(UnknownWordError):
        complete(parse(text))


def test_differences_name_the_element() -> None:
    before = parse("tabular | drop=a | scale=standard | model=hgb(lr=0.1,leaves=31)")
    after = parse("tabular | drop=a,b | model=hgb(lr=0.05,leaves=31)")
    assert differences(before, after) == (
        Change("column b", "kept", "dropped"),
        Change("scale", "standard", "none"),
        Change("model.lr", "0.1", "0.05"),
    )
    assert differences(before, before) == ()


def test_differences_of_blends() -> None:
    one, two = parse("text | model=nb(alpha=1.0)"), parse("text | model=svm(C=1.0)")
    blend = Recipe(kind="blend", choices=(("how", Choice("mean")),), members=(one, two))
    other = blend.with_member(1, parse("text | model=svm(C=3.0)"))
    assert differences(blend, other) == (Change("member 2 model.C", "1.0", "3.0"),)
    assert differences(one, blend) == (Change("member", "none", str(two)),)

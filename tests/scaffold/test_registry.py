"""Names become things: built-in, from an entry point, by dotted string, or a helpful error."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scaffold.config import ModelConfig
from scaffold.errors import ScaffoldError
from scaffold.models.registry import MODELS, create_model
from scaffold.models.scripted import ScriptedModel
from scaffold.naming import NameTable, load_object, nearest, unknown_name
from scaffold.prompts import OPERATORS, Template


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with a module, a broken module and an entry point."""
    (tmp_path / "orchard.py").write_text(
        "class Pear:\n    def __init__(self, config):\n        self.name = config.argument\n"
    )
    (tmp_path / "orchard_broken.py").write_text("import nothing_of_this_name\n")
    info = tmp_path / "orchard-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: orchard\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[exitree.models]\npear = orchard:Pear\nrecipe = orchard:Pear\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("orchard", "orchard_broken"):
        sys.modules.pop(name, None)


def test_a_built_in_name_is_loaded_on_use() -> None:
    model = create_model(ModelConfig(name="recipe"))
    assert model.name == "recipe"


def test_the_part_after_the_slash_belongs_to_the_factory(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"text": "a"}\n')
    assert isinstance(create_model(ModelConfig(name=f"scripted/{path}")), ScriptedModel)


@pytest.mark.usefixtures("package")
def test_entry_points_and_dotted_strings_name_models_of_other_packages() -> None:
    assert create_model(ModelConfig(name="pear/small")).name == "small"
    assert create_model(ModelConfig(name="orchard:Pear/a/b")).name == "a/b"
    assert "pear" in MODELS.names()


@pytest.mark.usefixtures("package")
def test_an_entry_point_never_replaces_a_built_in_name() -> None:
    assert create_model(ModelConfig(name="recipe")).name == "recipe"


def test_an_unknown_name_gets_the_nearest_or_all_of_them() -> None:
    with pytest.raises(ScaffoldError, match="unknown model 'recipee'") as caught:
        create_model(ModelConfig(name="recipee"))
    assert caught.value.hint.startswith("did you mean 'recipe'?")
    with pytest.raises(ScaffoldError) as caught:
        create_model(ModelConfig(name="gpt-4"))
    assert caught.value.hint.startswith(
        "known: openai, recipe, scripted; a served model is openai/"
    )


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    "dotted", ["orchard:plum", "nowhere.at.all:x", "orchard_broken:x", ":x", "orchard:"]
)
def test_what_cannot_be_loaded_is_one_error(dotted: str) -> None:
    with pytest.raises(ScaffoldError, match="cannot load") as caught:
        load_object(dotted)
    assert "\n" not in str(caught.value)


def test_every_built_in_name_can_be_loaded() -> None:
    for name in MODELS.builtin:
        assert callable(MODELS.load(name))
    for name in OPERATORS.builtin:
        assert isinstance(OPERATORS.load(name), Template)


def test_nearest_ignores_case_and_gives_up_on_what_is_far() -> None:
    assert nearest("GREEDI", ["greedy", "chain"]) == "greedy"
    assert nearest("xyz", ["greedy", "chain"]) is None
    assert nearest("x", []) is None


def test_the_hint_of_an_empty_table_says_so() -> None:
    assert unknown_name("fruit", "pear", [], more="see docs").hint == "known: none; see docs"
    with pytest.raises(ScaffoldError, match="unknown fruit"):
        NameTable(noun="fruit", group="exitree.fruits", builtin={}).load("pear")

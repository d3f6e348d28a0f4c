"""Settings: who wins, what is wrong and where, and that the committed reference is up to date."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from sandbox.contract import Limits
from scaffold.config import DEFAULT_STEPS, BudgetConfig, SearchConfig, TokenPrice, dump
from scaffold.config_reference import describe, section_keys, settings, with_table
from scaffold.config_sources import ResolvedConfig, load
from scaffold.errors import ScaffoldError
from search.node import Usage

ROOT = Path(__file__).resolve().parents[2]


def write(folder: Path, text: str, name: str = "a.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(*files: Path, overrides: tuple[str, ...] = (), **environ: str) -> ResolvedConfig:
    return load(files=files, overrides=overrides, environ=environ)


def error_of(*files: Path, overrides: tuple[str, ...] = (), **environ: str) -> ScaffoldError:
    with pytest.raises(ScaffoldError) as caught:
        loaded(*files, overrides=overrides, **environ)
    assert "\n" not in str(caught.value)
    assert "\n" not in caught.value.hint
    return caught.value


def test_flag_beats_set_beats_later_file_beats_earlier_file_beats_environment(
    tmp_path: Path,
) -> None:
    early = write(tmp_path, "seed: 2\nworkers: 2\nbudget: {steps: 2, hours: 2}", "early.yaml")
    late = write(tmp_path, "budget: {hours: 3, steps: 3}\nseed: 3", "late.yaml")
    config = load(
        flags={"budget.steps": 5, "workers": None},
        overrides=["budget.hours=4", "budget.steps=4"],
        files=[early, late],
        environ={"EXITREE_WORKERS": "1", "EXITREE_POLICY_NAME": "chain", "EXITREE_SEED": "1"},
    ).config
    assert (config.budget.steps, config.budget.hours) == (5, 4)
    assert (config.seed, config.workers, config.policy.name) == (3, 2, "chain")


def test_free_mappings_merge_too_and_their_keys_may_hold_dots(tmp_path: Path) -> None:
    file = write(tmp_path, "model: {prices: {m-1.5: {input: 1, output: 2}}}")
    config = loaded(file, overrides=("model.prices={n: {input: 3, output: 4}}",)).config
    assert config.model.prices["m-1.5"].output == 2
    assert config.model.prices["n"].input == 3


def test_a_dump_passed_back_is_the_same_configuration(tmp_path: Path) -> None:
    overrides = ("model.name=openai/x", "policy.options={a: [1, 2]}", "competitions_dirs=[b, c]")
    config = loaded(overrides=overrides).config
    assert loaded(write(tmp_path, dump(config))).config == config
    assert config != SearchConfig()


def test_an_empty_file_and_an_empty_section_change_nothing(tmp_path: Path) -> None:
    assert loaded(write(tmp_path, "# nothing\n")).config == SearchConfig()
    assert loaded(write(tmp_path, "budget:\nmodel:\n")).config == SearchConfig()


def test_text_settings_are_taken_from_the_environment_as_they_stand() -> None:
    config = loaded(
        EXITREE_COMPETITION="123", EXITREE_COMPETITIONS_DIRS="/a:/b", EXITREE_DATA_DIR="~/data"
    ).config
    assert config.competition == "123"
    assert config.competitions_dirs == (Path("/a"), Path("/b"))
    assert config.data_dir == Path.home() / "data"


def test_changes_say_what_differs_and_where_it_was_given(tmp_path: Path) -> None:
    file = write(tmp_path, "workers: 2\nseed: 0\n\nbudget:\n  hours: 1\n")
    changes = loaded(file, overrides=("seed=7",), EXITREE_RUNS_DIR="x").changes()
    assert [(c.key, c.value, c.default, c.source) for c in changes] == [
        ("seed", 7, 0, "--set seed"),
        ("workers", 2, 1, f"{file}, line 1"),
        ("runs_dir", "x", "runs", "environment EXITREE_RUNS_DIR"),
        ("budget.steps", None, DEFAULT_STEPS, "derived"),
        ("budget.hours", 1.0, None, f"{file}, line 5"),
    ]


def test_an_unknown_key_names_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    error = error_of(write(tmp_path, "seed: 1\nmodel:\n  temprature: 1\n"))
    assert "'model.temprature'" in str(error)
    assert "a.yaml, line 3" in str(error)
    assert "'model.temperature'" in error.hint


def test_a_key_of_another_section_is_found_by_its_last_name() -> None:
    assert "'budget.steps'" in error_of(overrides=("steps=3",)).hint


def test_a_wrong_value_names_the_setting_the_value_and_the_source() -> None:
    error = error_of(overrides=("budget.steps=-3",))
    assert str(error).startswith("budget.steps: should be greater than 0, not -3")
    assert "--set budget.steps" in str(error)
    assert error.hint == describe("budget.steps")
    assert "EXITREE_WORKERS" in str(error_of(EXITREE_WORKERS="many"))


def test_a_value_given_to_a_section_lists_what_is_in_it() -> None:
    assert "budget.hours" in error_of(overrides=("budget=3",)).hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seed: 1\nmodel: {name: [\n", "line 3: not valid YAML"),
        ("seed: 1\nworkers: 2\nseed: 3\n", "line 3: 'seed' is given twice"),
        ("- seed\n", "no settings, but a list"),
        ("just words\n", "no settings, but a str"),
        ("seed: \x07\n", "not valid YAML"),
        ("policy: {options: &a {b: *a}}\n", "not valid YAML"),
        ("? [1]\n: 2\n", "line 1: not valid YAML"),
    ],
)
def test_a_broken_file_is_one_error_with_its_place(
    tmp_path: Path, text: str, expected: str
) -> None:
    error = error_of(write(tmp_path, text))
    assert expected in str(error)
    assert "a.yaml" in str(error)


def test_an_unreadable_file_is_one_error(tmp_path: Path) -> None:
    assert "No such file" in str(error_of(tmp_path / "none.yaml"))
    assert "s a directory" in str(error_of(tmp_path))
    (tmp_path / "bytes.yaml").write_bytes(b"seed: \xff")
    assert "not valid YAML" in str(error_of(tmp_path / "bytes.yaml"))


@pytest.mark.parametrize("text", ["seed", "=3", "seed=[1"])
def test_a_malformed_override_is_one_error(text: str) -> None:
    assert "--set" in str(error_of(overrides=(text,)))


def test_a_password_cannot_enter_the_configuration() -> None:
    error = error_of(overrides=("model.base_url=http://me:secret@host/v1",))
    assert "no user or password" in str(error)
    assert "secret" not in str(error)


def test_a_budget_always_has_a_limit() -> None:
    assert BudgetConfig().steps == DEFAULT_STEPS
    assert BudgetConfig(hours=1).steps is None
    with pytest.raises(ValidationError):
        BudgetConfig(steps=1).steps = None  # type: ignore[misc]


def test_limits_are_those_of_the_sandbox_with_the_same_defaults() -> None:
    assert SearchConfig().sandbox.limits.to_limits() == Limits()
    names = {f"sandbox.limits.{field.name}" for field in fields(Limits)}
    assert names == {s.key for s in settings() if s.key.startswith("sandbox.limits.")}


def test_cached_tokens_have_their_own_price() -> None:
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=500_000)
    price = TokenPrice(input=2, output=8, cached_input=0.5)
    assert price.cost_usd(usage) == pytest.approx(2 + 4)
    assert price.cost_usd(usage, num_cached=400_000) == pytest.approx(1.2 + 0.2 + 4)
    assert TokenPrice(input=2, output=8).cost_usd(usage, num_cached=400_000) == pytest.approx(6)


def test_every_setting_is_described_and_has_its_own_environment_variable() -> None:
    assert all(setting.description for setting in settings())
    assert all(describe(section) for section in section_keys())
    assert len({setting.env for setting in settings()}) == len(settings())


def test_every_default_of_the_reference_is_the_default() -> None:
    defaults = {s.key: yaml.safe_load(s.default) for s in settings()}
    overrides = [f"{key}={yaml.safe_dump(value)}" for key, value in defaults.items()]
    assert load(overrides=overrides, environ={}).config == SearchConfig()


def test_the_committed_reference_is_up_to_date() -> None:
    document = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert with_table(document) == document, (
        "run: python -m scaffold.config_reference docs/configuration.md"
    )

"""Sets, configurations and plans of a bench: what they mean, and what is refused how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.bench.competition_set import Contender, competition_set
from scaffold.bench.configurations import SharedSettings, configurations
from scaffold.bench.plan import BenchPlan, Configuration, read_plan, recorded_configurations
from scaffold.cli.benching import spread_seeds
from scaffold.config import SearchConfig
from scaffold.errors import ScaffoldError

OWN = Path(__file__).resolve().parents[2] / "examples" / "own_competition"


def refused(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(ScaffoldError) as caught:
        act()
    return str(caught.value), caught.value.hint


def plan_in(folder: Path, *names: str, seeds: tuple[int, ...] = (0,), steps: int = 3) -> BenchPlan:
    settings = SearchConfig.model_validate({"budget": {"steps": steps}})
    return BenchPlan(
        bench_dir=folder,
        competitions=(Contender(id="a", reference="a"), Contender(id="b", reference="b")),
        seeds=seeds,
        configurations=tuple(Configuration(name=name, settings=settings) for name in names),
    )


def test_embedded_is_all_that_come_with_the_package_each_once() -> None:
    found = [item.id for item in competition_set(["night-ferry", "embedded"])]
    assert found[0] == "night-ferry"
    assert len(found) == len(set(found)) >= 8


def test_a_file_lists_ids_and_folders_one_a_line(tmp_path: Path) -> None:
    listed = tmp_path / "set.txt"
    listed.write_text(f"# a small set\nnight-ferry  # easy\n\n{OWN / 'lighthouse-bulbs'}\n")
    found = competition_set([str(listed)])
    assert [item.id for item in found] == ["night-ferry", "lighthouse-bulbs"]
    assert found[1].reference == str(OWN / "lighthouse-bulbs")


def test_an_unknown_competition_names_file_and_line(tmp_path: Path) -> None:
    listed = tmp_path / "set.txt"
    listed.write_text("night-ferry\n\nnight-fery\n")
    message, hint = refused(lambda: competition_set([str(listed)]))
    assert message == f"{listed}, line 3: unknown competition `night-fery`"
    assert "did you mean `night-ferry`?" in hint


def test_an_unknown_word_and_an_empty_file(tmp_path: Path) -> None:
    assert refused(lambda: competition_set(["embeded"])) == (
        "unknown competition `embeded`",
        "did you mean `embedded`, all that come with Exitree?",
    )
    empty = tmp_path / "empty.txt"
    empty.write_text("# nothing\n")
    assert "lists no competition" in refused(lambda: competition_set([str(empty)]))[0]


def test_configurations_lie_over_what_they_share(tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text("budget: {steps: 9}\npolicy: {name: chain}\n")
    shared = SharedSettings(values={"budget.steps": 3, "workers": 2, "model.name": None})
    found = configurations(
        [
            f"long={file}",
            "short:policy.name=best_of_n",
            "both:budget.steps=5,policy.options={a: 1, b: 2}",
        ],
        shared,
    )
    facts = [
        (item.name, item.settings.budget.steps, item.settings.workers, item.settings.policy.name)
        for item in found
    ]
    assert facts == [
        ("long", 9, 2, "chain"),
        ("short", 3, 2, "best_of_n"),
        ("both", 5, 2, "greedy"),
    ]
    assert found[2].settings.policy.options == {"a": 1, "b": 2}


def test_without_configurations_there_is_one_named_by_its_policy() -> None:
    shared = SharedSettings(overrides=["policy.name=chain"])
    assert [item.name for item in configurations([], shared)] == ["chain"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["greedy"], "--config 'greedy' is no configuration"),
        (["a:workers=1", "A:workers=2"], "two configurations have the name 'A'"),
        (["a:workers"], "--config a: 'workers' is not key=value"),
        (["a:seed=1"], "--config a cannot set seed"),
        (["a:wokers=1"], "unknown setting 'wokers'"),
        (["a=absent.yaml"], "cannot read absent.yaml"),
    ],
)
def test_wrong_configurations(texts: list[str], message: str) -> None:
    assert message in refused(lambda: configurations(texts, SharedSettings()))[0]


def test_cells_come_seed_by_seed_each_in_its_own_folder(tmp_path: Path) -> None:
    cells = plan_in(tmp_path, "one", "two", seeds=(0, 1)).cells()
    assert [cell.seed for cell in cells] == [0] * 4 + [1] * 4
    assert len({cell.directory for cell in cells}) == 8
    assert all(cell.config.runs_dir == cell.directory.absolute() for cell in cells)


def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    plan = plan_in(tmp_path, "one", "two")
    plan.write()
    assert read_plan(tmp_path) == plan
    assert read_plan(tmp_path / "absent") is None


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    for content in ("", "{", "[]", '{"format": "exitree-bench", "version": 2}'):
        (tmp_path / "bench.json").write_text(content)
        message, hint = refused(lambda: read_plan(tmp_path))
        assert message.startswith(f"cannot read {tmp_path / 'bench.json'}")
        assert "--bench-dir" in hint


def test_a_bench_grows_and_keeps_its_first_configuration(tmp_path: Path) -> None:
    old = plan_in(tmp_path, "one", seeds=(0, 1))
    grown = old.extended(plan_in(tmp_path, "two", "one", seeds=(2,)))
    assert grown.seeds == (0, 1, 2)
    assert [item.name for item in grown.configurations] == ["one", "two"]


def test_a_name_keeps_its_settings(tmp_path: Path) -> None:
    old, new = plan_in(tmp_path, "one", steps=3), plan_in(tmp_path, "one", steps=5)
    message, _ = refused(lambda: old.extended(new))
    assert message == f"configuration 'one' of {tmp_path} has budget.steps: 3, not 5"
    assert "has budget" not in repr(old.extended(replace(old, seeds=(7,))))
    assert recorded_configurations(old, ["budget.steps=3"]) == old.configurations
    (moved,) = recorded_configurations(old, ["data_dir=elsewhere"])
    assert moved.settings.data_dir == Path("elsewhere")
    message, _ = refused(lambda: recorded_configurations(old, ["budget.stps=3"]))
    assert "unknown setting 'budget.stps'" in message
    message, _ = refused(lambda: recorded_configurations(old, ["budget.steps=5"]))
    assert message == f"{tmp_path} was begun with budget.steps: 3, not 5"


def test_seeds_may_follow_one_option() -> None:
    typed = ["x", "--seeds", "0", "1", "2", "--jobs", "2", "y"]
    assert spread_seeds(typed) == [
        "x", "--seeds", "0", "--seeds", "1", "--seeds", "2", "--jobs", "2", "y",
    ]  # fmt: skip
    assert spread_seeds(["--seeds", "0", "set.txt", "7"]) == ["--seeds", "0", "set.txt", "7"]

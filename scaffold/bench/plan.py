"""The plan of a bench: which runs it is made of, and where each lies.

    BENCH/bench.json                                    the plan
    BENCH/runs/CONFIGURATION/COMPETITION/seed-N/        a cell: config.yaml, log.txt, its run folder
    BENCH/results.json, report.html                     made anew from the run folders at any time

A bench only grows: asking for further competitions, seeds or configurations adds to what is there.
A configuration's name means the same settings for ever.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from scaffold.bench.competition_set import Contender
from scaffold.config import SearchConfig, dump
from scaffold.config_sources import load
from scaffold.errors import ScaffoldError
from search.durable import recording, replace_text
from search.run_folder import RunFolder, find_runs

FORMAT, VERSION = "exitree-bench", 1
PLAN_NAME = "bench.json"
OF_A_CELL = ("competition", "seed", "runs_dir")
OF_A_PLACE = ("data_dir", "competitions_dirs")  # may differ from call to call

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Settings under a name. The first one of a plan is what the others are compared with."""

    name: str
    settings: SearchConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One run of a bench: a competition under a configuration with a seed, in its own folder."""

    competition: str
    configuration: str
    seed: int
    directory: Path
    config: SearchConfig

    @property
    def label(self) -> str:
        return f"{self.competition} {self.configuration} seed {self.seed}"

    @property
    def bench_dir(self) -> Path:
        return self.directory.parents[3]

    @property
    def log_path(self) -> Path:
        """What the last try said."""
        return self.directory / "log.txt"

    @property
    def failure_path(self) -> Path:
        """Holds why the last try failed; absent where it did not."""
        return self.directory / "failure.txt"

    def run(self) -> RunFolder | None:
        """The run that has been begun, if any."""
        runs = find_runs(self.directory)
        return runs[-1] if runs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPlan:
    """Competitions x seeds x configurations."""

    bench_dir: Path
    competitions: tuple[Contender, ...]
    seeds: tuple[int, ...]
    configurations: tuple[Configuration, ...]

    def cells(self) -> list[Cell]:
        """All runs, seed by seed, so that a bench cut short compares like with like."""
        return [
            self._cell(contender, seed, configuration)
            for seed in self.seeds
            for contender in self.competitions
            for configuration in self.configurations
        ]

    def _cell(self, contender: Contender, seed: int, configuration: Configuration) -> Cell:
        folder = re.sub(r"[^\w.+-]+", "-", contender.id)
        parts = (configuration.name, folder, f"seed-{seed}")
        directory = (self.bench_dir / "runs").joinpath(*parts)
        own = {
            "competition": contender.reference,
            "seed": seed,
            "runs_dir": Path(directory).absolute(),
        }
        return Cell(
            competition=contender.id,
            configuration=configuration.name,
            seed=seed,
            directory=directory,
            config=configuration.settings.model_copy(update=own),
        )

    def extended(self, other: BenchPlan) -> BenchPlan:
        """This plan and another one's competitions, seeds and configurations behind its own.

        Raises:
            ScaffoldError: a name means one thing here and another there.
        """
        for new in other.configurations:
            for old in self.configurations:
                if old.name == new.name:
                    _require_equal(old, new, self.bench_dir)
        replaced = {new.name: new for new in other.configurations}
        ours = [replaced.get(old.name, old) for old in self.configurations]
        references = {item.id: item for item in other.competitions}
        for old_one in self.competitions:
            new_one = references.get(old_one.id, old_one)
            if new_one != old_one:
                raise ScaffoldError(
                    f"{old_one.id} is {old_one.reference} in {self.bench_dir}, "
                    f"not {new_one.reference}",
                    hint="begin another bench with another --bench-dir",
                )
        return BenchPlan(
            bench_dir=self.bench_dir,
            competitions=_united(self.competitions, other.competitions),
            seeds=_united(self.seeds, other.seeds),
            configurations=_united(ours, other.configurations),
        )

    def prepare_folder(self) -> None:
        """Makes the bench's folder.

        Raises:
            ScaffoldError: it cannot be made.
        """
        try:
            self.bench_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ScaffoldError(
                f"cannot make {self.bench_dir}: {error.strerror}",
                hint="choose another place with --bench-dir",
            ) from None

    def write(self) -> None:
        """Records the plan.

        Raises:
            RecordingError: it cannot be written.
        """
        replace_text(self.bench_dir / PLAN_NAME, json.dumps(self._to_dict(), indent=1) + "\n")

    def _to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "competitions": [asdict(item) for item in self.competitions],
            "seeds": list(self.seeds),
            "configurations": [
                {"name": item.name, "settings": item.settings.model_dump(mode="json")}
                for item in self.configurations
            ],
        }


def read_plan(bench_dir: Path) -> BenchPlan | None:
    """The plan that was recorded in a folder; None where there is none.

    Raises:
        ScaffoldError: the file is not a plan.
    """
    path = bench_dir / PLAN_NAME
    try:
        data = json.loads(path.read_bytes())
        if (data["format"], data["version"]) != (FORMAT, VERSION):
            raise ValueError(f"not a plan of version {VERSION}")
        return BenchPlan(
            bench_dir=bench_dir,
            competitions=tuple(Contender(**item) for item in data["competitions"]),
            seeds=tuple(data["seeds"]),
            configurations=tuple(
                Configuration(
                    name=item["name"], settings=SearchConfig.model_validate(item["settings"])
                )
                for item in data["configurations"]
            ),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise ScaffoldError(
            f"cannot read {path}: {reason}", hint="give another folder with --bench-dir"
        ) from None


def write_cell(cell: Cell) -> None:
    """Makes a cell's folder, with the settings of its run and without an earlier failure.

    Raises:
        RecordingError: it cannot be written.
    """
    with recording(cell.directory):
        cell.directory.mkdir(parents=True, exist_ok=True)
        cell.failure_path.unlink(missing_ok=True)
    replace_text(cell.directory / "config.yaml", dump(cell.config))


def recorded_configurations(plan: BenchPlan, overrides: Sequence[str]) -> tuple[Configuration, ...]:
    """A plan's configurations for a call without `--config`. Where data lies may be given anew;
    other settings only as a configuration already has them.

    Raises:
        ScaffoldError: a setting is not as recorded, or wrong.
    """
    given = load(overrides=overrides, environ={})
    new = _flat(_comparable(given.config))
    recorded = [_flat(_comparable(item.settings)) for item in plan.configurations]
    for key in map(".".join, given.sources):
        if key in new and all(values.get(key) != new[key] for values in recorded):
            raise ScaffoldError(
                f"{plan.bench_dir} was begun with {key}: {recorded[0].get(key)!r}, "
                f"not {new[key]!r}",
                hint="add a configuration with --config NAME:key=value, or take another "
                "--bench-dir",
            )
    places = {name: getattr(given.config, name) for (name, *_) in given.sources}
    update = {name: value for name, value in places.items() if name in OF_A_PLACE}
    return tuple(
        Configuration(name=item.name, settings=item.settings.model_copy(update=update))
        for item in plan.configurations
    )


def differences(old: SearchConfig, new: SearchConfig) -> list[tuple[str, Any, Any]]:
    """Dotted keys in which two configurations differ, with both values."""
    before, after = _flat(_comparable(old)), _flat(_comparable(new))
    keys = [*before, *(key for key in after if key not in before)]
    return [
        (key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    ]


def _comparable(settings: SearchConfig) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude={*OF_A_CELL, *OF_A_PLACE})


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _require_equal(old: Configuration, new: Configuration, bench_dir: Path) -> None:
    changed = differences(old.settings, new.settings)
    if changed:
        key, before, after = changed[0]
        more = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
        raise ScaffoldError(
            f"configuration {old.name!r} of {bench_dir} has {key}: {before!r}, not {after!r}{more}",
            hint="give the new settings a name of their own with --config, or another --bench-dir",
        )


def _united(first: Sequence[Item], second: Iterable[Item]) -> tuple[Item, ...]:
    return (*first, *(item for item in second if item not in first))

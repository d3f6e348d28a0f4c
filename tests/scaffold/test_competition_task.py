"""A competition as a task: what the model is told, and what each ending of a script becomes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from trees import sections

from competitions.competition import PreparedCompetition
from competitions.outcome import Split
from competitions.registry import find
from sandbox.contract import ExecutionResult, ExecutionStatus, Limits, Workspace
from scaffold.competition_task import MIN_TIMEOUT_SECONDS, CompetitionTask
from scaffold.task import Task
from search.metric import Direction
from search.node import Outcome, Proposal, Status, StepContext

OK = ExecutionResult(
    status=ExecutionStatus.OK, exit_code=0, output="done\n", seconds=1.5, reason=""
)
LIMITS = Limits(timeout_seconds=60, memory_mb=512, cpus=2)
Effect = Callable[[Workspace], None]


def nothing(workspace: Workspace) -> None:
    """A script that writes no file."""


def sample(workspace: Workspace) -> None:
    """A script that submits the sample submission."""
    shutil.copy(workspace.data_dir / "sample_submission.csv", workspace.out_dir / "submission.csv")


def rising(workspace: Workspace) -> None:
    """A script whose predictions differ from row to row, and so its scores from split to split."""
    path = workspace.data_dir / "sample_submission.csv"
    header, *rows = path.read_text().splitlines()
    rows = [f"{row.partition(',')[0]},{index / len(rows)}" for index, row in enumerate(rows)]
    (workspace.out_dir / "submission.csv").write_text("\n".join([header, *rows]))


def broken(workspace: Workspace) -> None:
    """A script whose submission holds a word in its second row."""
    sample(workspace)
    path = workspace.out_dir / "submission.csv"
    header, first, second, *rest = path.read_text().splitlines()
    second = second.rpartition(",")[0] + ",many"
    path.write_text("\n".join([header, first, second, *rest]))


@dataclass
class FakeSandbox:
    """Ends every script in the same way, and remembers what it was asked."""

    result: ExecutionResult = OK
    effect: Effect = sample
    calls: list[tuple[str, Workspace, Limits]] = field(default_factory=list)
    name: str = "fake"
    notice: str = ""

    def run(self, script: str, workspace: Workspace, limits: Limits) -> ExecutionResult:
        self.calls.append((script, workspace, limits))
        self.effect(workspace)
        return self.result

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedCompetition:
    return find("night-ferry", ()).prepare(tmp_path_factory.mktemp("data"))


@dataclass
class Bench:
    """A task over a fake sandbox, and a folder for its submissions."""

    prepared: PreparedCompetition
    out_dir: Path

    def task(self, sandbox: FakeSandbox) -> CompetitionTask:
        return CompetitionTask(prepared=self.prepared, sandbox=sandbox, limits=LIMITS)

    def evaluate(self, sandbox: FakeSandbox, seconds_left: float | None = None) -> Outcome:
        proposal = Proposal(plan="p", content="the script", messages=(), completion="c")
        context = StepContext(step=0, seed=0, remaining_seconds=seconds_left)
        return self.task(sandbox).evaluate(proposal, self.out_dir, context)


@pytest.fixture
def bench(prepared: PreparedCompetition, tmp_path: Path) -> Bench:
    return Bench(prepared, tmp_path)


def ended(status: ExecutionStatus, reason: str = "", output: str = "") -> ExecutionResult:
    return replace(OK, status=status, exit_code=1, reason=reason, output=output)


def test_the_brief_tells_task_metric_data_and_limits(bench: Bench) -> None:
    task: Task = bench.task(FakeSandbox())
    brief = task.brief()
    assert sections(brief) == ["Task", "Metric", "Data", "Limits"]
    assert "\n# Metric\n\nROC AUC (higher is better)\n" in brief
    assert "## input/train.csv: " in brief
    assert brief.endswith(
        "# Limits\n\ncpus: 2\nmemory: 512 MB\ntime limit of a script: 60 seconds\n"
        "libraries: numpy, pandas, scipy, scikit-learn, pillow"
    )
    assert (task.id, task.metric_name, task.language) == ("night-ferry", "ROC AUC", "python")
    assert task.direction is Direction.MAXIMIZE
    assert "```python" in task.answer_format()


def test_a_description_with_headings_and_fences_stays_in_its_section(bench: Bench) -> None:
    competition = bench.prepared.competition
    text = "# Overview\n\n# Metric\nmine\n```\nopen" + "x" * 30_000
    wild = replace(competition, spec=replace(competition.spec, description=text))
    task = bench.task(FakeSandbox())
    brief = replace(task, prepared=replace(bench.prepared, competition=wild)).brief()
    assert sections(brief) == ["Task", "Metric", "Data", "Limits"]
    assert len(brief) < 25_000


def test_a_script_sees_the_nested_data_alone_and_is_scored_on_the_search_rows(
    bench: Bench,
) -> None:
    sandbox = FakeSandbox(effect=rising)
    outcome = bench.evaluate(sandbox)
    [(script, workspace, limits)] = sandbox.calls
    assert script == "the script"
    assert (workspace.data_dir, workspace.out_dir) == (bench.prepared.nested_public, bench.out_dir)
    assert limits == LIMITS
    graded = bench.prepared.grade(bench.out_dir / "submission.csv", Split.SEARCH)
    assert outcome.status is Status.VALID
    assert outcome.metric is not None
    assert outcome.metric.value == graded.score  # type: ignore[union-attr]
    assert outcome.metric.direction is Direction.MAXIMIZE
    assert outcome.quality == bench.prepared.competition.quality(outcome.metric.value)
    assert (outcome.output, outcome.seconds) == ("done\n", 1.5)


@pytest.mark.parametrize(
    ("result", "effect", "feedback"),
    [
        (
            ended(ExecutionStatus.FAILED, "Exit code 1.", "Traceback\nKeyError: 'x'\n"),
            nothing,
            "The script failed (Exit code 1): KeyError: 'x'",
        ),
        (ended(ExecutionStatus.FAILED), nothing, "The script failed (exit code 1)."),
        (ended(ExecutionStatus.TIMEOUT), sample, "after 60 seconds, the longest it may take."),
        (ended(ExecutionStatus.OUT_OF_MEMORY), nothing, "more than the 512 MB of memory"),
        (ended(ExecutionStatus.KILLED, "too many processes."), nothing, "too many processes."),
        (OK, nothing, "ended without writing submission.csv"),
        (OK, broken, "submission.csv is invalid: "),
    ],
)
def test_a_program_at_fault_is_buggy_and_told_why(
    bench: Bench, result: ExecutionResult, effect: Effect, feedback: str
) -> None:
    outcome = bench.evaluate(FakeSandbox(result, effect))
    assert outcome.status is Status.BUGGY
    assert feedback in outcome.feedback
    assert (outcome.metric, outcome.quality) == (None, None)
    assert outcome.output == result.output


def test_an_invalid_submission_is_told_with_its_place(bench: Bench) -> None:
    feedback = bench.evaluate(FakeSandbox(effect=broken)).feedback
    assert "many" in feedback
    assert "line 3" in feedback
    assert "'noshow'" in feedback


def test_a_sandbox_that_is_gone_is_our_error(bench: Bench) -> None:
    result = ended(ExecutionStatus.UNAVAILABLE, "the daemon is gone")
    outcome = bench.evaluate(FakeSandbox(result, nothing))
    assert outcome.status is Status.ERROR
    assert outcome.feedback == "the sandbox is unavailable: the daemon is gone"


def test_a_grader_that_fails_is_our_error(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "grader-fails"
    shutil.copytree(bench.prepared.competition.directory, folder)
    (folder / "grade.py").write_text("def grade(submission, answers):\n    return 1 / 0\n")
    from competitions.competition import Competition

    faulty = Competition.load(folder).prepare(tmp_path / "data")
    outcome = Bench(faulty, bench.out_dir).evaluate(FakeSandbox())
    assert outcome.status is Status.ERROR
    assert "ZeroDivisionError" in outcome.feedback


def test_a_submission_left_by_an_earlier_try_is_never_graded(bench: Bench) -> None:
    bench.evaluate(FakeSandbox())
    assert bench.evaluate(FakeSandbox(effect=nothing)).status is Status.BUGGY


@pytest.mark.parametrize(
    ("seconds_left", "expected"), [(None, 60), (500, 60), (33, 33), (0.5, MIN_TIMEOUT_SECONDS)]
)
def test_a_script_may_not_outlast_the_search_by_much(
    bench: Bench, seconds_left: float | None, expected: float
) -> None:
    sandbox = FakeSandbox(ended(ExecutionStatus.TIMEOUT))
    outcome = bench.evaluate(sandbox, seconds_left)
    assert sandbox.calls[0][2].timeout_seconds == expected
    why = "the longest it may take" if expected == 60 else "all that the search had left"
    assert why in outcome.feedback


def test_a_refit_runs_on_the_full_data_and_is_checked_but_not_scored(bench: Bench) -> None:
    sandbox = FakeSandbox()
    outcome = bench.task(sandbox).refit("the script", bench.out_dir)
    assert sandbox.calls[0][1].data_dir == bench.prepared.public
    assert outcome.status is Status.VALID
    assert (outcome.metric, outcome.quality) == (None, None)
    assert bench.task(FakeSandbox(effect=broken)).refit("s", bench.out_dir).status is Status.BUGGY
    assert bench.task(FakeSandbox(effect=nothing)).refit("s", bench.out_dir).status is Status.BUGGY
    gone = FakeSandbox(ended(ExecutionStatus.UNAVAILABLE))
    assert bench.task(gone).refit("s", bench.out_dir).status is Status.ERROR

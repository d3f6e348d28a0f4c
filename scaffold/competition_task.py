"""A competition as a task: it tells the model what to do, and judges what the model wrote.

Scripts see the nested public folder only and are scored on its `search` rows, by the competition's
own grader, in this process. What a script prints is shown to the model but never believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from competitions.competition import PreparedCompetition
from competitions.outcome import Graded, GraderFault, Invalid, Split
from sandbox.contract import ExecutionResult, ExecutionStatus, Limits, Sandbox, Workspace
from scaffold.prompt_text import clip, demoted
from search.metric import Direction, Metric
from search.node import Outcome, Proposal, Status, StepContext

SUBMISSION = "submission.csv"
LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "pillow")
MAX_DESCRIPTION_CHARS = 16_000
MAX_PREVIEW_CHARS = 6_000
MIN_TIMEOUT_SECONDS = 10.0  # even where the search has less time left

ANSWER_FORMAT = """\
First the plan, in two to five sentences of prose. Then exactly one fenced block that begins with \
```python and holds the complete script: it reads its data from the folder `input/`, needs no \
network and no other file, and writes `submission.csv` into its working directory. Nothing after \
the block."""


@dataclass(frozen=True, kw_only=True)
class CompetitionTask:
    """Implements `scaffold.task.Task` for a prepared competition.

    `libraries` are the Python packages that the model is told it may import.
    """

    prepared: PreparedCompetition
    sandbox: Sandbox
    limits: Limits
    libraries: Sequence[str] = LIBRARIES
    language: str = "python"

    @property
    def id(self) -> str:
        return self.prepared.competition.spec.id

    @property
    def metric_name(self) -> str:
        return self.prepared.competition.spec.metric

    @property
    def direction(self) -> Direction:
        higher = self.prepared.competition.spec.higher_is_better
        return Direction.MAXIMIZE if higher else Direction.MINIMIZE

    def brief(self) -> str:
        """The sections Task, Metric, Data and Limits; made once."""
        return self._brief

    def answer_format(self) -> str:
        return ANSWER_FORMAT

    def evaluate(self, proposal: Proposal, workspace: Path, context: StepContext) -> Outcome:
        """Runs the script on the nested data and scores its submission on the search rows."""
        limits = self._limits(context.remaining_seconds)
        result = self._run(proposal.content, self.prepared.nested_public, workspace, limits)
        if (failure := self._failure(result, limits, workspace)) is not None:
            return failure
        graded = self.prepared.grade(workspace / SUBMISSION, Split.SEARCH)
        match graded:
            case Graded():
                return self._valid(graded, result)
            case Invalid():
                return _outcome(Status.BUGGY, result, _invalid_sentence(graded))
            case GraderFault():
                return _outcome(Status.ERROR, result, f"the grader failed: {graded.reason}")

    def refit(self, script: str, out_dir: Path) -> Outcome:
        """Runs a script on the full public data; `out_dir` gets its submission for the real test.

        The submission's form is checked, its score is not asked for: a valid outcome has no metric.
        """
        result = self._run(script, self.prepared.public, out_dir, self.limits)
        if (failure := self._failure(result, self.limits, out_dir)) is not None:
            return failure
        invalid = self.prepared.validate(out_dir / SUBMISSION, Split.TEST)
        if invalid is not None:
            return _outcome(Status.BUGGY, result, _invalid_sentence(invalid))
        return _outcome(Status.VALID, result, "The submission for the full data is valid.")

    @cached_property
    def _brief(self) -> str:
        from scaffold.preview import preview

        spec = self.prepared.competition.spec
        better = "higher" if self.direction is Direction.MAXIMIZE else "lower"
        description = demoted(clip(spec.description, MAX_DESCRIPTION_CHARS))
        data = preview(self.prepared.nested_public, max_chars=MAX_PREVIEW_CHARS)
        return "\n\n".join(
            [
                f"# Task\n\n{description}",
                f"# Metric\n\n{spec.metric} ({better} is better)",
                f"# Data\n\n{data}",
                f"# Limits\n\n{self._limits_text()}",
            ]
        )

    def _limits_text(self) -> str:
        limits = self.limits
        lines = [
            f"cpus: {limits.cpus:g}",
            f"memory: {limits.memory_mb} MB",
            f"time limit of a script: {limits.timeout_seconds:g} seconds",
            f"libraries: {', '.join(self.libraries)}",
        ]
        if limits.gpus:
            lines.insert(1, f"gpus: {limits.gpus}")
        return "\n".join(lines)

    def _limits(self, remaining_seconds: float | None) -> Limits:
        """The limits of one script: it may not take much longer than the search has left."""
        if remaining_seconds is None:
            return self.limits
        left = max(MIN_TIMEOUT_SECONDS, remaining_seconds)
        return replace(self.limits, timeout_seconds=min(self.limits.timeout_seconds, left))

    def _run(self, script: str, data_dir: Path, out_dir: Path, limits: Limits) -> ExecutionResult:
        (out_dir / SUBMISSION).unlink(missing_ok=True)  # of an earlier try, which ended in an error
        workspace = Workspace(data_dir=data_dir, out_dir=out_dir, collect=(SUBMISSION,))
        return self.sandbox.run(script, workspace, limits)

    def _failure(self, result: ExecutionResult, limits: Limits, out_dir: Path) -> Outcome | None:
        """The outcome of a script that left nothing to grade; None where it did."""
        if result.status is ExecutionStatus.UNAVAILABLE:
            reason = result.reason or "no reason given"
            return _outcome(Status.ERROR, result, f"the sandbox is unavailable: {reason}")
        if result.status is not ExecutionStatus.OK:
            return _outcome(Status.BUGGY, result, self._ending_sentence(result, limits))
        if not (out_dir / SUBMISSION).is_file():
            sentence = f"The script ended without writing {SUBMISSION} into its working directory."
            return _outcome(Status.BUGGY, result, sentence)
        return None

    def _ending_sentence(self, result: ExecutionResult, limits: Limits) -> str:
        """Why the script did not end by itself and well."""
        match result.status:
            case ExecutionStatus.TIMEOUT:
                whole = limits.timeout_seconds == self.limits.timeout_seconds
                why = "the longest it may take" if whole else "all that the search had left"
                return f"The script was stopped after {limits.timeout_seconds:.0f} seconds, {why}."
            case ExecutionStatus.OUT_OF_MEMORY:
                return f"The script used more than the {limits.memory_mb} MB of memory it may use."
            case ExecutionStatus.KILLED:
                return f"The script was stopped from outside: {result.reason or 'by a signal'}"
        reason = result.reason or f"exit code {result.exit_code}"
        last = result.output.rstrip().rpartition("\n")[2].strip()[:300]
        return f"The script failed ({reason.rstrip('.')}){f': {last}' if last else '.'}"

    def _valid(self, graded: Graded, result: ExecutionResult) -> Outcome:
        metric = Metric(graded.score, self.direction, graded.stderr)
        return replace(
            _outcome(Status.VALID, result, f"The submission is valid: {graded.score:.6g}."),
            metric=metric,
            quality=self.prepared.competition.quality(graded.score),
        )


def _outcome(status: Status, result: ExecutionResult, feedback: str) -> Outcome:
    return Outcome(status=status, output=result.output, feedback=feedback, seconds=result.seconds)


def _invalid_sentence(invalid: Invalid) -> str:
    places = []
    if invalid.row is not None:
        places.append(f"line {invalid.row}")
    if invalid.column is not None:
        places.append(f"column {invalid.column!r}")
    place = f" ({', '.join(places)})" if places else ""
    return f"{SUBMISSION} is invalid: {invalid.reason.rstrip('.')}{place}."

"""A competition, and a prepared one: the two objects the rest of Exitree talks to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from competitions.errors import CompetitionError
from competitions.leaderboard import Leaderboard, Standing
from competitions.outcome import GradingOutcome, Invalid, Split
from competitions.spec import CONFIG_NAME, CompetitionSpec

if TYPE_CHECKING:
    from competitions.judge import Judge

LEADERBOARD_NAME = "leaderboard.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Competition:
    """A competition folder: spec (config.yaml), description, leaderboard, prepare and grade."""

    spec: CompetitionSpec
    directory: Path
    leaderboard: Leaderboard | None

    @classmethod
    def load(cls, directory: Path) -> Competition:
        """Reads a competition folder; no code of the folder runs.

        Raises:
            CompetitionError: the folder is incomplete or wrong; names the file and the fault.
        """
        spec = CompetitionSpec.load(directory)
        path = directory / LEADERBOARD_NAME
        leaderboard = None
        if path.exists():
            leaderboard = Leaderboard.load(path, higher_is_better=spec.higher_is_better)
            spec = replace(spec, higher_is_better=leaderboard.higher_is_better)
        if spec.higher_is_better is None:
            raise CompetitionError(
                f"{directory / CONFIG_NAME} has no `higher_is_better`, and there is no leaderboard",
                hint=f"add `higher_is_better: true` or `false` to {CONFIG_NAME}",
            )
        return cls(spec=spec, directory=directory, leaderboard=leaderboard)

    @property
    def higher_is_better(self) -> bool:
        assert self.spec.higher_is_better is not None, "Competition.load settles the direction"
        return self.spec.higher_is_better

    def prepare(
        self, data_dir: Path, *, force: bool = False, verify: bool = False
    ) -> PreparedCompetition:
        """Writes public, private and nested folders below `data_dir/<id>/prepared`.

        Quick when already prepared: files are checked by size and time, with `verify` by checksum.
        An interrupted, altered or outdated preparation is redone, and any with `force`. Safe to
        call from several processes.

        Raises:
            CompetitionError: raw data is missing, or `prepare` of the folder fails.
        """
        from competitions.preparation import prepare

        return PreparedCompetition.at(self, prepare(self, data_dir, force=force, verify=verify))

    def quality(self, score: float) -> float | None:
        """A score mapped to [0, 1], higher is better: its leaderboard percentile, else its place
        in the spec's score range; None where there is neither."""
        if self.leaderboard is not None:
            return self.leaderboard.percentile(score)
        if (scale := self.spec.score_range) is not None:
            share = (score - scale.worst) / (scale.best - scale.worst)
            return min(1.0, max(0.0, share))
        return None

    def standing(self, score: float) -> Standing | None:
        """Medal, rank and percentile of a score; None without a leaderboard."""
        return None if self.leaderboard is None else self.leaderboard.standing(score)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCompetition:
    """Prepared data. `public` is the full public folder, `nested_public` the one a search sees.

    Answers are read once and kept, so an instance is cheap to grade with from several threads.
    """

    competition: Competition
    public: Path
    nested_public: Path
    _judges: dict[Split, Judge] = field(repr=False, compare=False)

    @classmethod
    def at(cls, competition: Competition, prepared: Path) -> PreparedCompetition:
        """Opens the prepared folder of a competition."""
        from competitions.judge import judges_of
        from competitions.preparation import Layout

        layout = Layout(prepared)
        return cls(
            competition=competition,
            public=layout.public,
            nested_public=layout.nested_public,
            _judges=judges_of(competition, layout),
        )

    def validate(self, submission: Path, split: Split) -> Invalid | None:
        """What is wrong with the form of a submission file; None when nothing. No score is told."""
        return self._judges[split].validate(submission)

    def grade(self, submission: Path, split: Split, *, num_bootstrap: int = 0) -> GradingOutcome:
        """Validates and grades a submission file against the answers of one split.

        `num_bootstrap` resamples of the rows give the score's standard error (0: none).
        """
        return self._judges[split].grade(submission, num_bootstrap=num_bootstrap)

"""What a bench shows: one summary a configuration, comparisons, and the mean of each competition.

A failed run counts as no medal and no valid submission, as on MLE-bench's leaderboard, and has no
quality: a pair with it is not compared in that. A run that is still owed counts nowhere, nor does
one of a competition without a leaderboard where it is about medals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scaffold.bench import statistics
from scaffold.bench.rows import RunRow
from scaffold.bench.statistics import Estimate, Interval

NUM_PLACES = 80  # of the curves over time


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationSummary:
    """A configuration over all its competitions and seeds. Rates are in percent."""

    configuration: str
    num_runs: int
    num_concluded: int
    num_failed: int
    any_medal: Estimate | None
    gold: float | None
    silver: float | None
    bronze: float | None
    above_median: float | None
    valid: float | None
    percentile: float | None
    quality: float | None
    normalised: float | None
    gap: float | None
    oracle_gain: float | None
    oracle_quality: float | None
    draft_wins: int
    num_with_drafts: int
    num_steps: int
    num_buggy: int
    num_tokens: int
    usd: float | None
    seconds: float | None
    over_steps: tuple[tuple[float, float], ...]
    over_seconds: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A configuration against the first one, over competitions and seeds that both have."""

    configuration: str
    baseline: str
    measure: str
    num_pairs: int
    wins: int
    losses: int
    mean: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitionSummary:
    """A configuration on one competition: means over the seeds, scores in the metric's unit."""

    competition: str
    configuration: str
    metric: str
    sign: int
    num_runs: int
    num_concluded: int
    medals: tuple[str, ...]
    test: float | None
    percentile: float | None
    normalised: float | None
    best_draft: float | None
    draft_wins: int
    gap: float | None
    oracle: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchSummary:
    """Everything that a report of a bench shows."""

    title: str
    num_seeds: int
    configurations: tuple[ConfigurationSummary, ...]
    comparisons: tuple[Comparison, ...]
    competitions: tuple[CompetitionSummary, ...]
    runs: tuple[RunRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: numbers, texts and null for what is unknown."""
        return asdict(self)

    @property
    def num_owed(self) -> int:
        return sum(not row.is_concluded for row in self.runs)


def summarise(rows: Sequence[RunRow], title: str) -> BenchSummary:
    """All statistics of the runs; configurations and competitions in the order of the rows."""
    names = list(dict.fromkeys(row.configuration for row in rows))
    competitions = list(dict.fromkeys(row.competition for row in rows))
    by_name = {name: [row for row in rows if row.configuration == name] for name in names}
    places = _time_places(rows)
    return BenchSummary(
        title=title,
        num_seeds=len({row.seed for row in rows}),
        configurations=tuple(_configuration(name, by_name[name], places) for name in names),
        comparisons=tuple(
            compare(measure, by_name[name], by_name[names[0]])
            for name in names[1:]
            for measure in MEASURES
        ),
        competitions=tuple(
            _competition([row for row in by_name[name] if row.competition == competition])
            for competition in competitions
            for name in names
        ),
        runs=tuple(rows),
    )


def _configuration(
    name: str, rows: Sequence[RunRow], places: Sequence[float]
) -> ConfigurationSummary:
    over = [row for row in rows if row.is_concluded]
    begun = [row for row in over if row.run is not None]
    ranked = [row for row in over if row.is_ranked]
    judged = [row for row in over if row.quality is not None]
    fought = [row.beats_drafts for row in over if row.beats_drafts is not None]
    return ConfigurationSummary(
        configuration=name,
        num_runs=len(rows),
        num_concluded=len(over),
        num_failed=sum(row.failure is not None for row in over),
        any_medal=statistics.over_seeds((row.seed, row.medal is not None) for row in ranked),
        gold=statistics.percent(row.medal == "gold" for row in ranked),
        silver=statistics.percent(row.medal == "silver" for row in ranked),
        bronze=statistics.percent(row.medal == "bronze" for row in ranked),
        above_median=statistics.percent(bool(row.above_median) for row in ranked),
        valid=statistics.percent(row.is_valid for row in over),
        percentile=statistics.mean_of(row.percentile for row in over),
        quality=statistics.mean_of(row.quality for row in over),
        normalised=statistics.mean_of(row.normalised for row in over),
        gap=statistics.mean_of(row.gap for row in over),
        oracle_gain=statistics.mean_of(row.oracle_gain for row in over),
        oracle_quality=statistics.mean_of(
            (row.quality or 0.0) + (row.oracle_gain or 0.0) for row in judged
        ),
        draft_wins=sum(fought),
        num_with_drafts=len(fought),
        num_steps=sum(row.num_steps for row in rows),
        num_buggy=sum(row.num_buggy for row in rows),
        num_tokens=sum(row.num_tokens for row in rows),
        usd=statistics.total_of(row.usd for row in begun),
        seconds=statistics.total_of(row.seconds for row in begun),
        **_curves(over, places),
    )


def _curves(
    rows: Sequence[RunRow], places: Sequence[float]
) -> dict[str, tuple[tuple[float, float], ...]]:
    counted = [row for row in rows if row.quality is not None]
    steps = range(1, max((row.num_steps for row in counted), default=0) + 1)
    return {
        "over_steps": tuple(statistics.mean_curve([row.over_steps for row in counted], steps)),
        "over_seconds": tuple(statistics.mean_curve([row.over_seconds for row in counted], places)),
    }


def _time_places(rows: Sequence[RunRow]) -> list[float]:
    """Evenly spaced, up to the longest run."""
    longest = max((row.seconds or 0.0 for row in rows if row.is_concluded), default=0.0)
    return [longest * place / NUM_PLACES for place in range(NUM_PLACES + 1)] if longest else []


def _any_medal(row: RunRow) -> float | None:
    return float(row.medal is not None) if row.is_ranked else None


MEASURES: Mapping[str, Callable[[RunRow], float | None]] = {
    "quality": lambda row: row.quality,
    "normalised": lambda row: row.normalised,
    "any medal": _any_medal,
}


def compare(measure: str, rows: Sequence[RunRow], baseline: Sequence[RunRow]) -> Comparison:
    """The mean difference in one measure, with a bootstrap interval over the pairs."""
    value_of = MEASURES[measure]
    differences = statistics.paired_differences(
        _by_pair(rows, value_of), _by_pair(baseline, value_of)
    )
    return Comparison(
        configuration=rows[0].configuration,
        baseline=baseline[0].configuration,
        measure=measure,
        num_pairs=len(differences),
        wins=sum(difference > 0 for difference in differences),
        losses=sum(difference < 0 for difference in differences),
        mean=statistics.mean_of(differences),
        interval=statistics.bootstrap_interval(differences),
    )


def _by_pair(
    rows: Iterable[RunRow], value_of: Callable[[RunRow], float | None]
) -> dict[tuple[str, int], float]:
    return {
        (row.competition, row.seed): value
        for row in rows
        if row.is_concluded and (value := value_of(row)) is not None
    }


def _competition(rows: Sequence[RunRow]) -> CompetitionSummary:
    over = [row for row in rows if row.is_concluded]
    known = next((row for row in rows if row.metric), rows[0])
    return CompetitionSummary(
        competition=known.competition,
        configuration=known.configuration,
        metric=known.metric,
        sign=known.sign,
        num_runs=len(rows),
        num_concluded=len(over),
        medals=tuple(_outcome(row) for row in over),
        test=statistics.mean_of(row.test for row in over),
        percentile=statistics.mean_of(row.percentile for row in over),
        normalised=statistics.mean_of(row.normalised for row in over),
        best_draft=statistics.mean_of(row.best_draft for row in over),
        draft_wins=sum(bool(row.beats_drafts) for row in over),
        gap=statistics.mean_of(
            row.sign * (row.selection - row.test)
            for row in over
            if row.selection is not None and row.test is not None
        ),
        oracle=statistics.mean_of(row.oracle for row in over),
        seconds=statistics.mean_of(row.seconds for row in over),
    )


def _outcome(row: RunRow) -> str:
    if row.failure is not None:
        return "failed"
    return row.medal or ("none" if row.is_valid else "invalid")

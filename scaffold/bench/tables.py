"""A bench as rich tables, for the command line, and how its figures are written everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scaffold.bench.statistics import Estimate, Interval
from scaffold.bench.summary import BenchSummary, Comparison, CompetitionSummary
from scaffold.bench.summary import ConfigurationSummary as Summary
from search.views import text

LEFT = {"configuration", "competition", "metric", "medals", "measure", "against", "compared"}
LETTERS = {"gold": "G", "silver": "S", "bronze": "B", "none": "-", "invalid": "!", "failed": "x"}


def share(value: float | None) -> str:
    """A share in [0, 1] as percent."""
    return "-" if value is None else f"{100 * value:.1f}"


def points(value: float | None) -> str:
    """A difference of shares as signed percent points."""
    return "-" if value is None else f"{100 * value:+.1f}"


def rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def estimate(value: Estimate | None) -> str:
    """Mean ± standard error, in percent."""
    if value is None:
        return "-"
    return f"{value.mean:.1f}" + ("" if value.sem is None else f" ± {value.sem:.1f}")


def interval(value: Interval | None) -> str:
    return "-" if value is None else f"{points(value.low)} to {points(value.high)}"


def signed_score(value: float | None) -> str:
    if value is None:
        return "-"
    return ("-" if value < 0 else "+") + text.score(abs(value))


def fraction(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "-"


def medal_cells(item: Summary) -> list[tuple[str, str]]:
    """A configuration in the leaderboard's form: column and text."""
    failed = f", {item.num_failed} failed" if item.num_failed else ""
    return [
        ("configuration", item.configuration),
        ("runs", f"{item.num_concluded}/{item.num_runs}{failed}"),
        ("any medal %", estimate(item.any_medal)),
        ("gold", rate(item.gold)),
        ("silver", rate(item.silver)),
        ("bronze", rate(item.bronze)),
        ("above median", rate(item.above_median)),
        ("valid", rate(item.valid)),
        ("percentile", share(item.percentile)),
        ("normalised", share(item.normalised)),
    ]


def choice_cells(item: Summary) -> list[tuple[str, str]]:
    """How good the choices were, and what all cost."""
    return [
        ("configuration", item.configuration),
        ("quality", share(item.quality)),
        ("gap", points(item.gap)),
        ("oracle", share(item.oracle_quality)),
        ("beats drafts", fraction(item.draft_wins, item.num_with_drafts)),
        ("steps", str(item.num_steps)),
        ("buggy", str(item.num_buggy)),
        ("tokens", text.tokens(item.num_tokens)),
        ("cost", text.usd(item.usd)),
        ("search time", text.seconds(item.seconds)),
    ]


def comparison_cells(item: Comparison) -> list[tuple[str, str]]:
    return [
        ("configuration", item.configuration),
        ("against", item.baseline),
        ("measure", item.measure),
        ("pairs", str(item.num_pairs)),
        ("better/worse", f"{item.wins}/{item.losses}"),
        ("difference", points(item.mean)),
        ("95 % interval", interval(item.interval)),
    ]


def competition_cells(item: CompetitionSummary) -> list[tuple[str, str]]:
    arrow = {1: " ↑", -1: " ↓"}[item.sign] if item.metric else ""
    return [
        ("competition", item.competition),
        ("configuration", item.configuration),
        ("metric", text.one_line(item.metric) + arrow if item.metric else "-"),
        ("runs", fraction(item.num_concluded, item.num_runs)),
        ("test", text.score(item.test)),
        ("medals", " ".join(item.medals) or "-"),
        ("percentile", share(item.percentile)),
        ("best draft", text.score(item.best_draft)),
        ("wins", fraction(item.draft_wins, item.num_concluded)),
        ("gap", signed_score(item.gap)),
        ("oracle", text.score(item.oracle)),
        ("time", text.seconds(item.seconds)),
    ]


def failures(summary: BenchSummary) -> list[str]:
    return [
        f"{row.competition} {row.configuration} seed {row.seed}: {text.one_line(row.failure, 500)}"
        for row in summary.runs
        if row.failure is not None
    ]


def summary_view(summary: BenchSummary) -> RenderableType:
    """The report of a bench in a terminal of 80 columns: a column a configuration."""
    names = [item.configuration for item in summary.configurations]
    both = [[*medal_cells(item)[1:], *choice_cells(item)[1:]] for item in summary.configurations]
    parts: list[RenderableType] = [
        _table([_brief(item) for item in summary.competitions]),
        _columns(names, both),
    ]
    if summary.comparisons:
        parts.append(_table([_brief_comparison(item) for item in summary.comparisons]))
    if summary.num_owed:
        parts.append(Text(f"! Runs still owed: {summary.num_owed}.", "yellow"))
    parts += [Text(f"! failed: {line}", "red") for line in failures(summary)]
    return Group(*(part for item in parts for part in (Text(), item)))


def _brief(item: CompetitionSummary) -> list[tuple[str, str]]:
    """A line of the table of competitions; a letter a seed says what became of it."""
    cells = dict(competition_cells(item))
    letters = "".join(LETTERS[outcome] for outcome in item.medals)
    shown = ("competition", "configuration", "test", "best draft", "wins", "gap", "oracle")
    named = {"best draft": "draft", "percentile": "pct"}
    brief = [(named.get(name, name), cells[name]) for name in shown]
    return [*brief[:3], ("medals", letters or "-"), ("pct", cells["percentile"]), *brief[3:]]


def _brief_comparison(item: Comparison) -> list[tuple[str, str]]:
    cells = dict(comparison_cells(item))
    name = f"{cells.pop('configuration')} against {cells.pop('against')}"
    return [("compared", name), *cells.items()]


def _columns(names: Sequence[str], sides: Sequence[Sequence[tuple[str, str]]]) -> Table:
    """Pairs of several things side by side."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("", style="dim", no_wrap=True)
    for name in names:
        table.add_column(name, justify="right")
    for lines in zip(*sides, strict=True):
        table.add_row(lines[0][0], *(Text(cell) for _, cell in lines))
    return table


def _table(rows: Sequence[Sequence[tuple[str, str]]]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))
    for column, _ in rows[0]:
        table.add_column(
            column,
            justify="left" if column in LEFT else "right",
            no_wrap=column not in {"competition", "configuration", "compared"},
        )
    for row in rows:
        table.add_row(*(Text(cell) for _, cell in row))
    return table

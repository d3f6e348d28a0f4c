"""What a bench's summary, tables and page say of rows that are given."""

from __future__ import annotations

import json

import pytest
from bench_rows import failed, row, sample_rows
from rich.console import Console

from scaffold.bench.plots import curves, forest, ticks
from scaffold.bench.report import render_report
from scaffold.bench.rows import CellStatus, RunRow
from scaffold.bench.summary import ConfigurationSummary, compare, summarise
from scaffold.bench.tables import summary_view


def only(rows: list[RunRow]) -> ConfigurationSummary:
    (found,) = summarise(rows, "bench").configurations
    return found


def test_a_failed_run_is_no_medal_no_submission_and_no_quality() -> None:
    found = only([row(medal="gold"), failed("b"), row(seed=1), failed("b", seed=1)])
    assert found.any_medal is not None
    assert (found.any_medal.mean, found.gold, found.valid) == (25.0, 25.0, 50.0)
    assert found.any_medal.sem == pytest.approx(25.0)
    assert (found.num_failed, found.quality) == (2, pytest.approx(0.6))


def test_a_run_without_an_answer_has_quality_zero() -> None:
    empty = row("b", test=None, selection=None, quality=0.0, percentile=0.0, above_median=False)
    found = only([row(), empty])
    assert (found.quality, found.percentile) == (pytest.approx(0.3), pytest.approx(0.3))
    assert (found.valid, found.above_median) == (50.0, 50.0)


def test_runs_that_are_owed_count_nowhere() -> None:
    owed = RunRow(competition="b", configuration="one", seed=0, status=CellStatus.OWED)
    found = only([row(), owed])
    assert (found.num_runs, found.num_concluded, found.valid) == (2, 1, 100.0)


def test_without_a_leaderboard_there_is_no_medal_to_miss() -> None:
    unranked = row("b", is_ranked=False, percentile=None, above_median=None)
    found = only([row(medal="silver"), unranked])
    assert found.any_medal is not None
    assert (found.any_medal.mean, found.silver, found.above_median) == (100.0, 100.0, 100.0)


def test_dollars_are_unknown_where_a_part_is() -> None:
    assert only([row(usd=1.0), row("b", usd=2.0)]).usd == 3.0
    assert only([row(usd=1.0), row("b", usd=None)]).usd is None


def test_lower_is_better_turns_wins_and_gaps() -> None:
    lower = row(sign=-1, test=0.5, selection=0.4, best_draft=0.6)
    (found,) = summarise([lower], "bench").competitions
    assert found.draft_wins == 1
    assert found.gap == pytest.approx(0.1)  # selection promised a lower, so better, score
    assert row(sign=-1, test=0.6, best_draft=0.6).beats_drafts is False


def test_comparisons_pair_competition_and_seed_and_leave_out_the_rest() -> None:
    one = [row("a", quality=0.5), row("b", quality=0.5), row("c", quality=0.1)]
    two = [
        row("a", "two", quality=0.7),
        row("b", "two", quality=0.6),
        failed("c", "two"),
        row("d", "two", quality=1.0),
    ]
    found = compare("quality", two, one)
    assert (found.num_pairs, found.wins, found.losses) == (2, 2, 0)
    assert found.mean == pytest.approx(0.15)
    assert found.interval is not None
    assert found.interval.low == pytest.approx(0.1)
    assert found.interval.high == pytest.approx(0.2)


def test_the_summary_is_json_without_nan() -> None:
    document = json.dumps(summarise(sample_rows(), "bench").to_dict(), allow_nan=False)
    assert [item["configuration"] for item in json.loads(document)["configurations"]] == [
        "greedy",
        "chain",
        "best_of_n",
    ]


def test_the_tables_fit_a_terminal_and_name_failures() -> None:
    console = Console(width=80, record=True, force_terminal=False)
    with console.capture() as capture:
        console.print(summary_view(summarise(sample_rows(), "bench")))
    shown = capture.get()
    assert "any medal %" in shown
    assert "unknown" in shown
    assert "failed: orchard chain seed 0: its process was ended by SIGKILL" in " ".join(
        shown.split()
    )
    assert max(map(len, shown.splitlines())) <= 80


def test_the_page_escapes_what_it_shows() -> None:
    hostile = "<script>hacked()</script>"
    page = render_report(summarise([row(hostile), row(hostile, "two")], hostile))
    assert hostile not in page
    assert "&lt;script&gt;hacked()" in page


def test_a_bench_without_any_result_still_has_a_page() -> None:
    owed = RunRow(competition="b", configuration="one", seed=0, status=CellStatus.OWED)
    page = render_report(summarise([owed], "bench"))
    assert "Nothing to draw yet" in page
    assert "Runs still owed: 1" in page


def test_ticks_are_round_and_within() -> None:
    assert ticks(0.0, 1.0, 5) == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert ticks(0.5, 0.5) == [0.5]


@pytest.mark.parametrize("qualities", [(0.2, 0.3), (0.6, 0.6), (0.9, 1.0)])
def test_differences_and_zero_lie_inside_the_plot(qualities: tuple[float, float]) -> None:
    rows = [row("a"), row("b")]
    rows += [row(name, "two", quality=value) for name, value in zip("ab", qualities, strict=True)]
    drawn = forest(summarise(rows, "bench").comparisons, ["one", "two"])
    marks = [float(text.split('"')[0]) for text in drawn.split('cx="')[1:]]
    zero = float(drawn.split('class="zero" d="M')[1].split()[0])
    assert all(100 < place < 760 for place in [*marks, zero])
    better = sum(qualities) / 2 - 0.6
    assert (marks[0] - zero) * better >= 0


def test_equal_curves_keep_their_labels_apart() -> None:
    curve = ((1.0, 0.5), (2.0, 0.6))
    drawn = curves([curve, curve], ["one", "two"], axis="steps")
    heights = [
        part.split('y="')[1].split('"')[0] for part in drawn.split("<text") if 'class="end' in part
    ]
    assert len(set(heights)) == 2

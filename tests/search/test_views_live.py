"""The live views: what they show, that they fit, and that they never hurt the search."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from fakes import node, tree_of
from rich.console import Console
from sample_runs import HOSTILE, sample_run

from search.budget import Budget
from search.events import (
    Event,
    NodeRecorded,
    SearchStopped,
    StageStarted,
    StepFault,
    StepProgress,
    StepStarted,
)
from search.node import Expansion, Usage
from search.tree import SearchTree
from search.views.live import LiveView, PlainView, frame, make_view
from search.views.progress import SearchProgress, WatchedRun
from search.views.tree_text import ASCII, tree_lines


def watched(title: str = "wine", **changes: object) -> WatchedRun:
    values: dict[str, object] = {
        "title": title,
        "policy": "greedy",
        "model": "recipe",
        "metric_name": "log loss",
        "budget": Budget(num_steps=60, seconds=3600),
        "started_at": 0.0,
    }
    return WatchedRun(**{**values, **changes})  # type: ignore[arg-type]


def terminal(width: int = 100, height: int = 30, **changes: object) -> Console:
    values: dict[str, object] = {"force_terminal": True, "_environ": {"TERM": "xterm-256color"}}
    return Console(file=io.StringIO(), width=width, height=height, **{**values, **changes})  # type: ignore[arg-type]


def plain(lines: list[object]) -> str:
    return "\n".join(str(line) for line in lines)


def search_of(size: int, **changes: object) -> SearchProgress:
    progress = SearchProgress(watched(**changes))
    for item in sample_run(Path("unused"), size, prompts=False).tree:
        progress.take(StepStarted(item.id, item.expansion, item.created_at))
        progress.take(NodeRecorded(item))
    return progress


def test_the_picture_tells_best_steps_time_tokens_and_workers() -> None:
    progress = search_of(10)
    progress.take(StepStarted(10, Expansion((3,), "improve"), 300.0))
    progress.take(StepProgress(10, "asking", 301.0))
    progress.take(StepStarted(11, Expansion((3, 4), "combine"), 302.0))
    progress.take(StepProgress(11, "running", 304.0))
    shown = plain([*frame(progress, 100, 40, now=310.0)])
    best = progress.tree.best
    assert best is not None
    assert best.metric is not None
    assert f"{best.metric.value:.4f}" in shown
    assert f"steps {progress.num_steps}/60" in shown
    assert "elapsed 5m 10s" in shown
    assert "left 54m 50s" in shown
    assert "#10 improve #3  asking the model  9.0s" in shown
    assert "#11 combine #3 #4  running the script  6.0s" in shown


def test_an_unknown_price_is_unknown() -> None:
    progress = SearchProgress(watched())
    assert "cost $0.00" in plain([*frame(progress, 100, 40, now=1.0)])
    progress.usage = Usage(cost_usd=None)
    assert "cost unknown" in plain([*frame(progress, 100, 40, now=1.0)])


def test_faults_and_stages_are_told() -> None:
    progress = search_of(3)
    progress.take(StepStarted(3, Expansion((), "draft"), 100.0))
    progress.take(StepFault(3, 1, "the engine is gone", 5.0, 101.0))
    assert "#3 draft  waiting to try again" in plain([*frame(progress, 100, 40, now=102.0)])
    progress.take(SearchStopped("wall_clock", 110.0))
    progress.take(StageStarted("refit", "node 2", 111.0))
    shown = plain([*frame(progress, 100, 40, now=112.0)])
    assert "#3 failed on our side (try 1, tried again in 5.0s): the engine is gone" in shown
    assert "stopped: wall clock" in shown
    assert "refit node 2  1.0s" in shown


def test_a_resumed_run_counts_what_was_there() -> None:
    nodes = list(sample_run(Path("unused"), 10, prompts=False).tree)
    progress = SearchProgress(watched(nodes=nodes, spent_seconds=100.0))
    assert len(progress.tree) == 10
    assert progress.elapsed_seconds(5.0) == 105.0


@pytest.mark.parametrize(("width", "height"), [(100, 40), (80, 24), (40, 12), (20, 5), (10, 1)])
@pytest.mark.parametrize("size", [0, 1, 40, 400])
def test_the_picture_fits_the_terminal(width: int, height: int, size: int) -> None:
    progress = search_of(size)
    for step in range(size, size + 12):
        progress.take(StepStarted(step, Expansion((), "draft"), 0.0))
    lines = frame(progress, width, height, now=1.0)
    assert len(lines) <= height
    assert max(line.cell_len for line in lines) <= width
    assert not any("\n" in line.plain for line in lines)


def test_a_folded_tree_keeps_the_best_and_counts_the_hidden() -> None:
    record = sample_run(Path("unused"), 300, prompts=False)
    lines = tree_lines(record.tree, record.best, 20)
    shown = plain([*lines])
    assert len(lines) <= 20
    assert f"#{record.best} " in shown
    assert " best" in shown
    assert re.search(r"\+\d+ more", shown)


def test_an_unfolded_tree_shows_every_node_once() -> None:
    record = sample_run(Path("unused"), 200, prompts=False)
    lines = tree_lines(record.tree, record.best)
    ids = [int(re.findall(r"#(\d+) ", line.plain)[0]) for line in lines]
    assert sorted(ids) == list(range(200))


def test_a_chain_of_any_length_stays_narrow() -> None:
    tree = tree_of(node(0, score=0.1), *(node(i, i - 1, score=0.1 + i) for i in range(1, 3000)))
    assert max(line.cell_len for line in tree_lines(tree, 2999)) < 40
    assert len(tree_lines(tree, 2999, 10)) <= 10


def test_guides_in_ascii() -> None:
    record = sample_run(Path("unused"), 40, prompts=False)
    assert plain([*tree_lines(record.tree, record.best, 20, ASCII)]).isascii()


def hostile_events() -> list[Event]:
    tree = sample_run(Path("unused"), 6, hostile=True, prompts=False).tree
    return [
        *(NodeRecorded(item) for item in tree),
        StepStarted(6, Expansion((0,), HOSTILE), 0.0),
        StepProgress(6, HOSTILE, 0.0),
        StepFault(6, 1, HOSTILE, 1.0, 0.0),
        StageStarted(HOSTILE, HOSTILE, 0.0),
        SearchStopped(HOSTILE, 0.0),
    ]


def test_hostile_text_is_literal_in_the_picture() -> None:
    console = terminal(width=200, height=60, color_system=None)
    view = LiveView(console, watched(title=HOSTILE), clock=lambda: 1.0)
    for event in hostile_events():
        view.notify(event)
        console.print(view)
    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()
    assert "[bold red]markup" in printed
    assert "\\x1b[31mred" in printed
    assert "\x1b[31m" not in printed
    assert not set("\x07\x00\u202e\ud800") & set(printed)


def test_plain_lines_are_literal_one_an_event() -> None:
    out = io.StringIO()
    with PlainView(out, watched()) as view:
        for event in hostile_events():
            view.notify(event)
    lines = out.getvalue().splitlines()
    assert len(lines) == 6 + 3  # nodes; fault, stage and stop
    assert not set("\x1b\x07\x00\u202e") & set(out.getvalue())


def test_plain_lines_tell_scores() -> None:
    out = io.StringIO()
    with PlainView(out, watched()) as view:
        view.notify(NodeRecorded(node(0, score=0.25)))
        view.notify(NodeRecorded(node(1, 0)))
    first, second = out.getvalue().splitlines()
    assert first.endswith("#0 draft: 0.2500, the best so far")
    assert second.endswith("#1 improve #0: buggy")


def test_plain_lines_survive_any_encoding_and_a_closed_pipe() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    view = PlainView(out, watched())
    view.notify(StepFault(0, 1, "Zürich", None, 1.0))
    assert b"Z\\xfcrich" in raw.getvalue()
    out.close()
    view.notify(StepFault(0, 2, "Zürich", None, 1.0))


@pytest.mark.parametrize(
    ("environment", "is_terminal", "expected"),
    [
        ({"TERM": "xterm"}, True, LiveView),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, LiveView),
        ({"TERM": "dumb"}, True, PlainView),
        ({"TERM": "xterm"}, False, PlainView),
    ],
)
def test_the_console_decides(
    environment: dict[str, str], is_terminal: bool, expected: type
) -> None:
    console = Console(file=io.StringIO(), force_terminal=is_terminal, _environ=environment)
    assert isinstance(make_view(console, watched()), expected)


def test_no_color_is_live_without_colours() -> None:
    console = terminal(_environ={"TERM": "xterm-256color", "NO_COLOR": "1"})
    with make_view(console, watched()) as view:
        view.notify(NodeRecorded(node(0, score=0.5)))
    assert isinstance(console.file, io.StringIO)
    codes = set(re.findall(r"\x1b\[([\d;]*)m", console.file.getvalue()))
    parts = {part for code in codes for part in code.split(";")}
    assert parts <= {"", "0", "1", "2", "22"}


def test_an_interrupt_leaves_the_terminal_as_it_was() -> None:
    console = terminal()

    def interrupted() -> None:
        with make_view(console, watched()) as view:
            view.notify(NodeRecorded(node(0, score=0.5)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue()
    assert printed.rindex("\x1b[?25h") > printed.rindex("\x1b[?25l")  # the cursor is shown again


def test_a_picture_that_cannot_be_drawn_does_not_raise() -> None:
    def broken_clock() -> float:
        raise RuntimeError("no time")

    console = terminal()
    with LiveView(console, watched(), clock=broken_clock) as view:
        view.notify(NodeRecorded(node(0, score=0.5)))
    assert isinstance(console.file, io.StringIO)
    assert "the search goes on" in console.file.getvalue()


def test_an_empty_tree_has_no_lines() -> None:
    assert tree_lines(SearchTree(), None, 10) == []

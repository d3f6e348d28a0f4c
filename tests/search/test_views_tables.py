"""Tables for the command line, and a run in a notebook."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from sample_runs import HOSTILE, run_of, sample_run

from search.errors import SearchError
from search.tree import SearchTree
from search.views.notebook import repr_html, to_frame
from search.views.tables import diff_view, node_view, nodes_table, run_view, runs_table


def printed(renderable: RenderableType, width: int = 140) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_runs_are_lines() -> None:
    record = sample_run(Path("unused"), 20, prompts=False)
    best = record.tree.best
    assert best is not None
    assert best.metric is not None
    head, line = printed(runs_table([record])).strip().splitlines()
    assert head.split()[0] == "run"
    assert record.run_id in line
    assert f"{best.metric.value:.4f}" in line
    assert "finished" in line


def test_a_run_shows_its_result_facts_tree_and_notes() -> None:
    record = sample_run(Path("unused"), 100, prompts=False)
    shown = printed(run_view(record))
    for expected in ("silver", "greedy", "stop reason steps", f"#{record.best} ", "Finalist 12"):
        assert expected in shown
    assert "nodes folded" in shown


def test_a_node_in_full() -> None:
    record = sample_run(Path("unused"), 20, prompts=False)
    assert record.best is not None
    shown = printed(node_view(record, record.best))
    assert "best" in shown.splitlines()[0]
    assert "SimpleImputer(strategy=" in shown
    assert "fitted 13 features" in shown


def test_a_missing_node_is_a_user_error() -> None:
    record = sample_run(Path("unused"), 5, prompts=False)
    with pytest.raises(SearchError, match="has no node 99") as caught:
        node_view(record, 99)
    assert "0 to 4" in caught.value.hint
    with pytest.raises(SearchError) as caught:
        node_view(run_of(SearchTree()), 0)
    assert "no nodes yet" in caught.value.hint


def test_a_difference_shows_changed_lines_only() -> None:
    record = sample_run(Path("unused"), 20, prompts=False)
    (child,) = [n for n in record.tree if n.parents][:1]
    lines = printed(diff_view(record, child.parents[0], child.id)).splitlines()
    assert lines[0].startswith(f"--- #{child.parents[0]}")
    assert any(line.startswith("+# recipe:") for line in lines)
    assert "equal" in printed(diff_view(record, 3, 3))


def test_hostile_text_is_literal_everywhere(tmp_path: Path) -> None:
    record = sample_run(tmp_path, 12, hostile=True, prompts=False)
    views = [
        runs_table([record]),
        run_view(record),
        nodes_table(record),
        node_view(record, 3),
        diff_view(run_of(record.tree), 1, 2),
    ]
    for view in views:
        assert not set("\x1b\x07\x00\u202e\ud800\u2028") & set(printed(view))
    assert "[bold red]markup[/]" in printed(run_view(record))
    assert "[bold red]markup[/]" in printed(node_view(record, 3))


def test_a_frame_has_a_row_a_node() -> None:
    record = sample_run(Path("unused"), 30, prompts=False)
    frame = to_frame(record)
    assert list(frame.index) == list(range(30))
    assert frame["metric"].idxmin() == record.best
    assert frame["metric"].isna().sum() == sum(node.metric is None for node in record.tree)
    assert frame.loc[record.best, "on_best_path"]
    assert list(to_frame(run_of(SearchTree())).columns) == list(frame.columns)


ALLOWED_TAGS = {"div", "b", "code", "p", "br", "table", "thead", "tbody", "tr", "th", "td"}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs
        self.names.add(tag)


def test_notebook_html_is_small_and_escaped() -> None:
    page = repr_html(sample_run(Path("unused"), 30, hostile=True, prompts=False))
    assert Tags(page).names <= ALLOWED_TAGS
    assert "&lt;script&gt;window.hacked=1" in page
    assert HOSTILE not in page
    assert len(page) < 10_000

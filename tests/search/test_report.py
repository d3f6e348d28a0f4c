"""The report page as a file: its data, its bounds, and that nothing in it can act."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sample_runs import HOSTILE, run_of, sample_run

from search.tree import SearchTree
from search.views import text
from search.views.page_data import cut, page_data, shortened
from search.views.report import render_report, to_inert_json, write_report


class Scripts(HTMLParser):
    """Collects script elements, handlers and addresses, as a browser would find them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.addresses: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data


def page_json(page: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(Scripts(page).scripts[0])
    return parsed


def prompt_of(data: dict[str, Any], node_id: int) -> list[tuple[str, str]]:
    (node,) = (node for node in data["nodes"] if node["id"] == node_id)
    return [(role, "".join(data["texts"][at] for at in pieces)) for role, pieces in node["prompt"]]


def test_the_page_holds_the_run(tmp_path: Path) -> None:
    record = sample_run(tmp_path, 30)
    data = page_json(render_report(record))
    assert [node["id"] for node in data["nodes"]] == list(range(30))
    assert data["run"]["best"] == record.best
    for shown, node in zip(data["nodes"], record.tree, strict=True):
        assert data["texts"][shown["code"]] == node.content
        assert (shown["score"] or [None])[0] == (node.metric.value if node.metric else None)


def test_prompts_come_back_whole_and_stand_once(tmp_path: Path) -> None:
    record = sample_run(tmp_path, 30)
    data = page_data(record)
    total = 0
    for node in record.tree:
        expected = [(item.role, item.content) for item in record.prompt(node.id)]
        assert prompt_of(data, node.id) == expected
        total += sum(len(content) for _, content in expected)
    stored = sum(map(len, data["texts"]))
    outputs_and_code = sum(len(node.content) + len(node.output) for node in record.tree)
    assert stored < outputs_and_code + total / 5


def test_pieces_join_to_the_message() -> None:
    content = (
        "intro\n# A\n- one\n- two\n```python\n# not a heading\n- x\n```\nafter\n## B\n```\nopen"
    )
    pieces = list(cut(content))
    assert "".join(pieces) == content
    assert "# not a heading\n- x\n" in pieces
    assert list(cut("")) == []


def test_prompts_beyond_the_bound_are_left_out_the_best_path_last(tmp_path: Path) -> None:
    record = sample_run(tmp_path, 60)
    data = page_data(record, max_prompt_chars=2000)
    kept = {node["id"] for node in data["nodes"] if node["prompt"] is not None}
    assert record.best is not None
    path = {node.id for node in record.tree.path(record.best)}
    assert kept
    assert len(kept) < 60
    assert kept <= path or path <= kept


def test_a_long_output_keeps_its_ends() -> None:
    assert shortened("short", 100) == "short"
    cut_down = shortened("a" * 1000 + "b" * 1000, 300)
    assert cut_down.startswith("a" * 100 + "\n[1700 characters")
    assert cut_down.endswith("]\n" + "b" * 200)


def test_hostile_text_stays_data(tmp_path: Path) -> None:
    page = render_report(sample_run(tmp_path, 12, hostile=True))
    found = Scripts(page)
    assert len(found.scripts) == 2
    assert found.handlers == []
    assert all(address.startswith("data:") for address in found.addresses)
    data = json.loads(found.scripts[0])
    assert data["nodes"][3]["plan"] == text.literal(HOSTILE)
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", page, re.DOTALL)[0]


def test_the_policy_allows_the_one_script_and_nothing_from_elsewhere(tmp_path: Path) -> None:
    page = render_report(sample_run(tmp_path, 3))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    script = page[page.rindex("<script>") + len("<script>") : page.rindex("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}'" in policy


def test_inert_json_round_trips() -> None:
    value = {"a": "</script><!-- & \u2028\u2029 é"}
    dumped = to_inert_json(value)
    assert not set(dumped) & set("<>&\u2028\u2029")
    assert json.loads(dumped) == value


def test_a_run_without_nodes_has_a_page() -> None:
    data = page_json(render_report(run_of(SearchTree(), status="running", stop_reason=None)))
    assert data["nodes"] == []
    assert data["run"]["best"] is None


def test_writing_replaces_the_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    write_report(sample_run(tmp_path, 3), path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert {item.name for item in tmp_path.iterdir()} == {"nodes", "report.html"}


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    record = sample_run(tmp_path, 20)
    assert render_report(record) == render_report(record)

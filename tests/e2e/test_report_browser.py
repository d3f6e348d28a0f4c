"""The report page in a real Chromium: clicks, keys, search, themes, and hostile text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import node, tree_of
from sample_runs import run_of, sample_run

from search.metric import Direction
from search.record import RunRecord
from search.tree import SearchTree
from search.views import text
from search.views.report import write_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, LocatorAssertions, Page

pytestmark = pytest.mark.browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NODES = 40


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must stay silent and alone: no console message, error or request elsewhere."""
    said: list[str] = []
    opened = browser.new_page(viewport={"width": 1400, "height": 900}, color_scheme="light")
    opened.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: said.append(f"error: {error}"))
    opened.on("request", lambda request: said.append(request.url))
    opened.set_default_timeout(5000)
    yield opened
    opened.close()
    assert [line for line in said if not line.startswith(("file:", "data:"))] == []


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    path = tmp_path_factory.mktemp("run")
    run = sample_run(path, NODES, seed=3)
    write_report(run, path / "report.html")
    return run


def expect(locator: Locator) -> LocatorAssertions:
    from playwright.sync_api import (
        expect as expect_locator,
    )  # may be absent: then tests are skipped

    return expect_locator(locator)


def show(page: Page, run: RunRecord, fragment: str = "") -> None:
    page.goto(f"file://{run.path}/report.html{fragment}")


def press(page: Page, key: str) -> int:
    """Presses a key; the id of the node that is selected then."""
    page.keyboard.press(key)
    selected = page.locator("#tree .node.selected").get_attribute("id")
    assert selected is not None
    return int(selected.removeprefix("node-"))


def test_a_click_on_a_node_shows_its_code(page: Page, record: RunRecord) -> None:
    show(page, record)
    page.locator("#node-5 .mark").click()
    expect(page.locator("#panel h2")).to_contain_text("#5 diverge")
    assert page.locator("#panel .source").inner_text() == record.tree[5].content
    assert page.locator("#panel .py-keyword").first.inner_text() == "import"
    assert page.url.endswith("#node=5")


def test_the_best_node_is_marked_and_shown_first(page: Page, record: RunRecord) -> None:
    show(page, record)
    assert record.best is not None
    expect(page.locator("#panel h2")).to_contain_text("the chosen solution")
    assert page.locator("#tree .node.top").get_attribute("id") == f"node-{record.best}"
    path = record.tree.path(record.best)
    assert (
        page.locator("#tree .node.led").count()
        == len(path)
        == page.locator("#tree .edge.best").count()
    )
    assert page.locator("#tree .node").count() == NODES


def test_panel_tabs_show_diff_prompt_and_output(page: Page, record: RunRecord) -> None:
    combined = next(n for n in record.tree if len(n.parents) == 2)
    show(page, record, f"#node={combined.id}&tab=diff")
    added = page.locator(".diff .new code").all_inner_texts()
    removed = page.locator(".diff .old code").all_inner_texts()
    assert set(added) <= set(combined.content.splitlines())
    assert set(removed) <= set(record.tree[combined.parents[0]].content.splitlines())
    assert added
    page.locator(".chip").nth(1).click()
    removed = page.locator(".diff .old code").all_inner_texts()
    assert set(removed) <= set(record.tree[combined.parents[1]].content.splitlines())
    page.keyboard.press("3")
    shown = page.locator("#tab-body pre").all_inner_texts()
    assert shown == [message.content for message in record.prompt(combined.id)]
    page.get_by_role("tab", name="Output").click()
    assert page.locator("#tab-body").inner_text().strip() == combined.output.strip()


def test_arrows_walk_a_broad_tree_up_and_down(page: Page, tmp_path: Path) -> None:
    tree = tree_of(*(node(i, score=i) for i in range(5)), *(node(i, 2) for i in (5, 6, 7)))
    run = run_of(tree, path=tmp_path, direction=Direction.MAXIMIZE)
    write_report(run, tmp_path / "report.html")
    show(page, run, "#node=6")
    keys = ("ArrowUp", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowUp")
    assert [press(page, key) for key in keys] == [2, 5, 6, 2, 1, 1]
    assert press(page, "b") == 4


def test_arrows_walk_a_chain_left_and_right(page: Page, tmp_path: Path) -> None:
    tree = tree_of(node(0), *(node(i, i - 1) for i in range(1, 30)))
    run = run_of(tree, path=tmp_path)
    write_report(run, tmp_path / "report.html")
    show(page, run, "#node=7")
    assert [press(page, key) for key in ("ArrowLeft", "ArrowRight", "ArrowRight")] == [6, 7, 8]


def test_enter_opens_and_escape_returns(page: Page, record: RunRecord) -> None:
    show(page, record)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "tree"


def test_zoom_by_keys_wheel_and_drag(page: Page, record: RunRecord) -> None:
    show(page, record)
    transform = page.locator("#tree > g")
    fitted = transform.get_attribute("transform")
    page.keyboard.press("+")
    assert transform.get_attribute("transform") != fitted
    page.keyboard.press("0")
    assert transform.get_attribute("transform") == fitted
    page.locator("#tree").hover(position={"x": 20, "y": 20})
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        "old => document.querySelector('#tree > g').getAttribute('transform') !== old", arg=fitted
    )
    page.mouse.down()
    page.mouse.move(300, 300, steps=3)
    page.mouse.up()
    moved = transform.get_attribute("transform")
    assert moved != fitted
    page.keyboard.press("-")
    assert transform.get_attribute("transform") != moved


def test_search_marks_the_nodes_that_match(page: Page, record: RunRecord) -> None:
    show(page, record)
    page.keyboard.press("/")
    page.keyboard.type("KEYERROR")
    expected = [n.id for n in record.tree if "KeyError" in n.output]
    expect(page.locator("#matches")).to_have_text(f"{len(expected)} of {NODES}")
    found = page.locator("#tree .node.match").evaluate_all("all => all.map((node) => node.id)")
    assert sorted(found) == sorted(f"node-{id}" for id in expected)
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_contain_text(f"#{expected[0]} ")
    page.locator("#view-table").click()
    assert page.locator("table.nodes tbody tr").count() == len(expected)
    page.keyboard.press("Escape")
    expect(page.locator("#matches")).to_have_text("")
    assert page.locator("#tree .node.match").count() == 0


def test_the_table_sorts_the_best_first(page: Page, record: RunRecord) -> None:
    show(page, record)
    page.keyboard.press("t")
    page.get_by_role("button", name="score").click()
    rows = page.locator("table.nodes tbody tr")
    assert rows.first.locator("td").first.inner_text() == str(record.best)
    assert rows.last.locator("td").nth(4).inner_text() == "-"
    rows.nth(2).click()
    chosen = rows.nth(2).locator("td").first.inner_text()
    expect(page.locator("#panel h2")).to_contain_text(f"#{chosen} ")


def test_the_curve_follows_the_pointer_and_both_axes(page: Page, record: RunRecord) -> None:
    show(page, record)
    assert page.locator("#curve .line.search").count() == 1
    assert page.locator("#curve .line.selection").count() == 1
    over_steps = page.locator("#curve .line.search").get_attribute("d")
    page.locator("#over-time").click()
    assert page.locator("#curve .line.search").get_attribute("d") != over_steps
    page.locator("#curve").hover()
    expect(page.locator("#curve-values")).to_contain_text("#")
    assert record.best is not None
    best = record.tree[record.best].metric
    assert best is not None
    assert page.locator("#curve .end.search").text_content() == f"search {best.value:.4f}"


def test_dark_and_light(page: Page, record: RunRecord) -> None:
    show(page, record)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.keyboard.press("d")
    dark = page.evaluate(background)
    assert light != dark
    page.locator("#theme").click()
    assert page.evaluate(background) == light
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert page.evaluate(background) == dark


def test_help_opens_and_closes(page: Page, record: RunRecord) -> None:
    show(page, record)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_hostile_text_is_shown_and_does_not_run(page: Page, tmp_path: Path) -> None:
    run = sample_run(tmp_path, 20, hostile=True)
    write_report(run, tmp_path / "report.html")
    show(page, run, "#node=7")
    expect(page.locator("#panel .prose").first).to_have_text(
        text.literal(run.tree[7].plan), use_inner_text=True
    )
    for tab in ("code", "diff", "prompt", "output"):
        page.locator(f"#tab-{tab}").click()
    for view in ("table", "log", "tree"):
        page.locator(f"#view-{view}").click()
    page.locator("#node-8 .mark").hover()
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_thousand_nodes_are_drawn(page: Page, tmp_path: Path) -> None:
    run = replace(sample_run(tmp_path, 1000, prompts=False), path=tmp_path)
    write_report(run, tmp_path / "report.html")
    show(page, run, "#node=999")
    assert page.locator("#tree .node").count() == 1000
    expect(page.locator("#panel h2")).to_contain_text("#999 ")


def test_a_run_without_nodes(page: Page, tmp_path: Path) -> None:
    run = run_of(SearchTree(), path=tmp_path, status="running", stop_reason=None)
    write_report(run, tmp_path / "report.html")
    show(page, run)
    for key in ("ArrowUp", "b", "0", "t", "Enter", "n"):
        page.keyboard.press(key)
    expect(page.locator("#panel")).to_contain_text("No attempt has been recorded yet")


def test_printing_shows_the_whole_tree_and_the_table(page: Page, record: RunRecord) -> None:
    show(page, record)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("table.nodes tbody tr").last).to_be_visible()
    tree, last = page.locator("#tree").bounding_box(), page.locator("#node-39").bounding_box()
    assert tree is not None
    assert last is not None
    assert tree["y"] <= last["y"] <= tree["y"] + tree["height"]
    expect(page.locator("#theme")).to_be_hidden()

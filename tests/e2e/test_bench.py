"""`exitree bench` in real processes: killed and resumed, interrupted, failing, and its page."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, Cli, expect_error

from search.errors import SearchError
from search.replay import Replay

OWN = ["--competitions-dir", str(ROOT / "examples" / "own_competition")]
SMALL = ["--steps", "3", "--sandbox", "process"]
BENCH = [
    *("bench", "lighthouse-bulbs", "orchard-cultivars", *OWN, "--seeds", "0", "1", *SMALL),
    *("--config", "greedy:policy.name=greedy", "--config", "chain:policy.name=chain"),
    *("--jobs", "2", "--bench-dir", "b"),
]
NUM_RUNS = 8


@dataclass(frozen=True)
class KilledBench:
    """A bench that was killed with SIGKILL under way and then called again."""

    cli: Cli
    finished: dict[Path, bytes]
    begun: set[Path]
    output: str

    @property
    def folder(self) -> Path:
        return self.cli.cwd / "b"


def journals(folder: Path) -> list[Path]:
    return sorted(folder.glob("runs/*/*/*/*/journal.jsonl"))


def is_graded(journal: Path) -> bool:
    """The report is written last."""
    replay = Replay.of(journal)
    graded = replay.finished is not None and len(replay.scores.get("test", {})) == 3
    return graded and (journal.parent / "report.html").is_file()


def wait_for(what: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if what():
                return
        except SearchError:  # a journal whose header is being written
            pass
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> KilledBench:
    cli = Cli(tmp_path_factory.mktemp("bench"), data_dir)
    bench = cli.start(*BENCH)
    folder = cli.cwd / "b"

    def in_the_middle() -> bool:
        found = journals(folder)
        under_way = [path for path in found if not is_graded(path)]
        return len(under_way) < len(found) and any(Replay.of(path).nodes for path in under_way)

    try:
        wait_for(in_the_middle)
    finally:
        bench.kill()
        bench.communicate()
    begun = set(journals(folder))
    finished = {path: path.read_bytes() for path in begun if is_graded(path)}
    done = cli(*BENCH)
    return KilledBench(cli, finished, begun, done.stdout)


def results(killed: KilledBench) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((killed.folder / "results.json").read_text())
    return loaded


def test_no_run_is_lost_or_repeated_after_a_kill(killed: KilledBench) -> None:
    found = journals(killed.folder)
    assert len(found) == NUM_RUNS == len({path.parent.parent for path in found})
    assert killed.begun <= set(found)
    assert killed.finished
    for path, before in killed.finished.items():
        assert path.read_bytes() == before
    for path in found:
        assert [node.id for node in Replay.of(path).nodes] == [0, 1, 2]
        assert is_graded(path)
    assert f"({NUM_RUNS} runs, {NUM_RUNS - len(killed.finished)} owed)" in killed.output
    assert f"({NUM_RUNS}/{NUM_RUNS} done" in killed.output


def test_the_results_say_what_the_runs_recorded(killed: KilledBench) -> None:
    document = results(killed)
    for row in document["runs"]:
        summary = json.loads((killed.folder / row["run"] / "run.json").read_text())
        assert row["status"] == "finished"
        assert summary["competition"] == row["competition"]
        assert row["test"] == pytest.approx(float(summary["summary"]["test score"]), abs=1e-5)
        assert (row["num_steps"], row["usd"]) == (3, 0.0)
        assert row["sign"] * (row["oracle"] - row["test"]) >= 0
        assert row["oracle_gain"] >= 0
    assert {row["percentile"] is None for row in document["runs"][:1]} == {True}  # no leaderboard
    first, second = document["configurations"]
    assert (first["configuration"], second["configuration"]) == ("greedy", "chain")
    assert (first["num_concluded"], first["valid"]) == (4, 100.0)
    assert [item["num_pairs"] for item in document["comparisons"]] == [4, 4, 2]


def test_called_again_it_owes_nothing(killed: KilledBench) -> None:
    before = {path: path.read_bytes() for path in journals(killed.folder)}
    again = killed.cli("bench", "--bench-dir", "b", "--json")
    assert json.loads(again.stdout) == results(killed)
    assert f"({NUM_RUNS} runs, 0 owed)" in again.stderr
    assert {path: path.read_bytes() for path in journals(killed.folder)} == before


def test_a_name_cannot_change_its_settings(killed: KilledBench) -> None:
    changed = killed.cli(*BENCH, "--steps", "5", code=2)
    expect_error(changed, "configuration 'greedy' of b has budget.steps: 3, not 5", "--bench-dir")
    changed = killed.cli("bench", "--bench-dir", "b", "--steps", "5", code=2)
    expect_error(changed, "b was begun with budget.steps: 3, not 5", "--config NAME:key=value")


@pytest.mark.browser
def test_the_page_is_quiet_and_complete(killed: KilledBench, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        page.set_default_timeout(5000)
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda request: said.append(request.url))
        page.goto(f"file://{killed.folder}/report.html")
        assert page.locator("#medals tbody tr").count() == 2
        assert page.locator("#runs tbody tr").count() == NUM_RUNS
        assert page.locator("#runs-plot .mark").count() == NUM_RUNS
        assert page.locator("#comparison .mark").count() == 3
        assert page.locator("#curve-steps .line").count() == 2
        page.locator("#over-time").click()
        assert page.locator("#curve-time").is_visible()
        assert not page.locator("#curve-steps").is_visible()
        colour = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(colour)
        page.locator("#theme").click()
        assert page.evaluate(colour) != light
        page.keyboard.press("d")
        assert page.evaluate(colour) == light
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(wide)
        page.set_viewport_size({"width": 420, "height": 800})
        assert page.evaluate(wide)
        browser.close()
    assert [line for line in said if not line.startswith(("file:", "data:"))] == []


def test_ctrl_c_stops_the_runs_and_leaves_nothing_behind(cli: Cli) -> None:
    bench = cli.start("bench", "lighthouse-bulbs", *OWN, "--seeds", "0", "--steps", "500",
                      "--sandbox", "process", "--bench-dir", "b")  # fmt: skip
    wait_for(lambda: any(Replay.of(path).nodes for path in journals(cli.cwd / "b")))
    at_once = cli("bench", "--bench-dir", "b", code=2)
    expect_error(
        at_once, f"another process works on bench b: {bench.pid}", "wait until it has ended"
    )
    bench.send_signal(signal.SIGINT)
    stdout, stderr = bench.communicate(timeout=60)
    assert bench.returncode == 130, stderr
    assert "bench --bench-dir b` goes on" in stdout
    assert "Traceback" not in stderr
    assert cli.left_behind() == []
    (journal,) = journals(cli.cwd / "b")
    assert Replay.of(journal).stop_reason == "interrupted"
    document = json.loads((cli.cwd / "b" / "results.json").read_text())
    assert [row["status"] for row in document["runs"]] == ["owed"]


def test_a_failed_run_is_a_row(cli: Cli) -> None:
    arguments = ["lighthouse-bulbs", *OWN, "--seeds", "0", "--bench-dir", "b", *SMALL]
    configuration = "broken:model.name=scripted/absent.jsonl"
    done = cli("bench", *arguments, "--config", configuration, "--json", code=1)
    (row,) = json.loads(done.stdout)["runs"]
    assert (row["status"], row["test"]) == ("failed", None)
    assert "absent.jsonl" in row["failure"]
    assert "failed: " in done.stderr
    assert "absent.jsonl" in (cli.cwd / "b" / "report.html").read_text()


def test_wrong_sets_and_configurations(cli: Cli) -> None:
    (cli.cwd / "set.txt").write_text("night-ferry\nnight-fery\n")
    expect_error(
        cli("bench", "set.txt", code=2), "set.txt, line 2: unknown competition", "`night-ferry`"
    )
    twice = cli("bench", "night-ferry", "--config", "a:seed=1", code=2)
    expect_error(twice, "--config a cannot set seed", "leave it out")
    expect_error(cli("bench", code=2), "no competitions are given", "bench embedded")
    assert not (cli.cwd / "benches").exists()

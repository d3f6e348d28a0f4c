"""The command line as a user meets it: real processes, real files, the process sandbox."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT, SMALL, Cli, expect_error, wait_for_nodes

from search.replay import Replay


def test_a_search_leaves_a_whole_run_folder_and_says_where(finished: Cli) -> None:
    folder = finished.only_run()
    for name in ("config.yaml", "journal.jsonl", "run.json", "report.html", "best/README.md"):
        assert (folder.path / name).stat().st_size > 0, name
    node = folder.node_dir(0)
    assert {"prompt.json", "completion.txt", "solution.py", "output.txt"} <= {
        path.name for path in node.iterdir()
    }
    replay = Replay.of(folder.journal_path)
    assert len(replay.nodes) == 6
    assert replay.finished is not None
    assert {"test score", "medal", "selection score"} <= set(replay.finished.summary)
    valid = [item.id for item in replay.nodes if item.metric is not None]
    assert sorted(replay.scores["test"]) == valid


def test_hidden_answers_are_read_after_the_search_and_each_read_is_recorded(finished: Cli) -> None:
    lines = finished.only_run().journal_path.read_text().splitlines()
    events = [json.loads(line).get("event") for line in lines]
    assert events.index("read") > max(i for i, name in enumerate(events) if name == "node")
    reads = Replay.of(finished.only_run().journal_path).reads
    purposes = [read.purpose for read in reads if read.purpose != "standard error"]
    assert purposes[:3] == ["final choice", "final report", "analysis of all nodes (--grade-all)"]


def test_show_and_its_json(finished: Cli) -> None:
    run = finished.only_run().run_id
    assert "night-ferry" in finished("show", run).stdout
    document = json.loads(finished("show", run, "--json").stdout)
    assert document["run"]["status"] == "finished"
    assert [node["id"] for node in document["nodes"]] == list(range(6))
    assert document["best"] in range(6)
    assert document["reads"][0]["purpose"] == "final choice"
    node = json.loads(finished("show", run, "0", "--json").stdout)
    assert node["content"].startswith("# recipe:")
    assert node["prompt"][0]["role"] == "system"
    assert "recipe:" in finished("show", "last", "0").stdout


def test_the_other_reading_commands(finished: Cli) -> None:
    assert finished.only_run().run_id[:15] in finished("runs").stdout
    assert json.loads(finished("runs", "--json").stdout)[0]["competition"] == "night-ferry"
    assert "import" in finished("diff", "last", "0", "1").stdout
    assert json.loads(finished("diff", "last", "0", "1", "--json").stdout)["diff"]
    best = json.loads(finished("best", "last", "--json").stdout)
    assert Path(finished.cwd, best["submission"]).is_file()
    assert "test score" in finished("best", "last").stdout
    assert "report.html" in finished("view", "last", "--no-open").stdout


def test_grade_agrees_with_the_report_and_is_recorded(finished: Cli) -> None:
    graded = json.loads(finished("grade", "last", "--json").stdout)
    replay = Replay.of(finished.only_run().journal_path)
    assert replay.finished is not None
    assert f"{graded['score']:.5f}" == replay.finished.summary["test score"]
    assert replay.reads[-1].purpose == "exitree grade"


def test_the_answer_passes_the_competitions_check(finished: Cli) -> None:
    submission = str(finished.only_run().best_dir / "submission.csv")
    finished("competitions", "check", "night-ferry", submission, "--split", "test")


def test_a_search_repeated_by_its_config_and_killed_is_resumed_to_the_same_tree(
    finished: Cli, cli: Cli
) -> None:
    """The real parts under kill -9: at each node of a search with the recipe model."""
    whole = Replay.of(finished.only_run().journal_path).nodes
    config = str(finished.only_run().config_path)
    process = cli.start("search", "-c", config, "--runs-dir", "runs")
    for count in (1, 3):
        wait_for_nodes(cli, count)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        process = cli.start("resume", "last")
    assert process.wait(120) == 0
    process.communicate()
    nodes = Replay.of(cli.only_run().journal_path).nodes
    assert [node.id for node in nodes] == list(range(6))
    assert [node.content for node in nodes] == [node.content for node in whole]
    assert [node.metric for node in nodes] == [node.metric for node in whole]


def test_a_finished_run_can_be_given_more_steps(cli: Cli) -> None:
    """Also the two forms of output: plain text at first, then JSON."""
    done = cli("search", "night-ferry", *SMALL)
    assert "\x1b" not in done.stdout + done.stderr
    assert re.search(r"test score +0\.\d+", done.stdout)
    document = json.loads(cli("resume", "last", "--steps", "5", "--json").stdout)
    assert (document["status"], document["num_nodes"]) == ("finished", 5)
    assert "steps: 5" in cli.only_run().config_path.read_text()
    replay = Replay.of(cli.only_run().journal_path)
    assert len(replay.nodes) == 5
    assert replay.finished is not None
    assert len([read for read in replay.reads if read.purpose == "final choice"]) == 2


def test_a_finished_run_is_owed_nothing(finished: Cli) -> None:
    folder = finished.only_run()
    before = folder.journal_path.read_bytes()
    folder.report_path.unlink()
    assert "Nothing is owed" in finished("resume", "last", "--grade-all").stdout
    assert folder.report_path.is_file()
    assert folder.journal_path.read_bytes() == before
    done = finished("resume", "last", "--set", "competition=kiln-tiles", code=2)
    expect_error(done, "night-ferry", "scaffold search kiln-tiles")


def test_a_run_without_its_config_is_not_resumed_but_graded(finished: Cli) -> None:
    config = finished.only_run().config_path
    text = config.read_text()
    config.unlink()
    expect_error(finished("resume", "last", code=2), "no config.yaml", "run_search")
    assert "score" in json.loads(finished("grade", "last", "--json").stdout)
    config.write_text("seed: [1\n")
    expect_error(finished("resume", "last", code=2), "config.yaml, line 2", "mend")
    config.write_text(text)


def test_a_reader_that_leaves_early_is_no_error(finished: Cli) -> None:
    for command in (["show", "last", "--json"], ["show", "last"], ["runs"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "scaffold", *command],
            cwd=finished.cwd,
            env=finished.environment,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, ""), command


def test_dry_run_prints_settings_that_can_be_passed_back(cli: Cli) -> None:
    text = cli("search", "night-ferry", "--steps", "7", "--dry-run").stdout
    assert "# budget.steps: 7 instead of" in text
    path = cli.cwd / "again.yaml"
    path.write_text(text)
    assert "steps: 7" in cli("search", "-c", str(path), "--dry-run").stdout
    assert not (cli.cwd / "runs").exists()


def test_help_is_quick_and_light() -> None:
    script = (
        "import sys; from scaffold.cli.main import run; run(['--help']);"
        "heavy = {'torch', 'docker', 'pandas', 'sklearn', 'openai', 'networkx'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "search" in done.stdout


def test_the_two_next_commands_work_as_they_are_typed(finished: Cli) -> None:
    shown = finished("resume", "last", "--grade-all").stdout
    commands = re.findall("^next  (.*)$", shown, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        done = subprocess.run(
            command, shell=True, cwd=finished.cwd, env=finished.environment, capture_output=True
        )
        assert (done.returncode, done.stderr) == (0, b""), command


def test_code_and_differences_are_printed_as_they_are(finished: Cli) -> None:
    folder = finished.only_run()
    script = (folder.best_dir / "solution.py").read_text()
    assert script.rstrip() in finished("best", "last").stdout
    assert max(map(len, script.splitlines())) > 80  # longer than the width of a pipe
    best = Replay.of(folder.journal_path).finished
    assert best is not None
    assert script.rstrip() in finished("show", "last", str(best.best)).stdout


def test_show_lists_the_hidden_answers_that_were_read(finished: Cli) -> None:
    shown = finished("show", "last").stdout
    _, reads = shown.split("Hidden answers read:")
    assert "after 6 steps  selection rows, 6 nodes" in reads
    assert "to choose the answer" in reads
    assert "you asked: --grade-all" in reads
    assert len(finished("show", "last", "--table").stdout.splitlines()) == 7


def test_before_it_searches_it_says_in_a_line_where_and_how_safely(cli: Cli) -> None:
    cli.environment["DOCKER_HOST"] = "unix:///nonexistent"
    notice, run, first, *_ = cli("search", "night-ferry", "--steps", "1").stdout.splitlines()
    assert notice.startswith("notice: ")
    assert "local processes" in notice
    assert "https://docs.docker.com" in notice
    assert run == f"run: runs/{cli.only_run().run_id} (sandbox: process)"
    assert "#0 draft" in first


@pytest.mark.parametrize("command", [[], ["competitions"], ["sandbox"]])
def test_a_command_that_holds_others_says_which(cli: Cli, command: list[str]) -> None:
    done = cli(*command)
    assert done.stdout == cli(*command, "--help").stdout
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "..." not in done.stdout.partition("Commands:")[2]  # no summary is cut

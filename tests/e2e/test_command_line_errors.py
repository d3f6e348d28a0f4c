"""What a user meets when something is wrong: one error, one hint, and nothing is lost."""

from __future__ import annotations

import json
import resource
import shutil
import signal

import pytest
from command_line import ROOT, SMALL, Cli, expect_error, wait_for_nodes

from search.replay import Replay
from search.run_folder import find_runs


def test_interrupts_leave_nothing_behind_and_finish_takes_the_best_so_far(cli: Cli) -> None:
    process = cli.start("search", "night-ferry", "--steps", "500", "--sandbox", "process")
    wait_for_nodes(cli, 1)
    expect_error(cli("resume", "last", code=2), f"process {process.pid}", "stop that process")
    assert json.loads(cli("runs", "--json").stdout)[0]["status"] == "running"
    for number in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 130, stdout + stderr
        assert "scaffold resume" in stdout
        assert "best search score" in stdout
        assert "Traceback" not in stderr
        assert not cli.left_behind()
        if number == signal.SIGINT:
            count = len(Replay.of(cli.only_run().journal_path).nodes)
            process = cli.start("resume", "last")
            wait_for_nodes(cli, count + 1)
    cli("resume", "last", "--finish")
    replay = Replay.of(cli.only_run().journal_path)
    assert replay.finished is not None
    assert replay.finished.best is not None


def test_a_broken_policy_is_named_and_loses_nothing(cli: Cli) -> None:
    (cli.cwd / "mine.py").write_text(
        "from search.node import Expansion\n"
        "class Policy:\n"
        "    def select(self, tree, rng):\n"
        "        return Expansion((), 'draft') if len(tree) == 0 else 1 / 0\n"
    )
    cli.environment["PYTHONPATH"] += f":{cli.cwd}"
    done = cli("search", "night-ferry", *SMALL, "--policy", "mine:Policy", code=1)
    expect_error(done, "ZeroDivisionError: division by zero (mine.py, line 4)", "resume")
    assert len(Replay.of(cli.only_run().journal_path).nodes) == 1
    assert not cli.left_behind()


def test_a_competition_can_be_a_folder(cli: Cli) -> None:
    shutil.copytree(ROOT / "examples/own_competition/lighthouse-bulbs", cli.cwd / "mine")
    assert "mine" in cli("search", "./mine", "--dry-run").stdout
    cli("search", "./mine", "--steps", "1", "--sandbox", "process")
    shutil.rmtree(cli.cwd / "mine")
    expect_error(cli("grade", "last", code=2), "./mine", "competitions list")
    assert "lighthouse-bulbs" in cli("show", "last").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (["search", "night-fery"], 2, "night-fery", "night-ferry"),
        (["search"], 2, "no competition", "competitions list"),
        (["serch"], 2, "search", "--help"),
        (["search", "night-ferry", "--step", "3"], 2, "--steps", "--help"),
        (["search", "night-ferry", "--steps", "many"], 2, "'--steps'", "--help"),
        (["search", "night-ferry", "--policy", "greddy"], 2, "greddy", "greedy"),
        (["search", "night-ferry", "--model", "recpie"], 2, "recpie", "recipe"),
        (["search", "night-ferry", "--model", "openai/x"], 3, "OPENAI_API_KEY", "OPENAI_API_KEY"),
        (["search", "night-ferry", "--sandbox", "dokcer"], 2, "dokcer", "docker"),
        (["search", "night-ferry", "--set", "budget.step=3"], 2, "budget.step", "budget.steps"),
        (["search", "night-ferry", "-c", "absent.yaml"], 2, "absent.yaml", "-c"),
        (["search", "night-ferry", "-c", "broken.yaml"], 2, "broken.yaml, line 3", "mend"),
        (["search", "./broken_competition"], 2, "broken_competition/config.yaml", "competitions"),
        (["search", "night-ferry", "-c", "broken_competition"], 2, "directory", "-c"),
        (["search", "night-ferry", "--workers", "0"], 2, "workers", "same time"),
        (["search", "night-ferry", "--runs-dir", "broken.yaml", *SMALL], 2, "broken.yaml", ""),
        (
            ["search", "night-ferry", "--set", "policy.options.num_draft=3"],
            2,
            "num_draft",
            "num_drafts",
        ),
        (["show", "nothing"], 2, "nothing", "scaffold search"),
        (["resume", "a/b"], 2, "a/b", "scaffold search"),
        (["competitions", "show", "kiln-tile"], 2, "kiln-tile", "kiln-tiles"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_every_user_error_is_one_line_and_one_hint(
    cli: Cli, arguments: list[str], code: int, message: str, hint: str
) -> None:
    (cli.cwd / "broken.yaml").write_text("seed: 1\nworkers: [1\n")
    (cli.cwd / "broken_competition").mkdir()
    (cli.cwd / "broken_competition" / "config.yaml").write_text("id: x\n")
    expect_error(cli(*arguments, code=code), message, hint)
    assert not find_runs(cli.cwd / "runs")


def test_an_unreachable_model_stops_the_run_and_says_so(cli: Cli) -> None:
    cli.environment["OPENAI_API_KEY"] = "secret-key-of-the-test"
    cli.environment["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    done = cli(
        *["search", "night-ferry", *SMALL, "--model", "openai/some"],
        *["--set", "model.max_retries=0"],
        code=2,
    )
    expect_error(done, "127.0.0.1:9", "OPENAI_BASE_URL")
    kept = b"".join(path.read_bytes() for path in cli.cwd.rglob("*") if path.is_file())
    assert b"secret-key-of-the-test" not in kept
    assert "secret-key-of-the-test" not in done.stdout + done.stderr


def test_a_journal_of_a_newer_version_is_refused(cli: Cli) -> None:
    folder = cli.cwd / "runs" / "20990101-000000-x"
    folder.mkdir(parents=True)
    header = {"format": "exitree-journal", "version": 2, "run": "of another shape"}
    (folder / "journal.jsonl").write_text(json.dumps(header) + '\n{"event": "unknown"}\n{"torn')
    before = (folder / "journal.jsonl").read_bytes()
    (folder / "config.yaml").write_text("competition: night-ferry\n")
    for command in ("show", "best", "resume", "grade"):
        expect_error(cli(command, "last", code=2), "newer Exitree", "upgrade")
    assert (folder / "journal.jsonl").read_bytes() == before


def test_a_full_disk_is_an_error_and_the_run_goes_on_later(cli: Cli) -> None:
    """A limit on the size of the process's files stands in for the disk; the kernel enforces it."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, 250_000))

    script = (
        "import shutil\n"
        "print('x' * 60_000)\n"
        "shutil.copyfile('input/sample_submission.csv', 'submission.csv')\n"
    )
    answers = json.dumps({"text": f"Copy the sample.\n\n```python\n{script}```\n"}) + "\n"
    (cli.cwd / "answers.jsonl").write_text(answers * 6)
    arguments = ["--steps", "6", "--sandbox", "process", "--model", "scripted/answers.jsonl"]
    done = cli("search", "night-ferry", *arguments, code=1, preexec_fn=limit)
    expect_error(done, "cannot write", "resume")
    kept = Replay.of(cli.only_run().journal_path).nodes
    assert 1 < len(kept) < 6
    cli("resume", "last")
    nodes = Replay.of(cli.only_run().journal_path).nodes
    assert nodes[: len(kept)] == kept
    assert len(nodes) == 6

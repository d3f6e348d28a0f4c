"""The command line as a user meets it: real processes, real files, the process sandbox."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from search.replay import Replay
from search.run_folder import RunFolder, find_runs

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["--steps", "4", "--sandbox", "process"]


class Cli:
    """Runs `exitree` in a folder of its own; data is prepared once for all tests of a process."""

    def __init__(self, cwd: Path, data_dir: Path) -> None:
        self.cwd = cwd
        self.processes: list[subprocess.Popen[str]] = []
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(cwd),
            "PYTHONPATH": str(ROOT),
            "EXITREE_DATA_DIR": str(data_dir),
            "TMPDIR": str(cwd / "tmp"),
        }
        (cwd / "tmp").mkdir(exist_ok=True)

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "scaffold", *arguments],
            cwd=self.cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,  # type: ignore[call-overload]
        )
        self.processes.append(process)
        return process

    def kill_all(self) -> None:
        """Leaves no process behind, whatever a test came to."""
        for process in self.processes:
            process.kill()
            process.communicate()

    def __call__(
        self, *arguments: str, code: int = 0, preexec_fn: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, preexec_fn=preexec_fn)
        stdout, stderr = process.communicate(timeout=180)
        assert process.returncode == code, f"{arguments}\n{stdout}\n{stderr}"
        return subprocess.CompletedProcess(arguments, code, stdout, stderr)

    def left_behind(self) -> list[str]:
        """Cells of the sandbox: their folders, and processes that live there."""
        home = self.cwd / "tmp"
        cells = [str(path) for path in home.iterdir()]
        for link in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):  # not ours, or gone meanwhile
                if os.readlink(link).startswith(str(home)):  # noqa: PTH115 also of what is deleted
                    cells.append(str(link))
        return cells

    def only_run(self) -> RunFolder:
        (folder,) = find_runs(self.cwd / "runs")
        return folder


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def cli(tmp_path: Path, data_dir: Path) -> Iterator[Cli]:
    cli = Cli(tmp_path, data_dir)
    yield cli
    cli.kill_all()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Cli:
    """A finished run of six steps with all nodes graded, for the tests that only read."""
    cli = Cli(tmp_path_factory.mktemp("finished"), data_dir)
    cli("search", "night-ferry", "--steps", "6", "--sandbox", "process", "--grade-all")
    return cli


def expect_error(done: subprocess.CompletedProcess[str], message: str, hint: str) -> None:
    """Exactly one error line and one hint line, no traceback."""
    lines = done.stderr.strip().splitlines()
    assert [line.split(":")[0] for line in lines[-2:]] == ["error", "hint"], done.stderr
    assert message in lines[-2]
    assert hint in lines[-1]
    assert "Traceback" not in done.stderr


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
        _wait_for_nodes(cli, count)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        process = cli.start("resume", "last")
    assert process.wait(120) == 0
    process.communicate()
    nodes = Replay.of(cli.only_run().journal_path).nodes
    assert [node.id for node in nodes] == list(range(6))
    assert [node.content for node in nodes] == [node.content for node in whole]
    assert [node.metric for node in nodes] == [node.metric for node in whole]


def test_interrupts_leave_nothing_behind_and_finish_takes_the_best_so_far(cli: Cli) -> None:
    process = cli.start("search", "night-ferry", "--steps", "500", "--sandbox", "process")
    _wait_for_nodes(cli, 1)
    expect_error(cli("resume", "last", code=2), f"process {process.pid}", "stop that process")
    assert json.loads(cli("runs", "--json").stdout)[0]["status"] == "running"
    for number in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 130, stdout + stderr
        assert "exitree resume" in stdout
        assert "Traceback" not in stderr
        assert not cli.left_behind()
        if number == signal.SIGINT:
            count = len(Replay.of(cli.only_run().journal_path).nodes)
            process = cli.start("resume", "last")
            _wait_for_nodes(cli, count + 1)
    cli("resume", "last", "--finish")
    replay = Replay.of(cli.only_run().journal_path)
    assert replay.finished is not None
    assert replay.finished.best is not None


def _wait_for_nodes(cli: Cli, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        runs = find_runs(cli.cwd / "runs")
        if runs and len(Replay.of(runs[0].journal_path).nodes) >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"no {count} nodes in time")


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
    expect_error(done, "night-ferry", "exitree search kiln-tiles")


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
        (["show", "nothing"], 2, "nothing", "exitree search"),
        (["resume", "a/b"], 2, "a/b", "exitree search"),
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


def test_a_journal_of_a_newer_version_is_refused(finished: Cli, cli: Cli) -> None:
    folder = cli.cwd / "runs" / "20990101-000000-x"
    folder.mkdir(parents=True)
    text = finished.only_run().journal_path.read_text()
    (folder / "journal.jsonl").write_text(text.replace('"version":1', '"version":2', 1))
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

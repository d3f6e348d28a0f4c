"""The folder of one run: where each file is, who may write, and how files are replaced.

    config.yaml    resolved configuration        run.json      summary (atomic replace)
    journal.jsonl  the source of truth           nodes/0007/   prompt.json completion.txt
    best/          the answer                                  solution.* output.txt submission.csv
    report.html

Everything a node file holds except prompt and completion stands in the journal too, which alone is
fsynced a step; node files are for people and for grading.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from search.durable import recording, replace_text
from search.errors import RunInUseError, SearchError
from search.node import Message, Node, Proposal

SUFFIXES = {"python": ".py"}
LOCK_WAITS = (0.01, 0.05, 0.2)


class RunFolder:
    """Paths and durable writes below one run folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs_dir: Path, label: str, now: datetime | None = None) -> RunFolder:
        """Makes `runs_dir/YYYYMMDD-HHMMSS-label` (UTC), with a number behind it if it is taken."""
        stamp = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
        try:
            runs_dir.mkdir(parents=True, exist_ok=True)
            for name in _candidates(f"{stamp}-{label}"):
                try:
                    (runs_dir / name).mkdir()
                except FileExistsError:
                    continue
                (runs_dir / name / "nodes").mkdir()
                return cls(runs_dir / name)
        except OSError as error:
            raise SearchError(
                f"cannot make a run folder in {runs_dir}: {error.strerror}",
                hint="choose another place with --runs-dir",
            ) from error
        raise AssertionError("the names never end")

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """An existing run.

        Raises:
            SearchError: there is no journal in it.
        """
        folder = cls(path)
        if not os.path.isfile(folder.journal_path):  # noqa: PTH113 no error where we may not look
            raise SearchError(
                f"{path} is not a run folder", hint="`exitree runs` lists the runs there are"
            )
        return folder

    @property
    def run_id(self) -> str:
        return self.path.name

    @property
    def config_path(self) -> Path:
        return self.path / "config.yaml"

    @property
    def journal_path(self) -> Path:
        return self.path / "journal.jsonl"

    @property
    def summary_path(self) -> Path:
        return self.path / "run.json"

    @property
    def report_path(self) -> Path:
        return self.path / "report.html"

    @property
    def best_dir(self) -> Path:
        return self.path / "best"

    def node_dir(self, node_id: int) -> Path:
        return self.path / "nodes" / f"{node_id:04d}"

    def submission_path(self, node_id: int) -> Path:
        return self.node_dir(node_id) / "submission.csv"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the run for this process; the lock ends with the process, however it ends.

        Raises:
            RunInUseError: another process works on the run.
            RecordingError: the folder cannot be written.
        """
        with recording(self.path):
            file = (self.path / ".lock").open("a+")
        with file:
            if not _locks(file):
                file.seek(0)
                raise RunInUseError(
                    f"run {self.run_id} is in use by process {file.read().strip() or '?'}",
                    hint="wait until it has ended, or stop that process first",
                )
            with recording(self.path):
                file.truncate(0)
                file.write(f"{os.getpid()}\n")
                file.flush()
            yield

    def is_locked(self) -> bool:
        """True while a process works on the run."""
        try:
            with (self.path / ".lock").open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # never locked, or not ours to look at
            return False
        return False

    def sweep(self) -> None:
        """Removes what a killed session has left of files it was replacing. Hold the lock."""
        for path in (self.config_path, self.summary_path, self.report_path):
            for left in self.path.glob(f".{path.name}-*"):
                left.unlink(missing_ok=True)

    def begin_node(self, node_id: int) -> Path:
        """An empty folder for a step; what an interrupted earlier try left in it is removed.

        Raises:
            RecordingError: it cannot be made.
        """
        directory = self.node_dir(node_id)
        with recording(directory):
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)
        return directory

    def write_node(self, node: Node, proposal: Proposal | None, language: str) -> None:
        """Writes a node's files. `proposal` is None where the model never answered.

        Raises:
            RecordingError: they cannot be written.
        """
        directory = self.node_dir(node.id)
        with recording(directory):
            if proposal is not None:
                messages = [message.to_dict() for message in proposal.messages]
                _write(directory / "prompt.json", json.dumps(messages, indent=1))
                _write(directory / "completion.txt", proposal.completion)
            _write(directory / solution_name(language), node.content)
            _write(directory / "output.txt", node.output)

    def read_prompt(self, node_id: int) -> list[Message]:
        """What the model was shown; empty where the file is gone."""
        try:
            data = json.loads((self.node_dir(node_id) / "prompt.json").read_bytes())
        except (OSError, ValueError):
            return []
        return [Message(item["role"], item["content"]) for item in data]

    def write_summary(self, summary: dict[str, Any]) -> None:
        replace_text(self.summary_path, json.dumps(summary, indent=2) + "\n")

    def read_summary(self) -> dict[str, Any]:
        """run.json, or nothing where it is missing: it can be rebuilt from the journal."""
        try:
            data = json.loads(self.summary_path.read_bytes())
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}


def solution_name(language: str) -> str:
    """What the file of a node's content is called."""
    return f"solution{SUFFIXES.get(language, '.txt')}"


def find_runs(runs_dir: Path) -> Sequence[RunFolder]:
    """All runs below a folder, oldest first by name."""
    return [RunFolder(path.parent) for path in sorted(runs_dir.glob("*/journal.jsonl"))]


def _locks(file: IO[str]) -> bool:
    """Tries for a moment: `is_locked` in another process holds the lock while it looks."""
    for wait in (*LOCK_WAITS, None):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if wait is not None:
                time.sleep(wait)
        else:
            return True
    return False


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", errors="backslashreplace"))


def _candidates(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1

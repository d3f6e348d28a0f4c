"""A sandbox that is closed while its first container or process is still starting."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from bench import ALL_KINDS, DOCKER_KINDS, Bench, containers_of, kinds

from sandbox import ExecutionResult, ExecutionStatus, open_sandbox
from sandbox.process_watch import descendants


def traces(kind: str) -> list[object]:
    if kind in DOCKER_KINDS:
        return [*containers_of(os.getpid())]
    return [process.pid for process in descendants(os.getpid())]


@pytest.mark.parametrize("kind", kinds(*ALL_KINDS))
def test_closing_leaves_nothing_of_a_cell_that_is_starting(kind: str, tmp_path: Path) -> None:
    before = traces(kind)
    name, _, warmth = kind.partition("-")
    sandbox = open_sandbox(name, warm=warmth == "warm")
    bench = Bench(kind, sandbox, tmp_path)
    results: list[ExecutionResult] = []
    thread = threading.Thread(target=lambda: results.append(bench.run("print(1)")))
    thread.start()
    deadline = time.monotonic() + 20
    while traces(kind) == before and time.monotonic() < deadline:
        time.sleep(0.005)
    sandbox.close()
    assert traces(kind) == before
    thread.join(20)
    assert [result.status for result in results] == [ExecutionStatus.UNAVAILABLE]
    assert bench.run("print(1)").reason == "the sandbox was closed"
    assert traces(kind) == before

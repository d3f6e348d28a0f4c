"""A real engine is stopped in mid-run and started again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench, containers_of
from own_engine import IMAGE, OwnEngine, why_not

from sandbox import ExecutionStatus, open_sandbox
from sandbox.image import default_image

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def engine() -> Iterator[OwnEngine]:
    if reason := why_not():
        pytest.skip(reason)
    with OwnEngine() as engine:
        engine.start()
        engine.load(default_image())
        yield engine


@pytest.mark.parametrize("kind", ["docker-cold", "docker-warm"])
def test_a_stopped_engine_is_unavailable_and_works_again_once_started(
    kind: str, engine: OwnEngine, tmp_path: Path
) -> None:
    warm = kind == "docker-warm"
    with open_sandbox(
        "docker", image=IMAGE, warm=warm, preload=(), docker_url=engine.url
    ) as sandbox:
        bench = Bench(kind, sandbox, tmp_path, engine.url)
        assert bench.run("print(1)").output == "1\n"

        started = time.monotonic()
        stopped = bench.run_and("import time\ntime.sleep(60)", engine.stop)
        assert stopped.status is ExecutionStatus.UNAVAILABLE, stopped
        assert time.monotonic() - started < 9  # the engine does not have to wait for the container

        again = bench.run("print(1)")
        assert again.status is ExecutionStatus.UNAVAILABLE
        assert "no Docker engine answers" in again.reason

        engine.start()
        assert bench.run("print(1)").output == "1\n"
        assert len(containers_of(os.getpid(), engine.url)) <= 1  # what was lost has been removed
    assert containers_of(os.getpid(), engine.url) == []

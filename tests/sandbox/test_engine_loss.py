"""The engine goes away: the status is `unavailable`, never a verdict on the script, and all works
again once it is back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from bench import LIMITS, Bench, containers_of
from engine_proxy import EngineProxy

from sandbox import ExecutionStatus, MissingEngineError, SandboxError, open_sandbox

pytestmark = pytest.mark.docker


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[EngineProxy]:
    proxy = EngineProxy(tmp_path / "engine.sock")
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture(params=["docker-cold", "docker-warm"])
def bench(request: pytest.FixtureRequest, proxy: EngineProxy, tmp_path: Path) -> Iterator[Bench]:
    warm = request.param == "docker-warm"
    with open_sandbox("docker", warm=warm, preload=(), docker_url=proxy.url) as sandbox:
        yield Bench(request.param, sandbox, tmp_path)
    assert containers_of(os.getpid()) == []


def test_an_engine_gone_in_mid_run_is_no_verdict_on_the_script(
    bench: Bench, proxy: EngineProxy
) -> None:
    result = bench.run_and("import time\ntime.sleep(15)", proxy.stop)
    assert result.status is ExecutionStatus.UNAVAILABLE, result
    assert result.seconds < 10

    again = bench.run("print(1)")
    assert (again.status, again.output) == (ExecutionStatus.UNAVAILABLE, "")
    assert "no Docker engine answers" in again.reason

    proxy.start()
    assert bench.run("print(1)").output == "1\n"
    assert len(containers_of(os.getpid())) <= 1  # what was lost has been removed


def test_an_engine_gone_between_two_scripts_is_reached_again(
    bench: Bench, proxy: EngineProxy
) -> None:
    assert bench.run("print(1)").output == "1\n"
    proxy.stop()
    proxy.start()
    assert bench.run("print(2)").output == "2\n"


def test_a_container_killed_by_somebody_is_told_as_killed(bench: Bench) -> None:
    def kill() -> None:
        with docker.APIClient() as api:
            for name in containers_of(os.getpid()):
                api.kill(name)

    result = bench.run_and("import time\ntime.sleep(15)", kill)
    assert (result.status, result.seconds < 10) == (ExecutionStatus.KILLED, True), result
    assert "exit code 137" in result.reason


def test_a_container_removed_by_somebody_is_unavailable(bench: Bench) -> None:
    def remove() -> None:
        with docker.APIClient() as api:
            for name in containers_of(os.getpid()):
                api.remove_container(name, force=True)

    result = bench.run_and("import time\ntime.sleep(15)", remove)
    assert result.status in (ExecutionStatus.UNAVAILABLE, ExecutionStatus.KILLED), result
    assert bench.run("print(1)").output == "1\n"


def test_closing_ends_a_running_script(bench: Bench) -> None:
    result = bench.run_and("import time\ntime.sleep(15)", bench.sandbox.close)
    assert result.status is ExecutionStatus.UNAVAILABLE
    assert result.reason == "the sandbox was closed"
    assert containers_of(os.getpid()) == []
    assert bench.run("print(1)").status is ExecutionStatus.UNAVAILABLE


def test_docker_asked_for_and_not_there_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(MissingEngineError) as caught:
        open_sandbox("docker", docker_url=f"unix://{tmp_path}/nothing.sock")
    assert caught.value.exit_code == 3
    assert "install Docker" in caught.value.hint
    with pytest.raises(SandboxError, match="there is no image exitree-no-such") as missing:
        open_sandbox("docker", image="exitree-no-such:image")
    assert "exitree sandbox build" in missing.value.hint


def test_auto_falls_back_to_processes_and_says_so(tmp_path: Path) -> None:
    with open_sandbox("auto", docker_url=f"unix://{tmp_path}/nothing.sock") as sandbox:
        assert sandbox.name == "process"
        assert "run unsandboxed" in sandbox.notice
        assert "install Docker" in sandbox.notice
        assert "\n" not in sandbox.notice
    with open_sandbox("auto") as sandbox:
        assert (sandbox.name, sandbox.notice) == ("docker", "")


def test_what_the_engine_refuses_is_explained(bench: Bench) -> None:
    from dataclasses import replace

    with pytest.raises(SandboxError, match="GPU") as no_gpu:
        bench.run("print(1)", replace(LIMITS, gpus=1))
    assert "NVIDIA" in no_gpu.value.hint
    with pytest.raises(SandboxError, match="refused"):
        bench.run("print(1)", replace(LIMITS, cpus=4096))
    bench.public.chmod(0o700)
    with pytest.raises(SandboxError, match="cannot be read") as unreadable:
        bench.run("print(1)")
    assert f"chmod -R o+rX {bench.public}" in unreadable.value.hint

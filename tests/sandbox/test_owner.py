"""The process that owns a sandbox is interrupted or killed: nothing of it goes on running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bench import containers_of, kinds, processes_with_argument

from sandbox import open_sandbox
from sandbox.ownership import Owner

MARK = f"4242.{os.getpid()}"  # seconds a child sleeps, so that it can be told from all others
OWNER = """
import sys
from pathlib import Path
from sandbox import Limits, Workspace, open_sandbox
folder, kind, mark = Path(sys.argv[1]), *sys.argv[2:]
name, _, warmth = kind.partition('-')
for each in ('data', 'out'):
    (folder / each).mkdir()
    (folder / each).chmod(0o755)
script = f'''
import os, time
if os.fork() == 0:
    os.setsid()
    os.execve('/bin/sleep', ['sleep', '{mark}'], {{}})
time.sleep(600)
'''
with open_sandbox(name, warm=warmth == 'warm', preload=()) as sandbox:
    sandbox.run(script, Workspace(data_dir=folder / 'data', out_dir=folder / 'out'), Limits())
"""
EVERY = kinds("docker-cold", "docker-warm", "process-cold", "process-warm")


def start_owner(kind: str, folder: Path) -> subprocess.Popen[bytes]:
    """A process that owns a sandbox, in which a script and its escaped child now run."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), kind, MARK], stderr=subprocess.DEVNULL
    )
    wait_until(lambda: bool(processes_with_argument(MARK)))
    return owner


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited 20 seconds in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("kind", EVERY)
def test_an_interrupted_owner_leaves_nothing(kind: str, tmp_path: Path) -> None:
    with start_owner(kind, tmp_path) as owner:
        owner.send_signal(signal.SIGINT)
        assert owner.wait(20) != 0
    assert processes_with_argument(MARK) == []
    if kind.startswith("docker"):
        assert containers_of(owner.pid) == []


@pytest.mark.parametrize("kind", EVERY)
def test_a_killed_owner_leaves_no_process_and_its_container_is_swept(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)  # so that TMPDIR is read again
    with start_owner(kind, tmp_path) as owner:
        owner.kill()
    wait_until(lambda: not processes_with_argument(MARK))
    open_sandbox(kind.partition("-")[0]).close()
    if kind.startswith("docker"):
        assert containers_of(owner.pid) == []
    assert list(scratch.iterdir()) == []


def test_an_owner_is_dead_only_where_that_is_known() -> None:
    this = Owner.this_process()
    assert Owner.from_labels(this.labels()) == this
    assert not this.is_dead()
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    assert Owner(host=this.host, pid=ended.pid, started="1").is_dead()
    assert Owner(host=this.host, pid=this.pid, started="1").is_dead()  # the number was used again
    assert not Owner(host="another boot", pid=ended.pid, started="1").is_dead()
    assert Owner.from_labels({"exitree": "sandbox"}) is None

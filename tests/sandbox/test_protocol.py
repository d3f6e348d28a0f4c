"""The owner's side against a harness that lies, and the verdict on every kind of report."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import ExecutionStatus, Limits, Workspace
from sandbox.cell import NoWatch
from sandbox.exchange import Exchange, run_script
from sandbox.harness.capture import Capture
from sandbox.verdict import Facts, Verdict, judge
from sandbox.wire import Connection, SocketStream

LIMITS = Limits(timeout_seconds=0.2, output_bytes=100, file_mb=1)
FINE = {
    "exit_code": 0,
    "signal": None,
    "timed_out": False,
    "flooded": False,
    "stopped": False,
    "seconds": 0.1,
    "peak_bytes": 1 << 20,
    "oom_kills": 0,
    "pids_refused": 0,
    "stragglers": 0,
    "scratch_full": False,
    "refused": [],
    "clean": True,
}
OK, FAILED, KILLED = ExecutionStatus.OK, ExecutionStatus.FAILED, ExecutionStatus.KILLED
TIMEOUT, OUT_OF_MEMORY = ExecutionStatus.TIMEOUT, ExecutionStatus.OUT_OF_MEMORY


def frame(kind: bytes, payload: object) -> bytes:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return struct.pack("!cI", kind, len(data)) + data


@dataclass
class ScriptedCell:
    """A cell whose harness says what the test wrote down, then closes."""

    connection: Connection

    def new_watch(self) -> NoWatch:
        return NoWatch()

    def inspect_after(self) -> None:
        return None

    def autopsy(self) -> Verdict:
        return Verdict(KILLED, "autopsy")

    def destroy(self) -> None:
        self.connection.close()


def exchange(said: bytes, out_dir: Path, *, close: bool = True) -> Exchange:
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(said)
        if close:
            theirs.shutdown(socket.SHUT_WR)
        cell = ScriptedCell(Connection(SocketStream(ours)))
        workspace = Workspace(data_dir=out_dir, out_dir=out_dir)
        try:
            return run_script(cell, "", workspace, LIMITS, grace_seconds=0.1)
        finally:
            cell.destroy()


def test_an_honest_report_is_taken(tmp_path: Path) -> None:
    said = frame(b"O", b"hello") + frame(b"F", {"index": 0, "size": 3})
    said += frame(b"D", b"a,") + frame(b"D", b"b") + frame(b"E", FINE)
    done = exchange(said, tmp_path)
    assert (done.result.status, done.result.output, done.reusable) == (OK, "hello", True)
    assert (tmp_path / "submission.csv").read_bytes() == b"a,b"


@pytest.mark.parametrize(
    "said",
    [
        struct.pack("!cI", b"O", 2**31) + b"x",
        frame(b"O", b"x" * 300) + frame(b"E", FINE),
        frame(b"F", {"index": 1, "size": 3}),
        frame(b"F", {"index": -1, "size": 3}),
        frame(b"F", {"index": 0, "size": -3}),
        frame(b"F", {"index": 0, "size": (1 << 20) + 1}),
        frame(b"F", {"index": "../x", "size": 3}),
        frame(b"F", [1]),
        frame(b"F", b"no json"),
        frame(b"F", {"index": 0, "size": 3}) + frame(b"D", b"abcd"),
        frame(b"F", {"index": 0, "size": 3}) + frame(b"D", b"ab") + frame(b"E", FINE),
        frame(b"F", {"index": 0, "size": 3}) + frame(b"F", {"index": 0, "size": 3}),
        frame(b"D", b"out of nowhere"),
        frame(b"E", {}),
        frame(b"E", [1]),
        frame(b"E", FINE | {"seconds": "soon"}),
        frame(b"E", FINE | {"seconds": float("nan")}),
        frame(b"E", FINE | {"exit_code": "x"}),
        frame(b"Z", b""),
    ],
)
def test_a_lie_ends_the_script_and_its_cell(said: bytes, tmp_path: Path) -> None:
    done = exchange(said, tmp_path)
    assert (done.result.status, done.reusable) == (KILLED, False)
    assert done.result.reason.startswith("it disturbed its cell")
    assert list(tmp_path.iterdir()) == []  # no file, not even a part of one


@given(said=st.binary(max_size=200))
def test_noise_never_raises(said: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = exchange(said, tmp_path_factory.mktemp("out"))
    assert done.result.status is KILLED
    assert not done.reusable


def test_a_harness_that_falls_silent_is_a_timeout(tmp_path: Path) -> None:
    done = exchange(b"", tmp_path, close=False)
    assert (done.result.status, done.reusable) == (TIMEOUT, False)


def test_an_infinite_time_is_cut_to_what_was_waited(tmp_path: Path) -> None:
    done = exchange(frame(b"E", FINE | {"seconds": 1e300}), tmp_path)
    assert done.result.seconds < 5


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({}, OK, ""),
        ({"exit_code": 2}, FAILED, "exit code 2"),
        ({"exit_code": 1, "scratch_full": True}, FAILED, "its scratch of 1024 MB is full"),
        ({"scratch_full": True}, OK, ""),
        ({"refused": ["a was refused", "b too"]}, FAILED, "a was refused; b too"),
        ({"exit_code": None, "timed_out": True}, TIMEOUT, "longer than 0.2 seconds"),
        ({"exit_code": None, "flooded": True}, KILLED, "printed more than 100000 bytes"),
        ({"exit_code": None, "signal": 11}, KILLED, "SIGSEGV"),
        ({"exit_code": None, "signal": 99}, KILLED, "signal 99"),
        ({"oom_kills": 1}, OUT_OF_MEMORY, "more than 4096 MB"),
        ({"exit_code": None, "signal": 9, "oom_kills": 1}, OUT_OF_MEMORY, "more than 4096 MB"),
        ({"exit_code": None, "timed_out": True, "oom_kills": 1}, OUT_OF_MEMORY, "4096 MB"),
        ({"exit_code": 137}, OUT_OF_MEMORY, "4096 MB"),
        ({"exit_code": 1, "pids_refused": 4}, KILLED, "more than 128 processes"),
        ({"pids_refused": 4}, OK, ""),
    ],
)
def test_verdicts(changes: dict[str, object], status: ExecutionStatus, reason: str) -> None:
    verdict = judge(Facts.from_dict(FINE | changes), LIMITS)
    assert verdict.status is status
    assert reason in verdict.reason
    assert bool(verdict.reason) == (status is not OK)


@pytest.mark.parametrize(
    ("change", "usable"),
    [
        ({}, True),
        ({"exit_code": 1}, True),
        ({"signal": 11}, True),
        ({"clean": False}, False),
        ({"stragglers": 1}, False),
        ({"timed_out": True}, False),
        ({"flooded": True}, False),
        ({"oom_kills": 1}, False),
    ],
)
def test_only_an_undisturbed_cell_is_used_again(change: dict[str, object], usable: bool) -> None:
    assert Facts.from_dict(FINE | change).leaves_cell_usable is usable


@given(parts=st.lists(st.binary(max_size=40), max_size=20), limit=st.integers(0, 60))
def test_capture_keeps_head_and_tail(parts: list[bytes], limit: int) -> None:
    capture = Capture(limit)
    for part in parts:
        capture.add(part)
    everything = b"".join(parts)
    text = b"".join(capture.parts())
    if len(everything) <= limit:
        assert text == everything
        return
    dropped = len(everything) - limit
    marker = f"\n... {dropped} bytes left out ...\n".encode()
    assert (
        text
        == everything[: limit // 2] + marker + everything[len(everything) - (limit - limit // 2) :]
    )


def test_only_plain_names_are_collected(tmp_path: Path) -> None:
    from sandbox import open_sandbox

    workspace = Workspace(data_dir=tmp_path, out_dir=tmp_path, collect=("../escape",))
    with open_sandbox("process") as sandbox, pytest.raises(ValueError, match="plain file names"):
        sandbox.run("", workspace, LIMITS)
    with open_sandbox("process") as sandbox, pytest.raises(Exception, match="does not exist"):
        sandbox.run("", replace(workspace, data_dir=tmp_path / "no", collect=()), LIMITS)

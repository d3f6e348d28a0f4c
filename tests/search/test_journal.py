from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import INFO, node
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.entries import (
    AnswersRead,
    Entry,
    FaultSeen,
    FinalistsChosen,
    NodeAdded,
    NodeRefit,
    NodeScored,
    RunFinished,
    SearchEnded,
    SessionStarted,
    decode,
    encode,
)
from search.errors import SearchError
from search.journal import Journal, read_entries, read_info
from search.metric import Direction, Metric
from search.replay import Replay
from search.run_folder import RunFolder

METRIC = Metric(0.5, Direction.MINIMIZE, 0.1)
EVERY_KIND: list[Entry] = [
    SessionStarted(at=10.0, pid=1),
    NodeAdded(at=12.0, node=node(0, score=0.5)),
    FaultSeen(at=13.0, step=1, attempt=1, reason="engine gone"),
    SearchEnded(at=15.0, reason="steps"),
    AnswersRead(at=16.0, split="selection", nodes=[0], purpose="final choice"),
    NodeScored(at=16.0, split="selection", node=0, metric=METRIC),
    NodeScored(at=16.0, split="selection", node=1, metric=None, reason="not valid"),
    FinalistsChosen(at=17.0, nodes=[0], rule="one standard error"),
    NodeRefit(at=18.0, node=0, valid=True, reason="", seconds=1.0),
    RunFinished(at=19.0, best=0, summary={"test score": "0.5"}),
]


def written(path: Path, entries: list[Entry]) -> Path:
    with Journal.create(path, INFO) as journal:
        for entry in entries:
            journal.append(entry)
    return path


def test_every_kind_of_entry_survives(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl", EVERY_KIND)
    assert list(read_entries(path)) == EVERY_KIND
    assert read_info(path) == INFO


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=st.text(st.characters(), max_size=200))
def test_any_text_survives(tmp_path: Path, text: str) -> None:
    entry = FaultSeen(at=1.0, step=0, attempt=1, reason=text)
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    assert list(read_entries(written(path, [entry]))) == [entry]
    assert decode(encode(entry)) == entry


def test_a_journal_cut_at_any_byte_keeps_all_whole_lines(tmp_path: Path) -> None:
    path = written(tmp_path / "whole.jsonl", EVERY_KIND[:3])
    data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    torn = tmp_path / "torn.jsonl"
    for cut in range(len(lines[0]), len(data) + 1):
        torn.write_bytes(data[:cut])
        whole = data[:cut].count(b"\n") - 1
        assert list(read_entries(torn)) == EVERY_KIND[:whole]
        with Journal.resume(torn) as journal:
            journal.append(EVERY_KIND[3])
        assert list(read_entries(torn)) == [*EVERY_KIND[:whole], EVERY_KIND[3]]


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "journal.jsonl", EVERY_KIND[:2])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"event":"nonsense"}\n' + lines[2])
    with pytest.raises(SearchError, match="line 2: damaged"):
        list(read_entries(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format":"exitree-journal","version":99,"run":{}}\n', "newer Exitree"),
        ('{"format":"other","version":1}\n', "not a journal"),
        ("", "not a journal"),
        ("no json\n", "not a journal"),
    ],
)
def test_foreign_and_newer_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(text)
    with pytest.raises(SearchError, match=message) as caught:
        list(read_entries(path))
    assert caught.value.hint


def test_a_full_disk_ends_in_an_error_and_a_whole_journal(tmp_path: Path) -> None:
    """A real kernel limit on the file's size, in a process of its own, stands in for the disk."""
    script = """
import resource, signal, sys
from pathlib import Path
from fakes import INFO, node
from search.entries import FaultSeen
from search.errors import SearchError
from search.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal.create(Path(sys.argv[1]), INFO)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
count = 0
try:
    while True:
        journal.append(FaultSeen(at=1.0, step=count, attempt=1, reason="x" * 300))
        count += 1
except SearchError as error:
    assert error.hint
    print(count)
"""
    path = tmp_path / "journal.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    count = int(done.stdout)
    assert 5 < count < 15
    assert path.read_bytes().endswith(b"\n")
    assert len(list(read_entries(path))) == count
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 4096


def test_replay_adds_up_sessions_and_scores(tmp_path: Path) -> None:
    replay = Replay.of(written(tmp_path / "journal.jsonl", EVERY_KIND))
    assert replay.seconds == pytest.approx(5.0)  # selection and refit are not search time
    assert replay.scores["selection"] == {0: METRIC, 1: None}
    assert replay.finalists == [0]
    assert replay.refits[0].valid
    assert replay.finished is not None
    assert replay.finished.best == 0
    assert (replay.stop_reason, len(replay.faults), len(replay.reads)) == ("steps", 1, 1)


def test_a_search_that_goes_on_is_concluded_anew(tmp_path: Path) -> None:
    later = [SessionStarted(at=100.0, pid=2), NodeAdded(at=103.5, node=node(1, 0, score=0.7))]
    replay = Replay.of(written(tmp_path / "journal.jsonl", [*EVERY_KIND, *later]))
    assert [item.id for item in replay.nodes] == [0, 1]
    assert replay.seconds == pytest.approx(5.0 + 3.5)
    assert replay.spend.num_steps == 2
    assert (replay.finalists, replay.finished) == (None, None)
    assert replay.refits[0].valid  # what a script did on the full data stays true


def test_a_node_whose_refit_failed_owes_no_test_score(tmp_path: Path) -> None:
    nodes = [NodeAdded(at=float(i), node=node(i, score=0.5)) for i in range(3)]
    refits = [
        NodeRefit(at=9.0, node=0, valid=True, reason="", seconds=1.0),
        NodeRefit(at=9.0, node=1, valid=False, reason="it failed", seconds=1.0),
    ]
    replay = Replay.of(written(tmp_path / "journal.jsonl", [*nodes, *refits]))
    assert replay.ungraded() == [0, 2]
    replay.extend([NodeScored(at=10.0, split="test", node=0, metric=METRIC)])
    assert replay.ungraded() == [2]


def test_one_process_at_a_time_may_write(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, "wine")
    with folder.locked():
        assert folder.is_locked()
        with pytest.raises(SearchError, match="in use by process"), folder.locked():
            pass
    assert not folder.is_locked()


def test_run_folders_never_collide(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 21, 22, 9, 11, tzinfo=UTC)
    names = [RunFolder.create(tmp_path, "wine-greedy", now).run_id for _ in range(3)]
    assert names == [
        "20261121-220911-wine-greedy",
        "20261121-220911-wine-greedy-2",
        "20261121-220911-wine-greedy-3",
    ]

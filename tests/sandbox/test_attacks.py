"""Scripts that take more than they may: each is contained, told by its status, and leaves nothing.

One table for every kind of sandbox. What only the container prevents is in test_isolation.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from bench import ALL_KINDS, DOCKER_KINDS, LIMITS, PROCESS_KINDS, Bench, kinds

from sandbox import ExecutionStatus, Limits

FAILED, KILLED = ExecutionStatus.FAILED, ExecutionStatus.KILLED
TIMEOUT, OUT_OF_MEMORY = ExecutionStatus.TIMEOUT, ExecutionStatus.OUT_OF_MEMORY


@dataclass(frozen=True, kw_only=True)
class Attack:
    name: str
    script: str
    status: ExecutionStatus
    reason: str
    limits: Limits = LIMITS
    kinds: tuple[str, ...] = ALL_KINDS
    says: str = ""  # what the script gets to say, so that the attack is known to have been tried
    collected: list[str] = field(default_factory=list)


HOG = "kept = []\nwhile True: kept.append(b'x' * (16 << 20))"
REFUSED = "submission.csv was refused: it is "
QUICK = replace(LIMITS, timeout_seconds=1)

ATTACKS = [
    Attack(
        name="endless loop",
        script="print('started')\nwhile True: pass",
        status=TIMEOUT,
        reason="longer than 1 seconds",
        limits=QUICK,
        says="started",
    ),
    Attack(
        name="sleep in a child that left the session",
        script="import os, time\nif os.fork() == 0: os.setsid()\nprint('two')\ntime.sleep(600)",
        status=TIMEOUT,
        reason="longer than 1 seconds",
        limits=QUICK,
        says="two",
    ),
    Attack(
        name="many processes",
        script="import os, time\nfor _ in range(300):\n    if os.fork() == 0: time.sleep(600)\n"
        "time.sleep(600)",
        status=KILLED,
        reason="more than 60 processes",
    ),
    Attack(
        name="fork bomb",
        script="import os\nwhile True: os.fork()",
        status=KILLED,
        reason="more than 60 processes",
        kinds=DOCKER_KINDS,  # the others would have the whole machine work on it
    ),
    Attack(name="memory", script=HOG, status=OUT_OF_MEMORY, reason="more than 512 MB"),
    Attack(
        name="memory of a child, which the parent survives",
        script=f"import os\nif os.fork() == 0:\n    {HOG.replace(chr(10), chr(10) + '    ')}\n"
        "print('child ended:', os.wait()[1])",
        status=OUT_OF_MEMORY,
        reason="more than 512 MB",
    ),
    Attack(
        name="one impossible allocation",
        script="bytearray(1 << 50)",
        status=OUT_OF_MEMORY,
        reason="more than 512 MB",
        says="MemoryError",
    ),
    Attack(
        name="full disk",
        script="for n in range(100): open(f'{n}', 'wb').write(b'x' * (8 << 20))",
        status=FAILED,
        reason="its scratch of 64 MB is full",
        kinds=DOCKER_KINDS,
        says="No space left on device",
    ),
    Attack(
        name="full disk, watched",
        script="import time\nfor n in range(100):\n    open(f'{n}', 'wb').write(b'x' * (8 << 20))\n"
        "    time.sleep(0.05)",
        status=KILLED,
        reason="more than 64 MB of files",
        kinds=PROCESS_KINDS,
    ),
    Attack(
        name="one huge file",
        script="open('big', 'wb').write(b'x' * (32 << 20))",
        status=FAILED,
        reason="exit code 1",
        says="File too large",
    ),
    Attack(
        name="endless output",
        script="while True: print('x' * 1000)",
        status=KILLED,
        reason="printed more than 2000000 bytes",
        limits=replace(LIMITS, output_bytes=2000),
        says="bytes left out",
    ),
    Attack(
        name="its own end by a signal",
        script="import os\nos.kill(os.getpid(), 11)",
        status=KILLED,
        reason="SIGSEGV",
    ),
    Attack(
        name="write into the data",
        script="import os\nos.chmod('input/train.csv', 0o666)\n"
        "open('input/train.csv', 'a').write('9,9')",
        status=FAILED,
        reason="",
    ),
    Attack(
        name="symbolic link as submission",
        script="import os\nos.symlink('/etc/passwd', 'submission.csv')",
        status=FAILED,
        reason=REFUSED + "a symbolic link",
    ),
    Attack(
        name="device as submission",
        script="import os\nos.symlink('/dev/zero', 'submission.csv')",
        status=FAILED,
        reason=REFUSED + "a symbolic link",
    ),
    Attack(
        name="device node as submission",
        script="import os, stat\n"
        "os.mknod('submission.csv', 0o666 | stat.S_IFCHR, os.makedev(1, 5))",
        status=FAILED,
        reason="exit code 1",
        kinds=DOCKER_KINDS,
        says="Operation not permitted",
    ),
    Attack(
        name="pipe as submission",
        script="import os\nos.mkfifo('submission.csv')",
        status=FAILED,
        reason=REFUSED + "not a regular file",
    ),
    Attack(
        name="folder as submission",
        script="import os\nos.mkdir('submission.csv')",
        status=FAILED,
        reason=REFUSED + "not a regular file",
    ),
    Attack(
        name="hard link as submission",
        script="import os\nopen('x', 'w')\nos.link('x', 'submission.csv')",
        status=FAILED,
        reason=REFUSED + "a hard link",
    ),
    Attack(
        name="socket as submission",
        script="import socket\nsocket.socket(socket.AF_UNIX).bind('submission.csv')",
        status=FAILED,
        reason=REFUSED + "not a regular file",
    ),
    Attack(
        name="sparse file of 10 GB as submission",
        script="open('submission.csv', 'w').truncate(10 << 30)",
        status=FAILED,
        reason="exit code 1",
        says="File too large",
        collected=["submission.csv"],  # empty
    ),
    Attack(
        name="submission that a child which left the session goes on writing",
        script="import os\nfile = open('submission.csv', 'w', 1)\nprint('first', file=file)\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        while True: print('more', file=file)",
        status=ExecutionStatus.OK,
        reason="",
        collected=["submission.csv"],
        kinds=DOCKER_KINDS,
    ),
    Attack(
        name="signals of every kind at everybody, itself deaf to them",
        script="import os, signal, time\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "if os.fork() == 0:\n    for each in signal.valid_signals(): os.kill(1, each)\n"
        "print('deaf')\ntime.sleep(600)",
        status=TIMEOUT,
        reason="longer than 1 seconds",
        limits=QUICK,
        says="deaf",
        kinds=DOCKER_KINDS,
    ),
    Attack(
        name="its own stop",
        script="import os, signal\nprint('stops')\nos.kill(os.getpid(), signal.SIGSTOP)",
        status=TIMEOUT,
        reason="longer than 1 seconds",
        limits=QUICK,
        says="stops",
    ),
    Attack(
        name="orphans without end",
        script="import os, time\nfor _ in range(20):\n    try: child = os.fork() == 0\n"
        "    except OSError: break\n    while child:\n        try:\n"
        "            if os.fork() != 0: os._exit(0)\n        except OSError: pass\n"
        "time.sleep(600)",
        status=TIMEOUT,
        reason="longer than 1 seconds",
        limits=QUICK,
        kinds=DOCKER_KINDS,
    ),
    Attack(
        name="shared memory and memory files",
        script="import os\nfor n in range(100):\n"
        "    os.write(os.memfd_create('x'), b'x' * (15 << 20))",
        status=OUT_OF_MEMORY,
        reason="more than 512 MB",
        kinds=DOCKER_KINDS,
    ),
    Attack(
        name="threads",
        script="import threading, time\nfor _ in range(100):\n"
        "    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
        "time.sleep(600)",
        status=KILLED,
        reason="more than 60 processes",
    ),
    Attack(
        name="folders too deep to name",
        script="import os\nfor _ in range(2000):\n    os.mkdir('q' * 200)\n    os.chdir('q' * 200)",
        status=ExecutionStatus.OK,
        reason="",
        kinds=DOCKER_KINDS,
    ),
    Attack(
        name="frames of the harness's, printed and written to every descriptor",
        script="import os\nframe = b'E\\0\\0\\0\\2{}'\nos.write(1, frame)\n"
        "for number in range(3, 4096):\n    try: os.write(number, frame)\n"
        "    except OSError: pass\n    else: print('WRITTEN', number)\nraise SystemExit(9)",
        status=FAILED,
        reason="exit code 9",
        says="E\0\0\0\2{}",
    ),
    Attack(
        name="submission through a replaced folder",
        script="import os\nos.rename('../work', '../moved')\nos.symlink('/etc', '../work')\n"
        "open('submission.csv', 'w').write('mine')",
        status=ExecutionStatus.OK,
        reason="",
        collected=["submission.csv"],
    ),
]


def pairs() -> list[object]:
    return [
        pytest.param(*kind.values, attack, marks=kind.marks, id=f"{kind.values[0]}-{attack.name}")
        for attack in ATTACKS
        for kind in kinds(*attack.kinds)
    ]


@pytest.mark.parametrize(("bench", "attack"), pairs(), indirect=["bench"])
def test_an_attack_is_contained_and_told(bench: Bench, attack: Attack) -> None:
    result = bench.run(attack.script, attack.limits)
    assert (result.status, attack.reason in result.reason) == (attack.status, True), result
    assert attack.says in result.output
    assert len(result.output) <= attack.limits.output_bytes + 100
    assert result.seconds < attack.limits.timeout_seconds + 1
    assert bench.collected() == attack.collected
    assert bench.leftovers() == []
    assert (bench.public / "train.csv").read_text() == "id,target\n1,0\n"

    after = bench.run("import os\nprint(sorted(os.listdir('.')), open('input/train.csv').read())")
    assert after.status is ExecutionStatus.OK
    assert after.output == "['input', 'solution.py'] id,target\n1,0\n\n"

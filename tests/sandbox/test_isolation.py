"""What a script cannot see, reach or change: secrets, files, network, harness, other scripts."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace

import pytest
from bench import ALL_KINDS, DOCKER_KINDS, LIMITS, PRIVATE, PROCESS_KINDS, Bench, kinds

from sandbox import ExecutionStatus

TRY = """
def attempt(action, *arguments):
    try:
        print('DONE', action.__name__, action(*arguments))
    except Exception as error:
        print('REFUSED', type(error).__name__)
"""
SYSCALL = "import ctypes, struct\ncall = ctypes.CDLL(None).syscall\n"
CELL = "print(open('/proc/1/stat').read().split()[21])"  # when its PID 1 started: its name


@pytest.mark.parametrize("bench", kinds(*ALL_KINDS), indirect=True)
def test_the_environment_holds_no_secrets(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "SECRET-KEY")
    result = bench.run(
        "import os, subprocess\nprint(dict(os.environ))\n"
        "print(open('/proc/self/environ').read())\nprint(subprocess.run('env').returncode)",
        replace(LIMITS, file_mb=17),  # a new cell, made after the secret was there
    )
    assert result.status is ExecutionStatus.OK, result
    assert "EXITREE_TIMEOUT_SECONDS" in result.output
    assert "SECRET-KEY" not in result.output
    assert "OPENAI" not in result.output


@pytest.mark.parametrize("bench", kinds(*DOCKER_KINDS), indirect=True)
def test_answers_and_files_of_the_host_are_not_there(bench: Bench) -> None:
    result = bench.run(
        f"""
import os
print(os.path.exists({str(bench.private)!r}), os.path.exists({str(bench.folder)!r}))
for top, _, names in os.walk('/'):
    if top.startswith(('/proc', '/sys')): continue
    for name in names:
        if name == 'answers.csv': print('FOUND', top)
print(open('/proc/mounts').read())
for device in os.listdir('/dev'):
    if device.startswith(('sd', 'vd', 'nvme', 'mem', 'kmsg')): print('DEVICE', device)
"""
    )
    assert result.status is ExecutionStatus.OK, result
    assert result.output.startswith("False False\n")
    for word in ("FOUND", "DEVICE", PRIVATE, "docker.sock"):
        assert word not in result.output


@pytest.mark.parametrize("bench", kinds(*DOCKER_KINDS), indirect=True)
def test_nothing_outside_the_scratch_can_be_written(bench: Bench) -> None:
    result = bench.run(
        TRY
        + """
import os
for path in ('/x', '/etc/x', '/opt/exitree/x', '/opt/exitree-harness/x', '/input/x', 'input/x',
             '/dev/x', '/sys/x', '/proc/sys/kernel/hostname', '/proc/1/oom_score_adj'):
    attempt(open, path, 'w')
attempt(os.setuid, 0)
attempt(os.chroot, '/tmp')
print(os.getuid() != 0, [line for line in open('/proc/self/status') if 'CapEff' in line])
print([line for line in open('/proc/self/status') if 'NoNewPrivs' in line])
"""
    )
    assert "DONE" not in result.output
    assert result.output.count("REFUSED") >= 12, result
    assert "True ['CapEff:\\t0000000000000000\\n']" in result.output
    assert "['NoNewPrivs:\\t1\\n']" in result.output


@pytest.mark.parametrize("bench", kinds(*DOCKER_KINDS), indirect=True)
def test_there_is_no_network(bench: Bench) -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 5).close()  # it does answer here
        server.accept()[0].close()
        result = bench.run(
            TRY
            + f"""
import socket
attempt(socket.create_connection, ('127.0.0.1', {port}), 2)
attempt(socket.create_connection, ('172.17.0.1', {port}), 2)
attempt(socket.gethostbyname, 'localhost.localdomain.test')
print(socket.if_nameindex(), open('/etc/resolv.conf').read().split())
"""
        )
    assert result.output.count("REFUSED") == 3, result
    assert "[(1, 'lo')] ['nameserver', '127.0.0.1']" in result.output  # not the host's


@pytest.mark.parametrize("bench", kinds(*DOCKER_KINDS), indirect=True)
def test_the_harness_cannot_be_entered_nor_killed(bench: Bench) -> None:
    result = bench.run(
        TRY
        + """
import os, signal
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    os.kill(1, number)
for name in ('mem', 'environ', 'maps'):
    attempt(open, f'/proc/1/{name}')
attempt(os.listdir, '/proc/1/fd')
attempt(os.listdir, '/proc/1/cwd')
print('still here')
"""
    )
    assert result.status is ExecutionStatus.OK, result
    assert result.output.count("REFUSED") == 5, result
    assert "still here" in result.output


@pytest.mark.parametrize("bench", kinds(*DOCKER_KINDS), indirect=True)
@pytest.mark.parametrize("limit", ["NOFILE", "AS", "DATA"])
def test_a_script_that_cripples_its_harness_does_not_pass_as_a_lost_engine(
    bench: Bench, limit: str
) -> None:
    result = bench.run(f"import resource\nresource.prlimit(1, resource.RLIMIT_{limit}, (0, 0))")
    assert result.status is not ExecutionStatus.UNAVAILABLE, result  # that would be our own fault
    assert bench.run("print(1)").output == "1\n"


@pytest.mark.parametrize("bench", kinds("docker-warm"), indirect=True)
@pytest.mark.parametrize(
    "tampering",
    [
        "import resource\nresource.prlimit(1, resource.RLIMIT_NOFILE, (50, 50))",
        "import os\nos.sched_setaffinity(1, {0})\nos.setpriority(os.PRIO_PROCESS, 1, 19)",
        "import ctypes\nassert ctypes.CDLL(None).shmget(7, 4096, 0o1600) >= 0",
        "import os\nif os.fork() == 0:\n    os.setsid()\n    import time\n    time.sleep(600)",
        "import os\nos.makedirs('/tmp/deep/x')\nos.chmod('/tmp/deep', 0)",
        "import os\nos.chmod('/tmp', 0o700)",
        "import os\nos.setxattr('/tmp', 'user.note', b'for the next one')",
        "import os, signal\nif os.fork() == 0:\n    os.kill(os.getpid(), signal.SIGSTOP)",
        # the priorities ioprio_set and sched_setattr set, which Python has no calls for
        SYSCALL + "print(call(251, 1, 1, (2 << 13) | 7))",
        SYSCALL + "slice = struct.pack('IIQiIQQQII', 56, *[0] * 4, 12345678, *[0] * 4)\n"
        "print(call(314, 1, slice, 0))",
    ],
)
def test_a_container_that_was_tampered_with_is_replaced(bench: Bench, tampering: str) -> None:
    before = bench.run(CELL).output
    assert bench.run(CELL).output == before  # a clean one is used again
    result = bench.run(tampering)
    assert result.status is ExecutionStatus.OK, result
    assert bench.run(CELL).output != before
    assert bench.leftovers() == []


@pytest.mark.parametrize("bench", kinds("docker-warm", "process-warm"), indirect=True)
def test_a_script_finds_nothing_of_the_one_before(bench: Bench) -> None:
    look = (
        "import os, sys\n"
        "shared = [] if os.getppid() != 1 else os.listdir('/dev/shm') + os.listdir('/tmp')\n"
        "print(sorted(os.listdir('.')), os.listdir(os.environ['TMPDIR']), sorted(shared))\n"
        "print('LEFT' in os.environ, hasattr(sys, 'left'), os.getppid())"
    )
    clean = bench.run(look).output
    leave = (
        "import os, sys, tempfile\nos.environ['LEFT'] = sys.left = 'x'\n"
        "tempfile.mkstemp()\nopen('notes.txt', 'w').write('x')\nos.makedirs('a/b')\n"
        "if os.getppid() == 1: open('/dev/shm/x', 'w'); os.mkdir('/tmp/own')"
    )
    assert bench.run(leave).status is ExecutionStatus.OK
    assert bench.run(look).output == clean  # the same harness (its pid is printed), no traces


@pytest.mark.parametrize("bench", kinds("docker-warm", "process-warm"), indirect=True)
def test_memory_holds_nothing_of_the_script_before(bench: Bench) -> None:
    pad = "# " + "x" * 50_000
    leave = f"""
# MARK-SOURCE
{pad}
for n in range(2000): print('MARK-' + 'OUTPUT', n)
open('submission.csv', 'w').write('MARK-' + 'FILE' + 'x' * (1 << 20))
"""
    look = """
import os, re
own = b'MAR' + b'K-OWN'  # so that the search is known to find
found = set()
for line in open('/proc/self/maps'):
    places, rights, *rest = line.split()
    if 'r' in rights and rest[-1] not in ('[vvar]', '[vvar_vclock]', '[vsyscall]'):
        start, end = (int(place, 16) for place in places.split('-'))
        with open('/proc/self/mem', 'rb', buffering=0) as memory:
            memory.seek(start)
            found |= set(re.findall(b'MAR' + b'K-[A-Z]+', memory.read(end - start)))
print(os.getppid(), found)
"""
    before = bench.run("import os; print(os.getppid())").output.strip()
    assert bench.run(leave, replace(LIMITS, output_bytes=20_000)).status is ExecutionStatus.OK
    assert bench.run(look).output == f"{before} {{b'MARK-OWN'}}\n"


@pytest.mark.parametrize("bench", kinds("docker-warm", "process-warm"), indirect=True)
def test_the_standard_input_is_not_shared_with_the_script_before(bench: Bench) -> None:
    change = "import os; os.set_blocking(0, False); print(os.getppid())"
    harness = bench.run(change).output.strip()
    look = "import os; print(os.getppid(), os.get_blocking(0), os.listdir('/proc/self/fd'))"
    assert bench.run(look).output == f"{harness} True ['0', '1', '2', '3']\n"


@pytest.mark.parametrize("bench", kinds(*PROCESS_KINDS), indirect=True)
def test_a_local_script_that_kills_its_harness_is_ended_too(bench: Bench) -> None:
    result = bench.run(
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(600)"
    )
    assert result.status is ExecutionStatus.KILLED
    assert bench.leftovers() == []


@pytest.mark.parametrize("bench", kinds("docker-warm", "process-warm"), indirect=True)
def test_two_scripts_at_once_do_not_meet(bench: Bench) -> None:
    script = (
        "import os, time\nopen('mine', 'w').write('{name}')\ntime.sleep(1)\n"
        "print(open('mine').read(), len(os.listdir('.')))\n"
        "open('submission.csv', 'w').write('{name}')"
    )
    outputs = {}

    def run(name: str) -> None:
        outputs[name] = bench.run(script.format(name=name)).output

    threads = [threading.Thread(target=run, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == {"first": "first 3\n", "second": "second 3\n"}

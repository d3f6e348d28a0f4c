"""What the engine says it keeps of a container, and that half a core is half a core.

That the limits on memory, processes, time, output and files end a script: test_attacks.py.
"""

from __future__ import annotations

import os
from dataclasses import replace

import docker
import pytest
from bench import DOCKER_KINDS, LIMITS, Bench, containers_of, kinds

from sandbox import ExecutionStatus

HALF = replace(LIMITS, cpus=0.5)
MEGABYTE = 1 << 20


@pytest.mark.parametrize("own_bench", kinds("docker-warm"), indirect=True)
def test_the_engine_keeps_every_limit(own_bench: Bench) -> None:
    assert own_bench.run("", HALF).status is ExecutionStatus.OK
    (container,) = containers_of(os.getpid())
    with docker.APIClient() as api:
        found = api.inspect_container(container)
    host = found["HostConfig"]
    expected = {
        "Memory": 512 * MEGABYTE,
        "MemorySwap": 512 * MEGABYTE,
        "NanoCpus": 500_000_000,
        "PidsLimit": 61,
        "ShmSize": 64 * MEGABYTE,
        "NetworkMode": "none",
        "IpcMode": "private",
        "ReadonlyRootfs": True,
        "Privileged": False,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "Tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,size=64m,uid=10001,gid=10001"},
    }
    assert {name: host[name] for name in expected} == expected
    ulimits = {item["Name"]: (item["Soft"], item["Hard"]) for item in host["Ulimits"]}
    assert ulimits == {"nofile": (4096,) * 2, "fsize": (16 * MEGABYTE,) * 2, "core": (0, 0)}
    (mount,) = found["Mounts"]
    assert (mount["Source"], mount["Destination"], mount["RW"]) == (
        str(own_bench.public),
        "/input",
        False,
    )
    assert found["Config"]["User"] == "10001:10001"
    assert found["NetworkSettings"]["Ports"] == {}


@pytest.mark.parametrize("bench", kinds(*DOCKER_KINDS), indirect=True)
def test_half_a_core_is_half_a_core(bench: Bench) -> None:
    script = """
import os, time
child = os.fork() == 0
end = time.monotonic() + 1
while time.monotonic() < end: pass
if child: os._exit(0)
os.wait()
used = os.times()
print(used.user + used.system + used.children_user + used.children_system)
"""
    result = bench.run(script, HALF)
    assert result.status is ExecutionStatus.OK, result
    assert 0.1 < float(result.output) < 0.75, result  # without the limit 2, or 1 on one core


@pytest.mark.parametrize("bench", kinds(*DOCKER_KINDS), indirect=True)
def test_shared_memory_and_scratch_are_bounded_apart(bench: Bench) -> None:
    script = """
for folder in ('/dev/shm', '.'):
    written = 0
    try:
        for n in range(100):
            with open(f'{folder}/{n}', 'wb', buffering=0) as file:
                written += file.write(b'x' * (8 << 20))
    except OSError as error:
        print(folder, written >> 20, error.strerror)
"""
    result = bench.run(script)
    assert result.output.splitlines() == [
        "/dev/shm 64 No space left on device",
        ". 63 No space left on device",
    ], result

"""What a container of ours may do: the arguments of its creation, all in one place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docker.types import DeviceRequest, LogConfig, Mount, Ulimit

from sandbox.cell import CellSpec, cell_environment
from sandbox.contract import MEGABYTE
from sandbox.harness import LAUNCH

USER_ID = 10001  # as in image/Dockerfile
HARNESS_FOLDER = "/opt/exitree-harness"  # as in image/Dockerfile
SCRATCH = "/tmp"
INPUT = "/input"
SHARED_MEMORY_MB = 64  # /dev/shm, beside the scratch
OPEN_FILES = 4096
HARNESS_PROCESSES = 1


def container_options(image: str, spec: CellSpec) -> dict[str, Any]:
    """No network, no rights, no disk: keyword arguments for docker-py's `containers.create`."""
    limits = spec.limits
    return {
        "image": image,
        "command": ["python3", "-P", "-c", LAUNCH, HARNESS_FOLDER, _harness_config(spec)],
        "environment": cell_environment(limits, scratch=f"{SCRATCH}/tmp"),
        "user": f"{USER_ID}:{USER_ID}",
        "working_dir": "/",
        "hostname": "sandbox",
        "stdin_open": True,
        "stop_signal": "SIGKILL",  # an engine that stops would wait 10 seconds for the harness
        "network_mode": "none",
        "dns": ["127.0.0.1"],  # else the host's name servers and domains could be read
        "dns_search": ["."],
        "ipc_mode": "private",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "init": False,  # the harness is PID 1: nothing inside can kill it, and it reaps everything
        "mem_limit": limits.memory_mb * MEGABYTE,
        "memswap_limit": limits.memory_mb * MEGABYTE,  # memory + swap: so no swap
        "nano_cpus": int(limits.cpus * 1e9),
        "pids_limit": limits.pids + HARNESS_PROCESSES,
        "ulimits": [
            _ulimit("nofile", OPEN_FILES),
            _ulimit("fsize", limits.file_mb * MEGABYTE),
            _ulimit("core", 0),
        ],
        "shm_size": SHARED_MEMORY_MB * MEGABYTE,
        "tmpfs": {SCRATCH: _tmpfs(limits.scratch_mb)},
        "mounts": [Mount(INPUT, str(spec.data_dir), type="bind", read_only=True)],
        "log_config": LogConfig(type="none"),  # endless output must not fill the engine's disk
        "device_requests": _gpus(limits.gpus),
    }


def _harness_config(spec: CellSpec) -> str:
    config = {
        "root": SCRATCH,
        "input": INPUT,
        "wipe": [SCRATCH, "/dev/shm", "/dev/mqueue"],
        "preload": spec.preload,
        "rlimits": {},
    }
    return json.dumps(config)


def _tmpfs(size_mb: int) -> str:
    return f"rw,nosuid,nodev,noexec,size={size_mb}m,uid={USER_ID},gid={USER_ID}"


def _ulimit(name: str, value: int) -> Ulimit:
    return Ulimit(name=name, soft=value, hard=value)


def _gpus(count: int) -> list[DeviceRequest]:
    return [DeviceRequest(count=count, capabilities=[["gpu"]])] if count else []


def unreadable(folder: Path) -> Path | None:
    """The first of `folder` and its entries that the container's user could not read."""
    for path in (folder, *(entry for entry in folder.iterdir() if not entry.is_symlink())):
        needed = 0o005 if path.is_dir() else 0o004
        if path.stat().st_mode & needed != needed:
            return path
    return None

"""A cell that is a hardened Docker container.

No network, a user without rights, read-only root, no capabilities, no new privileges; memory
without swap, cores, processes and files bounded by the kernel; a tmpfs of bounded size as the only
disk; the data folder mounted read-only. The harness is the container's first process, so ending it
ends everything. What this does not protect against: a hole in the kernel or the engine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from docker.errors import APIError, ImageNotFound

from sandbox.attach import AttachStream
from sandbox.cell import CellSpec, EngineUnavailableError, NoWatch
from sandbox.contract import ExecutionStatus, Limits
from sandbox.engine import BUILD_HINT, NO_GPU, Engine, explain, reaching_engine
from sandbox.errors import MissingEngineError, SandboxError
from sandbox.hardening import container_options, unreadable
from sandbox.harness import EXIT_ORPHANED
from sandbox.verdict import Verdict, memory_reason
from sandbox.wire import Connection, ConnectionLostError, ProtocolError

START_SECONDS = 120.0
AUTOPSY_SECONDS = 10


class ContainerCell:
    """Made by `start_container`."""

    def __init__(self, engine: Engine, name: str, limits: Limits) -> None:
        self._engine = engine
        self._name = name
        self._limits = limits
        self._lock = threading.Lock()
        self._destroyed = False
        self.connection = Connection(AttachStream(engine.api, name))

    def greet(self) -> None:
        """Start it, and wait until its harness has imported the libraries."""
        self._engine.api.start(self._name)
        try:
            hello = self.connection.receive(time.monotonic() + START_SECONDS)
        except (ConnectionLostError, ProtocolError, TimeoutError) as error:
            raise EngineUnavailableError(f"the container did not start: {error!r}") from error
        if hello.kind != b"H":
            raise EngineUnavailableError("the container runs something else than the harness")

    def new_watch(self) -> NoWatch:
        return NoWatch()

    def inspect_after(self) -> Verdict | None:
        return None  # the data is mounted read-only

    def autopsy(self) -> Verdict:
        if self._destroyed:
            raise EngineUnavailableError("the container was removed")
        try:
            with reaching_engine():
                api = self._engine.api
                code = api.wait(self._name, timeout=AUTOPSY_SECONDS)["StatusCode"]
                killed_by_oom = api.inspect_container(self._name)["State"]["OOMKilled"]
        except APIError as error:
            raise EngineUnavailableError(f"the container is gone: {explain(error)}") from error
        if killed_by_oom:
            return Verdict(ExecutionStatus.OUT_OF_MEMORY, memory_reason(self._limits))
        if code == EXIT_ORPHANED:
            raise EngineUnavailableError("the connection to the container broke")
        return Verdict(ExecutionStatus.KILLED, f"its container ended with exit code {code}")

    def destroy(self) -> None:
        with self._lock:
            if self._destroyed:
                return
            self._destroyed = True
        self.connection.close()
        self._engine.remove(self._name)


def start_container(engine: Engine, image: str, spec: CellSpec) -> ContainerCell:
    """SandboxError for what the user has to change, EngineUnavailableError otherwise."""
    if path := unreadable(spec.data_dir):
        raise SandboxError(
            f"{path} cannot be read by the sandbox's user",
            hint=f"allow others to read it: chmod -R o+rX {spec.data_dir}",
        )
    with _explaining_refusals(image):
        name = engine.create(container_options(image, spec))
        try:
            with reaching_engine():
                cell = ContainerCell(engine, name, spec.limits)
        except BaseException:
            engine.remove(name)
            raise
        try:
            with reaching_engine():
                cell.greet()
        except BaseException:
            cell.destroy()
            raise
    return cell


@contextmanager
def _explaining_refusals(image: str) -> Iterator[None]:
    """Turns what the engine refuses into what the user can do about it."""
    try:
        yield
    except ImageNotFound as error:
        raise MissingEngineError(f"there is no image {image}", hint=BUILD_HINT) from error
    except APIError as error:
        reason = explain(error)
        if NO_GPU in reason:
            raise SandboxError(
                f"the Docker engine has no GPUs to give: {reason}",
                hint="install the NVIDIA container toolkit, or ask for 0 GPUs",
            ) from error
        raise SandboxError(
            f"the Docker engine refused the container: {reason}",
            hint="check the limits against this machine, and the image: exitree doctor",
        ) from error

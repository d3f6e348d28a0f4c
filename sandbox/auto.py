"""Opens a sandbox by name: `docker`, `process`, or `auto`, which takes Docker where it is there."""

from __future__ import annotations

from functools import partial
from typing import Literal

from sandbox.errors import SandboxError
from sandbox.image import default_image
from sandbox.pool import PooledSandbox

SandboxKind = Literal["auto", "docker", "process"]

UNPROTECTED_NOTICE = (
    "scripts run as plain local processes, not isolated from your files and network"
    " ({reason}; {hint})"
)


def open_sandbox(
    kind: SandboxKind = "auto",
    *,
    image: str | None = None,
    warm: bool = True,
    num_workers: int = 1,
    docker_url: str | None = None,
) -> PooledSandbox:
    """A sandbox for up to `num_workers` scripts at once; to be closed, or used with `with`.

    `image`: None is the image of `exitree sandbox build`. `warm`: reuse cells with the libraries
    already imported; docs/security.md says when not to. `docker_url`: as DOCKER_HOST. SandboxError
    when Docker is asked for and is not there; `auto` then takes local processes, and `notice` says
    so. Containers of dead processes are removed on the way.
    """
    if kind == "process":
        return _open_process("asked for", "docs/security.md", warm, num_workers)
    try:
        return _open_docker(image or default_image(), warm, num_workers, docker_url)
    except SandboxError as error:
        if kind == "docker":
            raise
        return _open_process(str(error), error.hint, warm, num_workers)


def _open_docker(image: str, warm: bool, num_workers: int, url: str | None) -> PooledSandbox:
    from sandbox.container import start_container  # docker-py takes 0.2 s to import
    from sandbox.engine import Engine

    engine = Engine(url)
    engine.check(image)
    engine.sweep()
    return PooledSandbox(
        "docker",
        partial(start_container, engine, image),
        warm=warm,
        num_workers=num_workers,
        release=engine.close,
    )


def _open_process(reason: str, hint: str, warm: bool, num_workers: int) -> PooledSandbox:
    from sandbox.process import start_process

    notice = UNPROTECTED_NOTICE.format(reason=reason, hint=hint)
    return PooledSandbox(
        "process", start_process, warm=warm, num_workers=num_workers, notice=notice
    )

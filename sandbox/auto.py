"""Opens a sandbox by name: `docker`, `process`, or `auto`, which takes Docker where it is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from sandbox.cell import PRELOAD
from sandbox.errors import SandboxError
from sandbox.image import default_image
from sandbox.pool import PooledSandbox

SandboxKind = Literal["auto", "docker", "process"]
OpenPool = Callable[..., PooledSandbox]

UNPROTECTED_NOTICE = "scripts run unsandboxed, as local processes ({reason}; {hint})"


def open_sandbox(
    kind: SandboxKind = "auto",
    *,
    image: str | None = None,
    warm: bool = True,
    preload: tuple[str, ...] = PRELOAD,
    num_workers: int = 1,
    docker_url: str | None = None,
) -> PooledSandbox:
    """A sandbox for up to `num_workers` scripts at once; to be closed, or used with `with`.

    `image`: None is the image of `exitree sandbox build`. `warm`: reuse cells, with the modules of
    `preload` imported; docs/security.md says when not to. `docker_url`: as DOCKER_HOST.
    SandboxError when Docker is asked for and is not there; `auto` then takes local processes, and
    `notice` says so. What dead processes have left is removed on the way.
    """
    open_pool = partial(PooledSandbox, warm=warm, preload=preload, num_workers=num_workers)
    if kind == "process":
        return _open_process(open_pool, "asked for", "docs/security.md")
    try:
        return _open_docker(open_pool, image or default_image(), docker_url)
    except SandboxError as error:
        if kind == "docker":
            raise
        return _open_process(open_pool, str(error), error.hint)


def _open_docker(open_pool: OpenPool, image: str, docker_url: str | None) -> PooledSandbox:
    from sandbox.container import start_container  # docker-py takes 0.2 s to import
    from sandbox.engine import Engine

    engine = Engine(docker_url)
    try:
        engine.open(image)
    except SandboxError:
        engine.close()
        raise
    return open_pool("docker", partial(start_container, engine, image), release=engine.close)


def _open_process(open_pool: OpenPool, reason: str, hint: str) -> PooledSandbox:
    from sandbox.cell_folder import sweep_folders
    from sandbox.process import start_process

    sweep_folders()
    notice = UNPROTECTED_NOTICE.format(reason=reason, hint=hint)
    return open_pool("process", start_process, notice=notice)

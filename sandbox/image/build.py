"""Builds the image on a Docker engine: `exitree sandbox build`."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from docker.errors import APIError

from sandbox.cell import EngineUnavailableError
from sandbox.engine import GET_DOCKER_HINT, Engine, explain, reaching_engine
from sandbox.errors import MissingEngineError, SandboxError
from sandbox.image import DEFAULT_BASE, default_image, sources

# Settings of pip and of the network that also hold inside the build, in its first stage only.
PASSED_SETTINGS = (
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_INDEX_URL",
    "PIP_TRUSTED_HOST",
)
PASSED_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
NO_BASE_HINT = (
    "without a registry, import a Debian base and name it: debootstrap --variant=minbase"
    " --include=python3,python3-venv,ca-certificates,libgomp1 bookworm rootfs &&"
    " tar -C rootfs -c . | docker import - exitree-base:bookworm &&"
    " exitree sandbox build --base exitree-base:bookworm"
)
BUILD_SECONDS = 1800


def build_image(
    *,
    base: str = DEFAULT_BASE,
    tag: str | None = None,
    ca_bundle: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    docker_url: str | None = None,
) -> Iterator[str]:
    """Build it, yielding what the engine says, line by line.

    `ca_bundle`: certificates to trust while installing (a host behind a proxy that opens TLS); they
    do not get into the image. SandboxError when it fails.
    """
    context = build_context(ca_bundle.read_bytes() if ca_bundle else b"")
    arguments = build_arguments(base, environment)
    try:
        with reaching_engine(), closing(Engine(docker_url)) as engine:
            events = engine.api.build(
                fileobj=context,
                custom_context=True,
                tag=tag or default_image(),
                buildargs=arguments,
                rm=True,
                forcerm=True,
                decode=True,
                timeout=BUILD_SECONDS,
            )
            yield from _lines(events, base)
    except EngineUnavailableError as error:
        raise MissingEngineError(str(error), hint=GET_DOCKER_HINT) from error
    except APIError as error:
        raise SandboxError(f"the build failed: {explain(error)}", hint=NO_BASE_HINT) from error


def build_context(ca_bundle: bytes) -> io.BytesIO:
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        for name, content in (sources() | {"ca-bundle.crt": ca_bundle}).items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    context.seek(0)
    return context


def build_arguments(base: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Only addresses a container can reach: an index on this machine's disk is not one."""
    names = (*PASSED_SETTINGS, *PASSED_PROXIES)
    given = {name: environment[name] for name in names if environment.get(name)}
    reachable = {name: value for name, value in given.items() if "file:" not in value}
    return {"BASE": base} | reachable


def _lines(events: Iterator[dict[str, Any]], base: str) -> Iterator[str]:
    reason = ""
    for event in events:  # to its end even after an error, which frees the connection
        reason = reason or str(event.get("error", "")).strip()
        if text := str(event.get("stream", "")).strip():
            yield text
    if reason:
        raise _build_error(reason, base)


def _build_error(reason: str, base: str) -> SandboxError:
    if "pull" in reason or "manifest" in reason or "registry" in reason:
        return SandboxError(f"the base image {base} cannot be had: {reason}", hint=NO_BASE_HINT)
    return SandboxError(
        f"the build failed: {reason}",
        hint="see the lines above; behind a proxy that opens TLS, give --ca-bundle FILE",
    )

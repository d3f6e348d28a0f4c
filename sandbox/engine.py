"""A Docker engine, and the containers on it that are ours.

The engine may go away and come back at any time: nothing here keeps a connection that matters, and
every failure to reach it is an `EngineUnavailableError`.
"""

from __future__ import annotations

import itertools
import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound

from sandbox.cell import EngineUnavailableError
from sandbox.errors import MissingEngineError
from sandbox.ownership import KIND, KIND_LABEL, Owner

logger = logging.getLogger(__name__)

SESSION_LABEL = "exitree.session"
REQUEST_SECONDS = 60
UNIX_SCHEME = "unix://"
DEFAULT_URL = "unix:///var/run/docker.sock"
GET_DOCKER_HINT = "start or install Docker (https://docs.docker.com/engine/install/)"
NO_GPU = "could not select device driver"  # the engine says so with status 500
BUILD_HINT = "build it: exitree sandbox build"


class Engine:
    """`base_url` as in DOCKER_HOST; None is what the environment says."""

    def __init__(self, base_url: str | None = None) -> None:
        self._url = base_url or os.environ.get("DOCKER_HOST") or DEFAULT_URL
        self._client: Any = None
        self._session = uuid.uuid4().hex
        self._labels = Owner.this_process().labels() | {SESSION_LABEL: self._session}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._used: set[str] = set()  # names of containers in use
        self._may_have_lost = False  # a creation or removal was never answered

    @property
    def api(self) -> Any:
        return self._connected().api

    def open(self, image: str) -> None:
        """SandboxError unless the engine answers and has the image. Sweeps on the way."""
        try:
            with reaching_engine():
                self.api.inspect_image(image)
            self.sweep()
        except EngineUnavailableError as error:
            raise MissingEngineError(str(error), hint=GET_DOCKER_HINT) from error
        except NotFound as error:
            raise MissingEngineError(f"there is no image {image}", hint=BUILD_HINT) from error

    def create(self, options: dict[str, Any]) -> str:
        """A container, not started yet. Returns its name. APIError where the engine refuses."""
        name = f"exitree-{self._session[:8]}-{next(self._numbers)}"
        with self._lock:
            self._used.add(name)
        try:
            with reaching_engine():
                self._remove_lost()
                self._connected().containers.create(name=name, labels=self._labels, **options)
        except BaseException:
            with self._lock:
                self._used.discard(name)
                self._may_have_lost = True
            raise
        return name

    def remove(self, name: str) -> None:
        """Kill and remove a container. One that cannot be reached is removed later."""
        try:
            with reaching_engine():
                self._remove(name)
        except EngineUnavailableError as error:
            logger.warning("container %s is left for later: %s", name, error)
            self._may_have_lost = True
        finally:
            with self._lock:
                self._used.discard(name)

    def sweep(self) -> int:
        """Remove containers whose owner is dead. Returns how many."""
        with reaching_engine():
            found = self._list(f"{KIND_LABEL}={KIND}")
            owners = [(item["Id"], Owner.from_labels(item["Labels"])) for item in found]
            orphans = [name for name, owner in owners if owner and owner.is_dead()]
            for name in orphans:
                self._remove(name)
        return len(orphans)

    def close(self) -> None:
        """Remove what is left; what cannot be reached is left to the next sweep."""
        with self._lock:
            self._used.clear()
            self._may_have_lost = True
        if self._client is None:
            return
        try:
            with reaching_engine():
                self._remove_lost()
        except EngineUnavailableError as error:
            logger.warning("containers may be left for the next run to remove: %s", error)
        self._client.close()

    def _connected(self) -> Any:
        _require_listener(self._url)
        with self._lock:
            if self._client is None:
                environment = os.environ | {"DOCKER_HOST": self._url}  # and its TLS settings
                self._client = docker.from_env(timeout=REQUEST_SECONDS, environment=environment)
            return self._client

    def _remove_lost(self) -> None:
        if not self._may_have_lost:
            return
        self._may_have_lost = False
        for item in self._list(f"{SESSION_LABEL}={self._session}"):
            with self._lock:
                lost = item["Names"][0].lstrip("/") not in self._used
            if lost:
                self._remove(item["Id"])

    def _list(self, label: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api.containers(all=True, filters={"label": label})
        return found

    def _remove(self, name: str) -> None:
        try:
            self.api.remove_container(name, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            if error.status_code != HTTPStatus.CONFLICT:  # its removal is already under way
                raise


@contextmanager
def reaching_engine() -> Iterator[None]:
    """Turns what docker-py raises for an absent or failing engine into one error.

    Answers of the engine that concern the request (4xx) pass through.
    """
    try:
        yield
    except APIError as error:
        if error.is_client_error() or NO_GPU in explain(error):
            raise
        raise EngineUnavailableError(f"the Docker engine failed: {explain(error)}") from error
    except (DockerException, OSError) as error:  # OSError: those of requests too
        raise EngineUnavailableError(f"no Docker engine answers: {error}") from error


def _require_listener(url: str) -> None:
    """Asked before docker-py is, which would leave its socket open to the garbage collector."""
    if not url.startswith(UNIX_SCHEME):
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(url.removeprefix(UNIX_SCHEME))
        except OSError as error:
            reason = f"no Docker engine answers at {url}: {error.strerror}"
            raise EngineUnavailableError(reason) from error


def explain(error: APIError) -> str:
    return str(error.explanation or error)

"""A second Docker engine that a test may stop: in namespaces of its own, unseen by the first.

Its network, its mounts (so all of /run/docker) and its processes are its own: it shares nothing
with the machine's engine but the programs, and the end of its first process is the end of it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

import docker

NAMESPACES = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
START = """
set -e
mkdir -p /run/docker /run/containerd
mount -t tmpfs tmpfs /run/docker
mount -t tmpfs tmpfs /run/containerd
exec dockerd --config-file "$1/daemon.json" --data-root "$1/data" --pidfile /run/docker/pid \
    --host "unix://$1/engine.sock" --bridge none --iptables=false --ip-forward=false \
    --exec-opt native.cgroupdriver=cgroupfs
"""
START_SECONDS = STOP_SECONDS = 30
NOT_COPIED = ("opt/exitree/", "usr/share/", "var/")  # scripts of this test need only Python
IMAGE = "exitree-small:test"


def why_not() -> str | None:
    """Why it cannot be started here."""
    if shutil.which("dockerd") is None:
        return "there is no dockerd on the PATH"
    attempt = subprocess.run(
        [*NAMESPACES, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    return "namespaces can only be made as root" if attempt.returncode else None


class OwnEngine:
    """`url` leads to it while it is started. Use with `with`; leaves nothing."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="engine-"))  # short, as sockets want it
        self.url = f"unix://{self.folder}/engine.sock"
        (self.folder / "daemon.json").write_text("{}")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            command = [*NAMESPACES, "sh", "-c", START, "dockerd", str(self.folder)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """As a service manager does it: SIGTERM to dockerd itself."""
        assert self._process is not None
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for pid in children:
            os.kill(int(pid), signal.SIGTERM)
        self._process.wait(STOP_SECONDS)
        self._process = None

    def __enter__(self) -> OwnEngine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()
        shutil.rmtree(self.folder)

    def load(self, image: str) -> None:
        """A part of an image of the machine's own engine, as `IMAGE`."""
        small = self.folder / "image.tar"
        with docker.APIClient() as api:
            container = api.create_container(image)["Id"]
        try:
            export = ["docker", "export", container]
            with subprocess.Popen(export, stdout=subprocess.PIPE) as exporting:
                assert exporting.stdout is not None
                _copy_part(exporting.stdout, small)
        finally:
            with docker.APIClient() as api:
                api.remove_container(container)
        with docker.APIClient(base_url=self.url) as api:
            api.import_image_from_file(str(small), *IMAGE.split(":"))
        small.unlink()

    def _answers(self) -> bool:
        asked = ["docker", "--host", self.url, "version"]  # docker-py leaves its socket open
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _copy_part(exported: BinaryIO, target: Path) -> None:
    with tarfile.open(fileobj=exported, mode="r|") as whole, tarfile.open(target, "w") as part:
        for entry in whole:
            if not entry.name.startswith(NOT_COPIED):
                part.addfile(entry, whole.extractfile(entry) if entry.isreg() else None)

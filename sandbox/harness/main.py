"""The harness's life: greet the owner, then one script after the other until the owner goes."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sandbox.harness import EXIT_ORPHANED
from sandbox.harness.files import CHUNK, collect, make_work_folder, marks, wipe
from sandbox.harness.kernel import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_DUMPABLE,
    prctl,
    state_of_self,
)
from sandbox.harness.owner import Owner, OwnerGoneError
from sandbox.harness.script import Script


def main(configuration: str) -> None:
    """`configuration` is JSON: root (the folder to work in), input (what `input/` leads to), wipe
    (folders emptied after each script), preload (modules), rlimits (name: value)."""
    config = json.loads(configuration)
    owner = Owner()
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    owner.send_json(b"H", {"python": sys.version.split()[0], "loaded": preload(config["preload"])})
    with contextlib.suppress(OwnerGoneError):
        while True:
            kind, payload = owner.receive()
            if kind == b"R":
                serve(owner, config, json.loads(bytes(payload)))
    os._exit(EXIT_ORPHANED)


def preload(names: list[str]) -> list[str]:
    """Import what scripts will import; what is not installed is left out."""
    loaded = []
    for name in names:
        with contextlib.suppress(ImportError, OSError):  # OSError: a shared library is missing
            importlib.import_module(name)
            loaded.append(name)
    gc.collect()
    gc.freeze()  # the collector of a forked script does not touch, and so copy, these pages
    return loaded


def serve(owner: Owner, config: dict[str, Any], request: dict[str, Any]) -> None:
    """Run one script and report: output, collected files, the end."""
    _, code = owner.receive()
    wiped = [path for path in map(Path, config["wipe"]) if path.is_dir()]
    before = state_of_self(), marks(wiped)
    path = make_work_folder(Path(config["root"]), Path(config["input"]), code)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)

    script = Script(config, request, path)
    script.start()
    try:
        script.follow(owner)
    finally:  # also when the owner is gone: outside a container its script would live on
        script.finish()

    for part in script.capture.parts():
        for start in range(0, len(part), CHUNK):
            owner.send(b"O", part[start : start + CHUNK])
    refused = collect(owner, folder, request["collect"], request["file_bytes"])
    full = os.fstatvfs(folder).f_bavail == 0
    os.close(folder)
    clean = wipe(wiped) and before == (state_of_self(), marks(wiped))
    end = {"refused": refused, "scratch_full": full, "clean": clean}
    owner.send_json(b"E", script.facts() | end)

"""What works here: each part of each sandbox, looked at by using it. `exitree doctor` prints it."""

from __future__ import annotations

import json
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.auto import SandboxKind, open_sandbox
from sandbox.cell import EngineUnavailableError
from sandbox.contract import ExecutionStatus, Limits, Workspace
from sandbox.errors import SandboxError
from sandbox.image import default_image
from sandbox.pool import PooledSandbox

NUM_WARM_RUNS = 5
LIMITS = Limits(timeout_seconds=60, memory_mb=1024)
LIBRARIES = ("numpy", "pandas", "scikit-learn", "lightgbm")
OPTIONAL_LIBRARIES = {"lightgbm"}
VERSIONS_SCRIPT = f"""
import json
from importlib.metadata import PackageNotFoundError, version
found = {{}}
for name in {LIBRARIES!r}:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the doctor. `sandbox` is what it belongs to; `hint` the next action if not ok."""

    sandbox: str
    name: str
    ok: bool
    detail: str
    hint: str = ""

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


def diagnose(image: str | None = None, docker_url: str | None = None) -> Iterator[Check]:
    """Docker's checks stop at the first that fails, since the others need it."""
    chosen = image or default_image()
    engine = _check_engine(docker_url)
    yield engine
    if engine.ok:
        yield from _check_sandbox("docker", f"image {chosen}", chosen, docker_url)
    yield from _check_sandbox("process", f"Python {platform.python_version()}", None, None)


def _check_engine(docker_url: str | None) -> Check:
    from sandbox.engine import GET_DOCKER_HINT, Engine, reaching_engine

    try:
        with reaching_engine(), closing(Engine(docker_url)) as engine:
            info = engine.api.info()
    except EngineUnavailableError as error:
        return Check(
            sandbox="docker", name="engine", ok=False, detail=str(error), hint=GET_DOCKER_HINT
        )
    profiles = [option.split(",")[0].removeprefix("name=") for option in info["SecurityOptions"]]
    detail = f"Docker {info['ServerVersion']}, cgroup v{info.get('CgroupVersion', '1')}"
    detail += f", kernel profiles: {', '.join(profiles) or 'none (no seccomp, no AppArmor)'}"
    return Check(sandbox="docker", name="engine", ok=True, detail=detail)


def _check_sandbox(
    kind: SandboxKind, name: str, image: str | None, docker_url: str | None
) -> Iterator[Check]:
    try:
        with (
            open_sandbox(kind, image=image, docker_url=docker_url) as sandbox,
            tempfile.TemporaryDirectory(prefix="exitree-doctor-") as folder,
        ):
            workspace = _workspace(Path(folder))
            yield Check(sandbox=kind, name=name, ok=True, detail="starts")
            yield _check_libraries(sandbox, workspace)
            yield _check_warm_path(sandbox, workspace)
    except SandboxError as error:
        yield Check(sandbox=kind, name=name, ok=False, detail=str(error), hint=error.hint)


def _workspace(folder: Path) -> Workspace:
    for name in ("data", "out"):
        (folder / name).mkdir()
        (folder / name).chmod(0o755)  # whatever the umask: the container's user reads it
    return Workspace(data_dir=folder / "data", out_dir=folder / "out")


def _check_libraries(sandbox: PooledSandbox, workspace: Workspace) -> Check:
    output, detail = _run(sandbox, workspace, VERSIONS_SCRIPT)
    found: dict[str, str] = json.loads(output) if output else {}
    missing = [name for name in LIBRARIES if name not in found]
    detail = ", ".join(f"{name} {version}" for name, version in found.items()) or detail
    return Check(
        sandbox=sandbox.name,
        name="libraries",
        ok=set(missing) <= OPTIONAL_LIBRARIES and bool(found),
        detail=detail + (f"; not there: {', '.join(missing)}" if missing else ""),
        hint="pip install " + " ".join(missing) if missing else "",
    )


def _check_warm_path(sandbox: PooledSandbox, workspace: Workspace) -> Check:
    milliseconds = []
    for _ in range(NUM_WARM_RUNS):
        started = time.perf_counter()
        output, detail = _run(sandbox, workspace, "import sklearn.ensemble; print('done')")
        milliseconds.append(1000 * (time.perf_counter() - started))
        if output is None:
            return Check(sandbox=sandbox.name, name="warm interpreter", ok=False, detail=detail)
    return Check(
        sandbox=sandbox.name,
        name="warm interpreter",
        ok=True,
        detail=f"{statistics.median(milliseconds):.0f} ms for a script that imports scikit-learn",
    )


def _run(sandbox: PooledSandbox, workspace: Workspace, script: str) -> tuple[str | None, str]:
    """The script's output, or None and why there is none."""
    result = sandbox.run(script, workspace, LIMITS)
    if result.status is ExecutionStatus.OK:
        return result.output, ""
    return None, f"{result.status}: {result.reason} {result.output[-300:]}"

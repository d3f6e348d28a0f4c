"""The forked side: a copy of the harness becomes the script, and ends with it."""

from __future__ import annotations

import atexit
import contextlib
import os
import resource
import signal
import sys
import threading
import traceback
import types
from pathlib import Path
from typing import Any, NoReturn, TextIO

from sandbox.harness import EXIT_MEMORY_ERROR
from sandbox.harness.kernel import PR_SET_DUMPABLE, PR_SET_PDEATHSIG, prctl


def run_to_end(
    config: dict[str, Any], request: dict[str, Any], path: Path, output: int
) -> NoReturn:
    """The life of the forked process, without the interpreter's slow teardown at its end."""
    code = 1
    try:
        _take_streams(output)
        os.chdir(path.parent)
        _take_limits(config["rlimits"])
        os.environ.update(request["environment"])
        if numpy := sys.modules.get("numpy"):
            numpy.random.seed()  # forks would share one state; `random` reseeds itself
        code = _execute(path)
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as any script
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code & 0xFF)


def _take_limits(rlimits: dict[str, int]) -> None:
    os.setsid()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_DUMPABLE, 1)  # a script may open its own /proc/self
    with contextlib.suppress(OSError):  # out of memory: the script goes first, not the harness
        Path("/proc/self/oom_score_adj").write_text("1000")
    for name, value in rlimits.items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (capped, capped))


def _take_streams(output: int) -> None:
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)  # not the harness's: its flags would outlive us
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, 1024)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = _text_stream(1)
    sys.stderr = _text_stream(2)


def _text_stream(descriptor: int) -> TextIO:
    """Line by line, so that what was printed before a crash is kept, in order."""
    return os.fdopen(
        descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )


def _execute(path: Path) -> int:
    """Run the script as `__main__`; its exit code, a traceback without frames of ours."""
    main = types.ModuleType("__main__")
    main.__file__ = str(path)
    sys.modules["__main__"] = main
    sys.argv = [str(path)]
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), main.__dict__)
    except SystemExit as ending:
        if ending.code is None or isinstance(ending.code, int):
            return ending.code or 0
        print(ending.code, file=sys.stderr)
        return 1
    except BaseException as error:  # the boundary between the script and this program
        trace = error.__traceback__
        traceback.print_exception(type(error), error, trace and trace.tb_next)
        return EXIT_MEMORY_ERROR if isinstance(error, MemoryError) else 1
    return 0

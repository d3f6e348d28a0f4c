"""The program inside a cell: forks once per script, watches it, reports what happened.

It is the first process of a container (PID 1) or a plain process of this machine, and needs only
the standard library: the image carries a copy. `sandbox/exchange.py` is the other end. A frame is
`kind (1 byte), length (4 bytes, big endian), payload`:

    owner   -> harness   R run a script (JSON)    C its code, right after    S stop it now
    harness -> owner     H hello (JSON)    O output    F a collected file (JSON)    D its data
                         E the end of a script (JSON)

A script runs under the same user as the harness. What keeps it out: the harness is not dumpable
(its memory and descriptors cannot be opened), as PID 1 it cannot be killed from inside, and it
checks after each script that nothing is left of it. If anything is, `clean` is false and the owner
throws the cell away.
"""

from __future__ import annotations

import struct

HEADER = struct.Struct("!cI")
EXIT_ORPHANED = 75  # the harness's own exit code when its owner is gone
EXIT_MEMORY_ERROR = 137  # what a script ends with that does not catch a MemoryError
FLOOD_FACTOR = 1000  # a script that prints this many times what is kept is stopped

# What an interpreter runs to become a harness: ARGV[1] is the folder that holds `sandbox/harness`,
# ARGV[2] the configuration. The folder leaves the path again, scripts have no use for it.
LAUNCH = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from sandbox.harness.main import main; sys.path.pop(0); main(sys.argv[2])"
)

"""make.py - what a newcomer types: make install and the manual's example.

usage: python3 -B tests/make/make.py BIN
"""
import os
import re
import signal
import subprocess
import sys

HTTP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http")
sys.path.insert(0, HTTP)
from client import DEADLINE     # noqa: E402
from harness import TOP, Place, environment     # noqa: E402
from runner import Suite, end_by_signal, equal     # noqa: E402

# In a namespace of mounts: nothing of it is seen outside, the linker's cache neither.
INSTALL = """set -e
mount -t tmpfs tmpfs /usr/local
[ ! -d /var/cache/ldconfig ] || mount -t tmpfs tmpfs /var/cache/ldconfig
cp -a /etc "$1/etc"
mount --bind "$1/etc" /etc
make -s -C "$2" install B="$3" >&2
cd "$1"
"""


def run(args, **kw):
    """Its exit code and what it says, the errors last."""
    done = subprocess.run(args, capture_output=True, text=True, timeout=10 * DEADLINE,
                          env=environment(), **kw)
    return done.returncode, done.stdout + done.stderr


# -- make install -----------------------------------------------------------------

def manual(pattern):
    with open(os.path.join(TOP, "framework", "man", "prg.3")) as f:
        return re.search(pattern, f.read(), re.DOTALL | re.MULTILINE)[1]


def installed(t, place):
    row = "the manual's first example, built by the manual's line, starts"
    if os.geteuid() != 0:
        t.skip(row, "only root can install")
        return
    place.write("app.c", manual(r"^\.Sh EXAMPLES\n.*?^\.Bd .*?\n(.*?)^\.Ed"))
    script = INSTALL + manual(r"^\.Fd (cc .*?)$") + "\n./a.out check\n"
    with t.row(row):
        equal(run(["unshare", "-m", "sh", "-c", script, "sh", place.folder, TOP,
                   os.path.relpath(place.bin, TOP)]), (0, "all is well\n"))


# -- All of it --------------------------------------------------------------------

def main(bin):
    signal.signal(signal.SIGTERM, end_by_signal)
    suite = Suite()
    suite.part = "make"
    for part in (installed,):
        with Place(suite, bin) as place:
            part(suite, place)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

"""make.py - make install with the manual's example, and make run.

usage: python3 -B tests/make/make.py BIN
"""
import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
from client import DEADLINE, Web     # noqa: E402
from harness import (     # noqa: E402
    TOP, Place, Process, check_gone, environment, free_port, kill_all, may)
from runner import equal, has, start_suite, status     # noqa: E402

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
    if not may("unshare", "-m"):
        return
    place.write("app.c", manual(r"^\.Sh EXAMPLES\n.*?^\.Bd .*?\n(.*?)^\.Ed"))
    script = INSTALL + manual(r"^\.Dl (cc .*?)$") + "\n./a.out check\n"
    with t.row(row):
        equal(run(["unshare", "-m", "sh", "-c", script, "sh", place.folder, TOP,
                   os.path.relpath(place.bin, TOP)]), (0, "ok\n"))


# -- make run ---------------------------------------------------------------------

class Run:
    """A command that serves until it is told to stop, in a session of its own, and in a
    folder that has all of the source and a build/run/ of its own."""

    def __init__(self, place, *command):
        self.folder = place.folder
        for name in ("Makefile", "framework", "apps", "templates", "deploy", "tools"):
            os.symlink(os.path.join(TOP, name), place.file(name))
        port = free_port()
        self.process = Process(["sh", "-c", 'exec "$@" >&2', "sh", *command],
                               cwd=place.folder, start_new_session=True,
                               env=environment(PORT=str(port)))
        place.servers.append(self.process)
        self.process.wait_for(f" is at http://127.0.0.1:{port}/")
        self.web = Web(port)


def ended(t, bin):
    make = ["make", "-s", "run", "B=" + os.path.abspath(bin)]
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        with Place(t, bin) as place, t.row(f"{number.name} to the group of make ends all of it"):
            ends(Run(place, *make), os.killpg, number)
    with Place(t, bin) as place, t.row("SIGTERM to make alone ends all of it"):
        ends(Run(place, *make), os.kill, signal.SIGTERM)


def another(t, bin):
    with Place(t, bin) as place, t.row("make run APP=order serves that one"):
        run = Run(place, "make", "-s", "run", "APP=order", "B=" + os.path.abspath(bin))
        try:
            has(status(run.web.get("/"), 200).text, "<h1>Order</h1>")
        finally:
            kill_all(run.folder)


def ends(run, kill, number):
    try:
        status(run.web.get("/"), 200)
        kill(run.process.pid, number)
        check_gone(run.folder)
    finally:
        kill_all(run.folder)


# -- All of it --------------------------------------------------------------------

def main(bin):
    suite = start_suite("make")
    with Place(suite, bin) as place:
        installed(suite, place)
    ended(suite, bin)
    another(suite, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

"""make.py - make install, with programs built outside of the tree; make deb; make run.

usage: python3 -B tests/make/make.py BIN
"""
import fnmatch
import os
import re
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
from client import DEADLINE, Web     # noqa: E402
from harness import (     # noqa: E402
    TOP, Place, Process, check_gone, environment, free_port, heed_ctrl_c, kill_all,
    may)
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

def source(pattern, *names):
    with open(os.path.join(TOP, "framework", *names)) as f:
        return re.search(pattern, f.read(), re.DOTALL | re.MULTILINE)[1]


VERSION = source(r'#define PRG_VERSION\s+"(.*?)"', "prg.h")
COMPILE = source(r"^\.Dl (cc .*?)$", "man", "prg.3")

# A form and its result, by CGI: the program's answers to POST and GET.
VISIT = """export GATEWAY_INTERFACE=CGI/1.1 PRG_STORE="$PWD/s.db" HTTP_HOST=a HTTP_ORIGIN=http://a
found=$(printf 'name=Ann&stars=5' | REQUEST_METHOD=POST REQUEST_URI=/ CONTENT_LENGTH=16 \\
    CONTENT_TYPE=application/x-www-form-urlencoded ./demo | sed -n 's/^Location: //p' | tr -d '\\r')
REQUEST_METHOD=GET REQUEST_URI=$found ./demo | grep -o 'You gave .* stars'
"""

# What is done where prg has been installed: (claim, commands, what they say, their exit code)
INSTALLED = [
    ("the manual's first example, built by the manual's line, starts",
     COMPILE + "\n./a.out check\n", "ok; templates: built-in\n", 0),
    ("pkg-config has the version of prg.h", "pkg-config --modversion prg", VERSION + "\n", 0),
    ("a program that was compiled with another prg.h is refused",
     "sed 's/const char.*lang;/& int more;/' /usr/local/include/prg.h >prg.h\n" +
     COMPILE.replace("cc ", "cc -I. ") + "\n./a.out check 2>&1 | sed 's/ABI [0-9]*/ABI N/g'\n",
     f"./a.out: built for another libprg (ABI N), not for {VERSION} (ABI N); "
     "compile it again\n", 0),
    ("it is refused with a status of 2", "./a.out check 2>/dev/null", "", 2),
    ("prg new makes an app that builds, and passes its tests",
     "prg new demo >/dev/null && make -s -C demo && make -s -C demo test >test.log 2>&1 && "
     "demo/build/demo check || cat test.log", "ok; templates: embedded\n", 0),
    ("the app's templates are in the program, and go where it goes",
     "mkdir empty && mv demo/build/demo empty && rm -r demo && cd empty\n" + VISIT,
     "You gave 5 of 5 stars\n", 0),
    ("prg embed refuses a folder that is not there", "prg embed none 2>&1 >/dev/null",
     "prg embed: none: not a folder\n", 1),
    ("prg embed refuses two files of one name", "mkdir one two; >one/a.css; >two/a.css\n"
     "prg embed one two 2>&1 >/dev/null",
     "prg embed: two/a.css: a folder before has a file of this name\n", 1),
    ("prg embed refuses a name that is no C string", "mkdir odd; >'odd/a\"b.mustache'\n"
     "prg embed odd 2>&1 >/dev/null",
     "prg embed: odd/a\"b.mustache: invalid name; use A-Z, a-z, 0-9, '.', '_' and '-'\n", 1),
]


def installed(t, place):
    if os.geteuid() != 0:
        t.skip("make install", "only root can install")
        return
    if not may("unshare", "-m"):
        return
    place.write("app.c", source(r"^\.Sh EXAMPLES\n.*?^\.Bd .*?\n(.*?)^\.Ed", "man", "prg.3"))
    script = INSTALL + "set +e\n" + "".join(
        f"echo '= {number}'; ({commands}\n) 2>&1; echo \"= $?\"\n"
        for number, (_, commands, _, _) in enumerate(INSTALLED))
    code, said = run(["unshare", "-m", "sh", "-c", script, "sh", place.folder, TOP,
                      os.path.relpath(place.bin, TOP)])
    for number, (claim, _, words, status_) in enumerate(INSTALLED):
        with t.row(claim):
            has(said, f"= {number}\n{words}= {status_}\n")


# -- make deb ---------------------------------------------------------------------

DEBS = {
    "libprg0": ["/usr/lib/*/libprg.so.0"],
    "libprg-dev": ["/usr/include/prg.h", "/usr/include/prg_test.h",
                   "/usr/lib/*/libprg.so", "/usr/lib/*/libprg.a",
                   "/usr/lib/*/pkgconfig/prg.pc", "/usr/share/man/man3/prg.3.gz",
                   "/usr/share/man/man7/prg-template.7.gz", "/usr/share/man/man8/prg-app.8.gz"],
    "prg-tools": ["/usr/bin/prg", "/usr/share/prg/embed", "/usr/share/prg/new/app.c",
                  "/usr/share/prg/templates/form.mustache", "/usr/share/prg/static/prg.css",
                  "/usr/share/prg/deploy/nginx.conf", "/usr/share/prg/deploy/guestbook.service",
                  "/usr/share/man/man1/prg.1.gz"],
}


def packages(t, place):
    with t.row("make deb makes the packages"):
        equal(run(["make", "-s", "-C", TOP, "deb", "B=" + place.bin]), (0, ""))
    folder = place.bin + "/deb/"
    for name, files in DEBS.items():
        with t.row(f"{name} has its files"):
            deb, = [f for f in os.listdir(folder) if re.match(rf"{name}_{VERSION}_\w+\.deb$", f)]
            code, said = run(["dpkg-deb", "-c", folder + deb])
            listed = re.findall(r" \.(/\S+)(?: -> \S+)?$", said, re.MULTILINE)
            equal([f for f in files if not fnmatch.filter(listed, f)], [])
            equal([f for f in listed if f.startswith("/usr/local")], [])
    with t.row("lintian finds no error"):
        changes, = [f for f in os.listdir(folder) if f.endswith(".changes")]
        code, said = run(["lintian", "--allow-root", "--fail-on", "error", folder + changes])
        equal((code, re.findall("^E: .*", said, re.MULTILINE)), (0, []))


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
                               env=environment(PORT=str(port), TMPDIR=place.folder),
                               preexec_fn=heed_ctrl_c)
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
        packages(suite, place)
    ended(suite, bin)
    another(suite, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

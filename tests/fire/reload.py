"""reload.py - at SIGHUP a new process takes over, and no visitor notices.

usage: python3 -B tests/fire/reload.py BIN [RELOADS]
"""
import ctypes
import fcntl
import os
import re
import shutil
import signal
import socket
import sys
import termios
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
from client import DEADLINE     # noqa: E402
from harness import App, Place, environment, may     # noqa: E402
from load import Load     # noqa: E402
from runner import equal, start_suite, status     # noqa: E402

RELOADS = 10
PROMPT = 8      # seconds; without open connections it is a moment
PR_SET_CHILD_SUBREAPER = 36     # sys/prctl.h


def parent(pid):
    with open(f"/proc/{pid}/stat") as f:
        return int(f.read().rpartition(")")[2].split()[1])


class Service:
    """What systemd is to a service of Type=notify: it is told who serves."""

    def __init__(self, place):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(DEADLINE)
        self.socket.bind(place.file("notify"))
        # A copy, to be replaced.
        self.kept = place.args()[0]
        self.program = shutil.copy(self.kept, place.file("guestbook"))
        path, store = place.file("app.sock"), place.file("guestbook.db")
        self.app = App([self.program, "--listen", "unix:" + path, "--store", store], path, store,
                       cwd=place.folder, env=environment(NOTIFY_SOCKET=place.file("notify")),
                       start_new_session=True)
        equal(self.told(), "READY=1", "what it says at first")
        self.main = self.app.pid

    def told(self):
        return self.socket.recv(1000).decode()

    def reload(self):
        """Another process serves from now on, and the one before it has ended.  Told of one
        that is not its child by then, systemd would give it no time to end one day."""
        os.kill(self.main, signal.SIGHUP)
        said = self.told()
        m = re.fullmatch(r"READY=1\nMAINPID=(\d+)", said)
        assert m and int(m[1]) != self.main, said
        old, self.main = self.main, int(m[1])
        equal(parent(self.main), os.getpid(), "the parent of the new one")
        self.check_ended(old)

    def check_ended(self, pid):
        """It has, or does soon, with exit code 0."""
        if pid == self.app.pid:
            equal(self.app.process.wait(DEADLINE), 0, "the exit code of the first")
        else:
            equal(os.waitpid(pid, 0), (pid, 0), "the number and exit code")

    def replace(self, text):
        """Another program in the place of the one that runs."""
        with open(self.program + "~", "w") as f:
            f.write(text)
        os.chmod(self.program + "~", 0o755)
        os.rename(self.program + "~", self.program)

    def end(self):
        os.kill(self.main, signal.SIGTERM)
        self.check_ended(self.main)
        self.end_of_log()

    def end_of_log(self):
        self.app.wait()
        self.app.process.stderr.close()
        self.socket.close()


def reloads(t, service, load, count):
    with t.row(f"{count} reloads: nobody notices"):
        for _ in range(count):
            service.reload()
            load.wait_for(500)
        equal(load.wrong()[:3], [], "what failed")

# What is in the program's place, None for nothing; what is said of it.
BAD = [
    ("#!/bin/sh\nexit 3\n", "the new process ended with exit code 3; this one serves on"),
    ("#!/bin/sh\nkill -9 $$\n", "the new process broke off; this one serves on"),
    ('#!/bin/sh\nexec %(old)s --store /dev/null\n',
     "the new process ended before it served; this one serves on"),
    ("no program\n", "cannot start "),
    (None, "cannot start "),
]


def bad(t, service, load):
    for number, (text, words) in enumerate(BAD):
        with t.row(f"a new program that is {text!r} changes nothing: {words}"):
            if text is None:
                os.remove(service.program)
            else:
                service.replace(text.replace("%(old)s", service.kept))
            os.kill(service.main, signal.SIGHUP)
            app = service.app
            with app.event:
                assert app.event.wait_for(lambda: app.log.count("SIGHUP: ") > number, DEADLINE)
            assert words in app.log.rpartition("SIGHUP: ")[2], app.log
            load.wait_for()
            equal(load.wrong()[:3], [], "what failed")
            status(app.request("GET", "/"), 200)


def alone(t, bin):
    """The end of process 1 is that of all others, so none can take over from it."""
    inside = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]),
              "--pid", "--fork", "--kill-child"]
    if not may(*inside):
        return
    with t.row("process 1 of a container serves on, and says why"), Place(t, bin) as place:
        path, store = place.file("app.sock"), place.file("guestbook.db")
        app = App(inside + place.args("--listen", "unix:" + path, "--store", store), path, store,
                  env=environment(), start_new_session=True)
        place.apps.append(app)
        with open(f"/proc/{app.pid}/task/{app.pid}/children") as f:
            first = int(f.read())
        os.kill(first, signal.SIGHUP)
        app.wait_for("SIGHUP: process 1 ")
        status(app.request("GET", "/"), 200)
        os.kill(first, signal.SIGTERM)
        equal(app.wait(), 0, "the exit code")


# -- told to stop, while another process takes over ------------------------------------

def children():
    """Ours, and those that others have left to us."""
    pids = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as f:
            pids += map(int, f.read().split())
    return pids


def expect_nobody(app):
    """It ends well, and what it has started does."""
    equal(app.wait(), 0, "the exit code")
    end = time.monotonic() + PROMPT
    try:
        while time.monotonic() < end:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
    except ChildProcessError:
        return
    for pid in children():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    raise AssertionError(f"somebody is left:\n{app.log}")


def replaced(place, text):
    """An app, and another program in the place of its own since it runs."""
    path, store = place.file("app.sock"), place.file("guestbook.db")
    old = place.args()[0]
    program = shutil.copy(old, place.file("guestbook"))
    app = App([program, "--listen", "unix:" + path, "--store", store], path, store,
              env=environment(), start_new_session=True)
    place.apps.append(app)
    os.rename(place.write("another", text.replace("%(old)s", old)), program)
    os.chmod(program, 0o755)
    return app


# What is to take over, and hangs.
HANGS = [
    ("has said nothing", "#!/bin/sh\necho it hangs >&2\nexec sleep 60\n"),
    ("has said its number",
     f"#!{sys.executable}\nimport os, struct, time\nos.fork() and os._exit(0)\n"
     "os.write(3, struct.pack('i', os.getpid()))\nos.write(2, b'it hangs\\n')\n"
     "time.sleep(60)\n"),
]


def stop_after(t, bin, seconds):
    """SIGTERM so long after SIGHUP; whether it came before it was told who serves."""
    with Place(t, bin) as place:
        service = Service(place)
        service.app.signal(signal.SIGHUP)
        time.sleep(seconds)
        service.app.signal(signal.SIGTERM)
        service.socket.setblocking(False)
        try:
            os.kill(int(service.told().rpartition("=")[2]), signal.SIGTERM)
            before = False
        except BlockingIOError:
            before = True
        expect_nobody(service.app)
        service.end_of_log()
        return before


def stopped(t, bin):
    with t.row("SIGTERM while the new one starts: nobody is left"):
        before = sum(stop_after(t, bin, i / 5000) for i in range(40))
        assert before >= 5, f"no more than {before} came that early"
    for name, text in HANGS:
        with t.row(f"SIGTERM while one hangs that {name}: nobody is left"), \
                Place(t, bin) as place:
            app = replaced(place, text)
            app.signal(signal.SIGHUP)
            app.wait_for("it hangs\n")
            took = app.stop()
            assert took < PROMPT, f"it took {took:.1f} s"
            expect_nobody(app)
    with t.row("SIGTERM just as the new one serves: nobody is left"), Place(t, bin) as place:
        app = replaced(place, '#!/bin/sh\nkill -STOP $PPID\nexec %(old)s "$@"\n')
        app.signal(signal.SIGHUP)
        with app.event:
            assert app.event.wait_for(lambda: app.log.count(" event=start ") == 2, DEADLINE)
        app.signal(signal.SIGTERM)
        app.signal(signal.SIGCONT)
        expect_nobody(app)


def queued(t, bin):
    with t.row("SIGTERM after a reload: who waits in the queue is answered"), \
            Place(t, bin) as place:
        service = Service(place)
        service.reload()
        os.kill(service.main, signal.SIGSTOP)
        waiting = [service.app.connect() for _ in range(500)]
        for c in waiting:
            c.send("POST", "/", (), "name=Ann&message=Hi")
        os.kill(service.main, signal.SIGTERM)
        os.kill(service.main, signal.SIGCONT)
        try:
            for c in waiting:
                status(c.read(), 303)
                c.close()
        finally:
            service.check_ended(service.main)
            service.end_of_log()


def in_terminal(place, hup):
    """One that is started in a terminal, which is closed then."""
    def begin():
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGHUP, hup)
    ours, theirs = os.openpty()
    app = place.app(stdin=theirs, start_new_session=True, preexec_fn=begin)
    os.close(theirs)
    os.close(ours)
    return app


def hung_up(t, bin):
    with t.row("its terminal is closed: it ends, and nobody is left"), Place(t, bin) as place:
        expect_nobody(in_terminal(place, signal.SIG_DFL))
    with t.row("started by nohup, it lives on"), Place(t, bin) as place:
        app = in_terminal(place, signal.SIG_IGN)
        equal(app.process.wait(DEADLINE), 0, "the exit code of the first")
        status(app.request("GET", "/"), 200)
        for pid in children():
            os.kill(pid, signal.SIGTERM)
        expect_nobody(app)


def run(t, bin, count):
    with Place(t, bin) as place:
        service = Service(place)
        try:
            load = Load(place.nginx(service.app))
            try:
                load.wait_for()
                reloads(t, service, load, count)
                bad(t, service, load)
            finally:
                load.stop()
            with t.row("each 303 is one row, and there is no other"):
                equal(load.wrong()[:3], [], "what failed")
                load.check_rows(service.app)
        finally:
            service.end()
        print(f"# {count} reloads, {load.done} requests, {len(load.seen())} of them POSTs, "
              f"{len(load.wrong())} failed", flush=True)


def main(bin, count):
    # What takes over is a child of a child: it becomes ours when that one ends.
    assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    suite = start_suite("reload")
    run(suite, bin, count)
    alone(suite, bin)
    queued(suite, bin)
    stopped(suite, bin)
    hung_up(suite, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else RELOADS))

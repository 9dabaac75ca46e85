"""Start, stop, and change places without losing a request."""
import os
import signal
import socket
import time

from client import DEADLINE, STDERR
from harness import Place
from load import Load
from runner import equal, has, status

ANN = "name=Ann&message=Hi"
PROMPT = 8              # seconds; without open connections it is a moment


def stop_and_start(t, place):
    app = place.app()
    location = status(app.request("POST", "/", (), ANN), 303).get("Location")
    page = app.request("GET", location).body
    for number in (signal.SIGTERM, signal.SIGINT):
        with t.row(f"{number.name} ends it with exit code 0, promptly"):
            took = app.stop(number)
            assert took < PROMPT, f"it took {took:.1f} s"
            has(app.log, " event=stop rows=")
        app = place.app()
        with t.row(f"started again after {number.name}, the entry is under its URL"):
            equal(status(app.request("GET", location), 200).body, page)
    with t.row("an idle connection does not keep it"):
        idle = app.connect()
        idle.request("GET", "/", keep=True)
        took = app.stop()
        assert took < PROMPT, f"it took {took:.1f} s"
        equal(idle.read_record(), (STDERR, 1, b""), "what makes nginx close it")
        assert idle.at_end()


def cant_start(place):
    try:
        place.app("--take-over", "--store", "/no/such/folder/x.db")
    except AssertionError as e:
        has(str(e), "/no/such/folder/x.db")
    else:
        raise AssertionError("it could start")


def refused(place, first):
    """The sentence of an app that may not replace the first one."""
    try:
        place.app()
    except AssertionError as e:
        has(str(e), f"{first.pid}")
        has(str(e), "--take-over")
    else:
        raise AssertionError("it could start")


def take_over(t, place):
    first = place.app()
    load = Load(place.nginx(first), visitors=8)
    try:
        load.wait_for(100)
        with t.row("without --take-over a second one is refused, and says which process serves"):
            refused(place, first)
        with t.row("one with --take-over that can't start is not noticed"):
            cant_start(place)
            load.wait_for(100)
            equal(load.wrong(), [], "what failed")
        with t.row("one with --take-over serves, the first one ends, and no request fails"):
            second = place.app("--take-over")
            equal(first.wait(), 0, "the exit code")
            load.wait_for(100)
            equal(load.wrong(), [], "what failed")
        with t.row("a third, and a fourth"):
            for _ in range(2):
                third = place.app("--take-over")
                equal(second.wait(), 0, "the exit code")
                load.wait_for(20)
                second = third
            equal(load.wrong(), [], "what failed")
    finally:
        load.stop()
    with t.row("all of it is stored"):
        load.check_rows(second)
    with t.row("no socket is left beside the path"):
        equal([n for n in os.listdir(place.folder) if ".sock." in n], [])
    with t.row("a path that nobody serves needs no flag"):
        second.kill()
        status(place.app().request("GET", "/"), 200)


def queued(t, place):
    """Connections that the first has not accepted when a second takes its place."""
    first = place.app()
    first.signal(signal.SIGSTOP)
    waiting = [first.connect() for _ in range(500)]
    for c in waiting:
        c.send("POST", "/", (), ANN)
    second = place.app("--take-over")
    with t.row("what waits for the first when another takes its place is answered"):
        first.signal(signal.SIGCONT)
        for c in waiting:
            status(c.read(), 303)
            c.close()
        equal(first.wait(), 0, "the exit code")
        equal(second.rows("SELECT count(*) FROM submission"), [(500,)])


def finish_first(t, place):
    """A request whose handler runs when SIGTERM comes."""
    app = place.app("--threads", "2", program="probe")
    pipe = place.file("gate")
    os.mkfifo(pipe)
    gate = os.open(pipe, os.O_RDWR)
    held = app.connect()
    held.send("POST", "/gate", (), "text=" + pipe.replace("/", "%2F"))
    app.wait_for("at the gate")
    with t.row("what is under way at SIGTERM is answered, then it ends"):
        app.signal(signal.SIGTERM)
        os.write(gate, b"!")
        location = status(held.read(), 303).get("Location")
        equal(app.wait(), 0, "the exit code")
    with t.row("and its result is there when it is back"):
        app = place.app(program="probe")
        status(app.request("GET", location), 200)
    with t.row("what outlasts --grace does not keep it"):
        app.stop()
        app = place.app("--grace", "0", program="probe")
        held = app.connect()
        held.send("POST", "/gate", (), "text=" + pipe.replace("/", "%2F"))
        app.wait_for("at the gate")
        took = app.stop()
        assert took < PROMPT, f"it took {took:.1f} s"
        has(app.log, "1 requests had not ended when the grace of 0 s was over")
    os.close(gate)


def inherited(t, place):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(place.file("inherited.sock"))
        s.listen(100)
        with t.row("a listening socket on descriptor 0 is used"):
            app = place.app(stdin=s)
            app.path = place.file("inherited.sock")
            status(app.request("POST", "/", (), ANN), 303)
            app.stop()


def beats(app):
    return int(status(app.request("GET", "/", [("Accept", "application/json")]), 200).json["beats"])


def begun_early(t, place):
    """An app that has a thread before it calls prg_main()."""
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.settimeout(DEADLINE)
    told.bind(place.file("notify"))
    app = place.app(program="early", env={"NOTIFY_SOCKET": place.file("notify")})
    with t.row("systemd is told that it serves"):
        equal(told.recv(100), b"READY=1")
    with t.row("a thread of the app's own runs on"):
        first, end = beats(app), time.monotonic() + DEADLINE
        while beats(app) == first:
            assert time.monotonic() < end, "it does not"
    told.close()


def run(t, bin):
    for part in (begun_early, stop_and_start, take_over, queued, finish_first, inherited):
        with Place(t, bin) as place:
            part(t, place)

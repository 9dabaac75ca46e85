"""A handler that hangs is told of, twice, and stops nobody else."""
from client import DEADLINE
from forms import Gate
from harness import Place
from runner import equal, has, lacks, status
from test_log import lines_of, named
from test_status import Metrics

# The kind of handler, and the request that makes it wait at the gate.
HANDLERS = [
    ("get", "/wait", lambda gate: ("GET", "/wait?pipe=" + gate.path), 200),
    ("post", "/gate", lambda gate: ("POST", "/gate", (), gate.form), 303),
    ("record", "/wait", lambda gate: ("POST", "/wait", (), gate.form), 303),
]


def hold(app, gate, request, id):
    """A request that waits at the gate."""
    c = app.connect()
    seen = app.log.count("at the gate")
    c.send(*request(gate), more=[("REQUEST_ID", id)])
    with app.event:
        assert app.event.wait_for(lambda: app.log.count("at the gate") > seen, DEADLINE), app.log
    return c


def told(app, event, id):
    app.wait_for(f"event={event} id={id} ")
    lines = [p for p in lines_of(app, event) if p["id"] == id]
    equal(len(lines), 1, f"the count of lines of {event}")
    return lines[0]


def check_line(line, route, handler):
    equal((line["level"], line["route"], line["handler"]), ("warning", route, handler))
    assert float(line["ms"]) >= 1000, line


def hangs(t, app, gate, row):
    handler, route, request, want = row
    held = hold(app, gate, request, "id-" + handler)
    with t.row(f"a {handler} that takes longer than a second is told of"):
        check_line(told(app, "handler-hangs", "id-" + handler), route, handler)
    with t.row(f"others are answered beside a {handler} that hangs"):
        for _ in range(20):
            status(app.request("GET", "/note"), 200)
        equal(Metrics(app).get("prg_handlers_hanging"), 1)
    with t.row(f"a {handler} that hung ends well, and how long it took is told"):
        lacks(app.log, "event=handler-ended id=id-" + handler, "the log before its end")
        gate.open()
        status(held.read(), want)
        check_line(told(app, "handler-ended", "id-" + handler), route, handler)
        equal(Metrics(app).get("prg_handlers_hanging"), 0)
        equal(len([p for p in lines_of(app, "handler-hangs") if p["id"] == "id-" + handler]), 1)
    held.close()


def quick(t, app, gate):
    with t.row("one that ends in time is not told of"):
        c = hold(app, gate, HANDLERS[0][2], "quick")
        gate.open()
        status(c.read(), 200)
        status(named(app, "behind", "POST", "/fail", (), "text=a"), 503)
        app.wait_for(" id=behind ")
        lacks(app.log, "id=quick ", "the log")
        c.close()


def run(t, bin):
    """In "hasty" a handler is slow after one second."""
    with Place(t, bin) as place:
        app = place.app(program="hasty")
        gate = Gate(place)
        for row in HANDLERS:
            hangs(t, app, gate, row)
        quick(t, app, gate)
        with t.row("one that hangs at the end does not keep it"):
            hold(app, gate, HANDLERS[1][2], "last").close()
            gate.open()
            app.stop()
            has(app.log, "event=stop ")
        gate.close()

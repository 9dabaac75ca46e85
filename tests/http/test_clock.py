"""The wall clock is set between GET, POST and replay: one result, never a loop."""
import os
import struct
import time

from forms import KEY, get_key, location, post, ran, status
from harness import Place
from page import Page
from runner import equal, has

# The years before the first ID, too: a board without a battery begins in 1970.
STEPS = [
    ("4 minutes back", -240), ("6 minutes back", -360), ("an hour back", -3600),
    ("a day back", -86400), ("31 days on", 31 * 86400), ("400 days on", 400 * 86400),
    ("to 2013", None), ("to 1970", None),
]
AT = {"to 2013": 1370000000, "to 1970": 60}


class Clock:
    """The clock of all apps that this starts."""

    def __init__(self, place):
        self.path, self.place = place.write("clock", "\0" * 8), place

    def set(self, name, seconds=None):
        offset = AT[name] - int(time.time()) if name in AT else seconds or 0
        with open(self.path, "r+b") as f:
            f.write(struct.pack("=q", offset))

    def app(self, socket="app.sock"):
        return self.place.app(program="owner", socket=socket, env={
            "PRG_CLOCK": self.path, "LD_PRELOAD": self.place.args(program="clock.so")[0],
            "ASAN_OPTIONS": "verify_asan_link_order=0"})


def settle(app, key, text):
    """Send a form, and the draft that it may become once more, as it says."""
    address = location(post(app, "/note", key, text=text))
    page = Page(status(app.request("GET", address), 200).text)
    if KEY in page.inputs:
        key = page.inputs[KEY]["value"]
        equal(location(post(app, "/note", key, text=text)), address, "the address")
    return address, key


def results(app, text):
    return app.rows("SELECT count(*) FROM submission WHERE state = 'done'"
                    " AND json_extract(input, '$.text') = ?", text)[0][0]


def replayed(t, clock, apps, name, seconds):
    """The clock is set when the result is there."""
    a, b = apps
    text = "replay " + name
    clock.set("now")
    key = get_key(a, "/note")
    address, _ = settle(a, key, text)
    with t.row(f"{name} after the POST: the same form leads to its result, in both processes"):
        clock.set(name, seconds)
        count = ran(a) + ran(b)
        for app in (a, b, a):
            equal(location(post(app, "/note", key, text=text)), address)
        equal(ran(a) + ran(b), count)
        equal(results(a, text), 1, "the count of results")
    with t.row(f"{name} after the POST: other content has one address, too"):
        clock.set("now")
        other = location(post(a, "/note", key, text=text + "!"))
        clock.set(name, seconds)
        equal({location(post(app, "/note", key, text=text + "!")) for app in apps}, {other})
    clock.set("now")


def posted(t, clock, apps, name, seconds):
    """The clock is set while the form is open."""
    for who, app in zip(("the process that made it", "another process"), apps):
        text = f"{who} {name}"
        clock.set("now")
        key = get_key(apps[0], "/note")
        clock.set(name, seconds)
        with t.row(f"{name} after the GET: {who} stores the form, or asks once"):
            address, key = settle(app, key, text)
            equal(results(app, text), 1, "the count of results")
        with t.row(f"{name} after the GET, then right: the form of {who} leads to its result"):
            clock.set("now")
            for other in apps:
                equal(location(post(other, "/note", key, text=text)), address)
            equal(results(app, text), 1, "the count of results")


def ahead(t, clock, apps):
    """The form was made while the clock was ahead, which is put right."""
    for name, seconds in (("6 minutes", 360), ("an hour", 3600), ("31 days", 31 * 86400)):
        clock.set("then", seconds)
        key, used = get_key(apps[0], "/note"), get_key(apps[0], "/note")
        address, _ = settle(apps[0], used, "ahead " + name)
        clock.set("now")
        with t.row(f"a form that this process made is not from the future ({name})"):
            equal(location(post(apps[0], "/note", key, text="open " + name)),
                  "/note/" + key[:27])
        with t.row(f"a result of the future is found ({name})"):
            for app in apps:
                equal(location(post(app, "/note", used, text="ahead " + name)), address)
            equal(results(apps[0], "ahead " + name), 1, "the count of results")


def removed(t, clock, apps):
    clock.set("then", 3600)
    address = location(post(apps[0], "/removable", None, text="x"))
    clock.set("now")
    with t.row("a result of the future can be deleted, by another process too"):
        key = get_key(apps[1], address)
        equal(location(post(apps[1], address + "/delete", key)), address)
        status(apps[1].request("GET", address), 410)


def started(t, place):
    clock = Clock(place)
    clock.set("to 1970")
    app = clock.app()
    with t.row("a clock before the first ID is told of at the start"):
        has(app.log, "the clock says 1970-")
    with t.row("and stops nobody: one result"):
        key = get_key(app, "/note")
        equal(location(post(app, "/note", key, text="one")), "/note/" + key[:27])
        clock.set("now")
        equal(location(post(app, "/note", key, text="one")), "/note/" + key[:27])
        equal(results(app, "one"), 1)
    with t.row("SIGTERM ends it soon, whatever the clock does"):
        assert app.stop() < 5


def run(t, bin):
    if not os.path.exists(os.path.join(bin, "clock.so")):
        t.skip("the clock", "no clock.so")
        return
    with Place(t, bin) as place:
        clock = Clock(place)
        apps = clock.app(), clock.app("b.sock")
        for step in STEPS:
            replayed(t, clock, apps, *step)
            posted(t, clock, apps, *step)
        ahead(t, clock, apps)
        removed(t, clock, apps)
    with Place(t, bin) as place:
        started(t, place)

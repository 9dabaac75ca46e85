"""Idempotency-Key: for a program, the same key gets the same answer."""
import sqlite3

from client import DEADLINE
from forms import HTML, JSON, Visitor, location, post, ran, run_command
from harness import Place
from page import Page
from runner import equal, has, lacks, status

NAMES = [
    ("a string", '"8e03978e-40d5-43e8-bc93-6894a57f9324"'),
    ("a bare UUID, as is common", "8e03978e-40d5-43e8-bc93-6894a57f9325"),
    ("16 characters", '"' + "x" * 16 + '"'),
    ("a string with a quote in it", r'"a\"b, twice and so on"'),
    ("255 characters", '"' + "k" * 255 + '"'),
]

WRONG = [
    ("an empty string", '""'),
    ("no end of its quotes", '"abc'),
    ("two of them", '"a", "b"'),
    ("256 characters", '"' + "k" * 256 + '"'),
    ("letters beyond ASCII", '"\u00e4"'),
    ("a number of bytes", ":YWJj:"),
    ("one letter, where others may choose the same", '"1"'),
    ("15 characters", '"' + "k" * 15 + '"'),
    ("15 characters without quotes", "k" * 15),
]


def named(client, name, path="/note", accept=JSON, **fields):
    return post(client, path, None, [("Idempotency-Key", name), ("Accept", accept)], **fields)


def body_of(r):
    return r.status, r.get("Location"), r.get("Content-Location"), r.get("Content-Type"), r.body


def same_answer(t, app):
    for i, (how, name) in enumerate(NAMES):
        with t.row(f"{how}: 201, and the same answer each time"):
            first = status(named(app, name, text="one"), 201)
            equal(first.get("Content-Location"), first.get("Location"))
            equal(first.json["input"]["text"], "one")
            for _ in range(3):
                equal(body_of(named(app, name, text="one")), body_of(first))
            equal(ran(app), i + 1)
    name = NAMES[0][1]
    first = named(app, name, text="one")
    with t.row("the address is a result, and it does not show the key"):
        r = status(app.request("GET", first.get("Location"), [("Accept", JSON)]), 200)
        equal(r.json, first.json)
        assert "8e03978e" not in first.text + str(first), first
    with t.row("a browser with the key gets the 303 to it"):
        equal(location(named(app, name, accept=HTML, text="one")), first.get("Location"))
    with t.row("other content under the key is 422, for both, and runs nothing"):
        count = ran(app)
        for accept in (JSON, HTML):
            r = status(named(app, name, accept=accept, text="two"), 422)
            assert "Idempotency-Key" in r.text, r
        equal(ran(app), count)
    with t.row("the same key is another's on another route"):
        other = status(named(app, name, "/other", text="one"), 201)
        assert other.get("Location") != first.get("Location"), other
    with t.row("each key is one row"):
        equal(app.rows("SELECT count(*) FROM submission"), [(len(NAMES) + 1,)])


def wrong(t, app):
    for how, name in WRONG:
        with t.row(f"{how} is 400, and runs nothing"):
            r = status(named(app, name, text="one"), 400)
            equal(r.get("Content-Type"), "application/problem+json")
    with t.row("two keys that differ are 400"):
        status(app.request("POST", "/note", [("Idempotency-Key", '"a"'),
                                             ("Idempotency-Key", '"b"')], "text=one"), 400)
    with t.row("an empty header is none"):
        status(named(app, "", text="one"), 201)
    equal(ran(app), 1)


def invalid(t, app):
    with t.row("what does not fit is 422 each time, and the key is free for what does"):
        for _ in range(2):
            equal(status(named(app, '"the key of a test"', text=""), 422).json["errors"][0]["pointer"], "#/text")
        status(named(app, '"the key of a test"', text="one"), 201)
        status(named(app, '"the key of a test"', text=""), 422)
        status(named(app, '"the key of a test"', text="one"), 201)
    with t.row("in HTML it is 422 with a form that can be sent as it is"):
        r = status(named(app, '"the key of a browser"', accept=HTML, text=""), 422)
        key = Page(r.text).having("name", "prg-key")[0][1]["value"]
        sent = post(app, "/note", None, [("Accept", HTML)], text="mended", **{"prg-key": key})
        equal(status(sent, 303).get("Location"), "/note/" + key.split(".")[0])
        page = status(app.request("GET", sent.get("Location")), 200).text
        has(page, "mended")
        lacks(page, "Error:")


def of_a_visitor(t, app):
    """A key is its visitor's: without the cookie each retry would be another's."""
    names = [("Idempotency-Key", '"v"'), ("Accept", JSON)]
    with t.row("on a visitor's route, without the cookie, it is 403 and runs nothing"):
        for _ in range(2):
            has(status(post(app, "/mine", None, names, text="one"), 403).text, "cookie")
        equal(ran(app), 0)
    with t.row("with it, the same answer each time; another visitor's is another"):
        ann, bob = Visitor(app), Visitor(app)
        for visitor in (ann, bob):
            status(visitor.request("GET", "/mine"), 200)
        first = status(post(ann, "/mine", None, names, text="one"), 201)
        equal(body_of(post(ann, "/mine", None, names, text="one")), body_of(first))
        assert status(post(bob, "/mine", None, names, text="one"), 201).get(
            "Location") != first.get("Location")
        equal(ran(app), 2)


def in_flight(t, app):
    """The first waits for the disk; the store is in other hands."""
    db = sqlite3.connect(app.store, DEADLINE, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    headers = [("Idempotency-Key", '"the slow one of two"'), ("Accept", JSON)]
    first = app.connect()
    first.send("POST", "/note", headers, "text=one")
    app.wait_for("the handler ran")
    with t.row("while the first is under way, the same key is 409"):
        for _ in range(3):
            r = status(named(app, '"the slow one of two"', text="one"), 409)
            equal(r.json["status"], 409)
    with t.row("another key is not"):
        other = app.connect()
        other.send("POST", "/note", [("Idempotency-Key", '"the other one of two"'), ("Accept", JSON)],
                   "text=one")
    db.execute("COMMIT")
    db.close()
    with t.row("then the first is 201, and so is the key from now on"):
        r = status(first.read(), 201)
        equal(body_of(named(app, '"the slow one of two"', text="one")), body_of(r))
        status(other.read(), 201)
        equal(ran(app), 2)


def run(t, bin):
    for part in (same_answer, wrong, invalid, of_a_visitor, in_flight):
        with Place(t, bin) as place:
            part(t, place.app(program="owner"))
    with Place(t, bin) as place:
        a = place.app(program="owner")
        b = place.app(program="owner", socket="b.sock")
        with t.row("two processes on one store give the same answer"):
            first = status(named(a, '"the key of a test"', text="one"), 201)
            equal(body_of(named(b, '"the key of a test"', text="one")), body_of(first))
            status(named(b, '"the key of a test"', text="two"), 422)
            equal(ran(b), 0)
        with t.row("also after a rotation of the secrets, and a new start"):
            equal(run_command(place, "rotate"), (0, ""))
            a.stop()
            a = place.app(program="owner")
            equal(body_of(named(a, '"the key of a test"', text="one")), body_of(first))

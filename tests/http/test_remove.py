"""Deleting a result: by its own form alone; its address then says so for good."""
import os

from forms import (HTML, JSON, KEY, Visitor, body, change_store, get_key, id_of, location,
                   make_id, post, ran, secrets, sign)
from harness import Place
from page import Page
from runner import equal, lacks, status

# What is sent in place of the key that deletes /removable/{id}.
WRONG = [
    ("none", lambda s, id: None),
    ("an empty one", lambda s, id: ""),
    ("one that sends a form", lambda s, id: sign(s, id, "/removable")),
    ("that of another result", lambda s, id: sign(s, make_id(), "/removable", "delete")),
    ("that of another route", lambda s, id: sign(s, id, "/mine", "delete")),
    ("one signed with another secret",
     lambda s, id: sign(os.urandom(32), id, "/removable", "delete")),
    ("one that is cut", lambda s, id: sign(s, id, "/removable", "delete")[:-1]),
    ("one of a visitor", lambda s, id: sign(s, id, "/removable", "delete", owner="visitor:0")),
]


def check_gone(client, address):
    for accept, kind in ((HTML, "text/html; charset=utf-8"), (JSON, "application/problem+json")):
        r = status(client.request("GET", address, [("Accept", accept)]), 410)
        equal(r.get("Content-Type"), kind)
        equal(r.get("Cache-Control"), "no-store")
        lacks(r.text, "secret words")
    status(client.request("HEAD", address), 410)
    status(client.request("GET", address, [("If-None-Match", "*")]), 410)


def delete_form(client, address):
    page = Page(status(client.request("GET", address), 200).text)
    forms = [a for tag, a in page.elements if tag == "form"]
    equal([(f["method"], f["action"]) for f in forms], [("post", address + "/delete")])
    return page.inputs[KEY]["value"]


def deleted(t, app, client, route):
    form = get_key(client, route)
    address = location(post(client, route, form, text="secret words"))
    count = ran(app)
    with t.row(f"{route}: the result's page has a form that deletes it"):
        key = delete_form(client, address)
    with t.row(f"{route}: GET of where that leads to is 405, and changes nothing"):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            equal(status(client.request(method, address + "/delete"), 405).get("Allow"),
                  "POST, OPTIONS")
        equal(status(client.request("OPTIONS", address + "/delete"), 204).get("Allow"),
              "POST, OPTIONS")
        status(client.request("GET", address), 200)
    for _ in ("once", "again", "and again"):
        with t.row(f"{route}: deleted {_}: 303 to its address, which is 410"):
            equal(location(post(client, address + "/delete", key)), address)
            check_gone(client, address)
    with t.row(f"{route}: nothing of it is stored but that it was"):
        equal(app.rows("SELECT state, input, result, location FROM submission WHERE id = ?",
                       id_of(address)), [("gone", None, None, None)])
    with t.row(f"{route}: the form that made it leads to the 410, and runs nothing"):
        equal(location(post(client, route, form, text="secret words")), address)
        equal(ran(app), count)
        check_gone(client, address)
    with t.row(f"{route}: with other content it is a result of its own"):
        other = location(post(client, route, form, text="two"))
        assert other != address, other
        status(client.request("GET", other), 200)
        check_gone(client, address)


def refused(t, app):
    (secret,) = secrets(app)
    address = location(post(app, "/removable", None, text="secret words"))
    for name, make in WRONG:
        with t.row(f"with {name} for a key nothing is deleted: 403"):
            r = status(post(app, address + "/delete", make(secret, id_of(address))), 403)
            equal(r.get("Location"), None)
            status(app.request("GET", address), 200)
    with t.row("from another site it is not either"):
        r = post(app, address + "/delete", delete_form(app, address),
                 [("Sec-Fetch-Site", "cross-site")])
        status(r, 403)
        status(app.request("GET", address), 200)
    with t.row("a result that is not removable has no such form, and nothing there"):
        note = location(post(app, "/note", None, text="secret words"))
        lacks(app.request("GET", note).text, "<form")
        for method in ("GET", "POST"):
            r = app.request(method, note + "/delete", (), body(
                sign(secret, id_of(note), "/note", "delete")) if method == "POST" else None)
            status(r, 404)
        status(app.request("GET", note), 200)


def by_a_stranger(t, app):
    ann, bob = Visitor(app), Visitor(app)
    mine = location(post(ann, "/mine", get_key(ann, "/mine"), text="secret words"))
    key = delete_form(ann, mine)
    get_key(bob, "/mine")
    with t.row("a stranger with the owner's key can't delete it"):
        for who in (bob, app):
            for fields in ([], [("Sec-Fetch-Site", "same-origin")]):
                status(post(who, mine + "/delete", key, fields), 403)
        status(ann.request("GET", mine), 200)
    with t.row("deleted by its owner, it is 410 to the owner and 404 to others"):
        equal(location(post(ann, mine + "/delete", key)), mine)
        check_gone(ann, mine)
        status(bob.request("GET", mine), 404)
        equal(Page(ann.request("GET", "/mine").text).links.count(mine), 0)


def old_ones(t, app):
    """Results that are older than any form may be (--form-age is 60)."""
    with t.row("a result that is older than --form-age can be deleted"):
        address = location(post(app, "/removable", None, text="secret words"))
        old = make_id(1000)
        change_store(app, "UPDATE submission SET id = ? WHERE id = ?", old, id_of(address))
        address = "/removable/" + old
        equal(location(post(app, address + "/delete", delete_form(app, address))), address)
        check_gone(app, address)
    with t.row("one made with an Idempotency-Key, whose ID has no date, as well"):
        r = post(app, "/removable", None, [("Idempotency-Key", '"the key of a test"'), ("Accept", JSON)],
                 text="secret words")
        address = status(r, 201).get("Location")
        equal(location(post(app, address + "/delete", delete_form(app, address))), address)
        check_gone(app, address)


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app("--form-age", "60", program="owner")
        web = place.nginx(app)
        deleted(t, app, web, "/removable")
        deleted(t, app, Visitor(web), "/mine")
        refused(t, app)
        by_a_stranger(t, app)
        old_ones(t, app)

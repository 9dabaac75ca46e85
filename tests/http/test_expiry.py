"""The commands of who looks after what does not stay for ever; tests/unit/test_expiry.c has
the rest."""
import json
import os
import re
import time

from forms import (JSON, bare, body, change_store, check_draft, get_key, id_of, location, make_id,
                   post, run_command)
from harness import Place
from runner import equal, has, lacks, status



# What is no command line, and what it is told.
MISTAKES = [
    (("frob",), "frob: unknown command; see --help"),
    (("",), ": unknown command; see --help"),
    (("-x",), "-x: unknown flag; see --help"),
    (("ls", "-x"), "-x: unknown flag; see --help"),
    (("show",), "show: give one ID; see ls"),
    (("rm",), "rm: give one ID; see ls"),
    (("ls", "extra"), "extra: unexpected; see --help"),
    (("show", "a", "b"), "show: give one ID; see ls"),
    (("serve", "now"), "now: unexpected; see --help"),
    (("ls", "--now"), "--now: unknown flag; see --help"),
    (("rotate", "--now=1"), "--now=1: unknown flag; see --help"),
    (("backup",), "backup: give one FILE"),
    (("restore", "a", "b"), "restore: give one FILE"),
    (("ls", "--csv"), "--csv: unknown flag; see --help"),
    (("export", "--csv"), "export: give a route; see routes"),
    (("export", "/no", "--csv"), "/no: no such route; see routes"),
    (("export", "/note"), "export: give --csv or --json"),
    (("export", "/note", "--csv", "--json"), "export: give --csv or --json"),
    (("export", "/note", "--csv", "x"), "x: unexpected; see --help"),
    (("export", "/note", "--csv", "--since"), "--since: invalid; give a day such as 2026-11-30"),
    (("export", "/note", "--csv", "--since=2026-02-30"),
     "--since: invalid; give a day such as 2026-11-30"),
]

# All that look after a store.
COMMANDS = ["ls", "show " + "0" * 27, "rm " + "0" * 27, "purge", "rotate"]


def expire(app, address, ms=-1):
    """As if its time were over, or would be so soon."""
    change_store(app, "UPDATE submission SET expires = ? WHERE id = ?",
                 int(time.time() * 1000) + ms, id_of(address))


def state_of(app, address):
    return app.rows("SELECT state FROM submission WHERE id = ?", id_of(address))


def receipt(t, app):
    """Of a POST that led to another page."""
    wish = {"item": "mug", "count": "2", "name": "Ann", "email": "ann@example.com"}
    key = get_key(app, "/")
    address = "/" + key[:27]
    with t.row("a receipt leads to where its POST did"):
        for _ in range(2):
            equal(location(post(app, "/", key, **wish)), "/confirm?wish=" + key[:27])
    expire(app, address)
    with t.row("once it has expired its form leads to its own address, which says so"):
        equal(location(post(app, "/", key, **wish)), address)
        status(app.request("GET", address), 410)


def draft(t, place, app):
    address = location(post(app, "/note", None, text="one"))
    other = location(post(app, "/note", None, text=""))
    with t.row("purge removes an expired draft and leaves the rest"):
        equal(run_command(place, "purge"), (0, "0 expired, 0 forgotten\n"))
        check_draft(app, other, "", text="")
        expire(app, other)
        status(app.request("GET", bare(other)), 410)
        equal(run_command(place, "purge"), (0, "1 expired, 0 forgotten\n"))
        equal(state_of(app, other), [])
        status(app.request("GET", other), 404)
        status(app.request("GET", address), 200)


def purged(t, place, app):
    key = get_key(app, "/brief")
    address = location(post(app, "/brief", key, text="one"))
    expire(app, address)
    with t.row("purge clears an expired result, and its address stays known"):
        equal(run_command(place, "purge"), (0, "1 expired, 0 forgotten\n"))
        equal(app.rows("SELECT state, input, result FROM submission"), [("gone", None, None)])
        status(app.request("GET", address), 410)
        equal(location(post(app, "/brief", key, text="one")), address)
    with t.row("until no form can be sent under it: then it is forgotten"):
        change_store(app, "UPDATE submission SET modified = modified - 59 * 1000")
        equal(run_command(place, "purge", "--form-age", "60")[1], "0 expired, 0 forgotten\n")
        change_store(app, "UPDATE submission SET modified = modified - 3 * 1000")
        equal(run_command(place, "purge", "--form-age", "60")[1], "0 expired, 1 forgotten\n")
        status(app.request("GET", address), 404)


def commands(t, place, app):
    one = location(post(app, "/note", None, text="first \u00e9", pin="4711"))
    two = location(post(app, "/other", None, text=""))
    with t.row("ls lists all, the newest first, in whichever state"):
        code, said = run_command(place, "ls")
        lines = [line.split() for line in said.splitlines()]
        equal(code, 0)
        equal(sorted((f[0], f[3], f[4]) for f in lines),
              sorted([(id_of(two), "draft", "/other"), (id_of(one), "done", "/note")]))
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f[2]) for f in lines), said
    with t.row("show prints one as the app's JSON does, without secrets"):
        code, said = run_command(place, "show", id_of(one))
        equal(code, 0)
        equal(json.loads(said), app.request("GET", one, [("Accept", JSON)]).json)
        equal(json.loads(said)["input"]["text"], "first \u00e9")
        lacks(said, "4711")
    with t.row("rm deletes it under the app's hands: 410"):
        equal(run_command(place, "rm", id_of(one)), (0, ""))
        status(app.request("GET", one), 410)
        equal(state_of(app, one), [("gone",)])
    unknown = make_id()
    for words, want in ((("rm", id_of(one)), "no such submission"),
                        (("rm", unknown), "no such submission"),
                        (("show", unknown), "no such submission"),
                        (("show", "x"), "invalid ID; see ls"),
                        (("rm", "../" + unknown[3:]), "invalid ID; see ls")):
        with t.row(f"{words[0]} of {words[1][:3]}... says so and fails"):
            code, said = run_command(place, *words)
            equal(code, 1)
            has(said, want)
    for words, want in MISTAKES:
        with t.row(f"{' '.join(words)}: {want}, and no more"):
            equal(run_command(place, *words), (2, f"owner: {want}\n"))
    with t.row("the app goes on"):
        status(app.request("GET", "/note"), 200)
        status(app.request("POST", "/note", (), body(text="x")), 303)


def no_store(t, place):
    path = place.file("owner.db")
    for command in COMMANDS:
        with t.row(f"{command[:6]} without a store says so, and makes none"):
            equal(run_command(place, *command.split()),
                  (1, f"owner: {path}: there is no store; give --store\n"))
            equal(os.listdir(place.folder), [])
    with t.row("by the name of its kind it is no other"):
        code, said = run_command(place, "ls", "--store", "sqlite:" + path)
        equal((code, said), (1, f"owner: {path}: there is no store; give --store\n"))
        equal(os.listdir(place.folder), [])
    place.app(program="owner").stop()
    with t.row("once the app has made it, each of them has one"):
        for command in COMMANDS[:1] + COMMANDS[3:]:
            equal(run_command(place, *command.split())[0], 0)


def run(t, bin):
    with Place(t, bin) as place:
        receipt(t, place.app(program="order"))
    for part in (draft, purged, commands):
        with Place(t, bin) as place:
            part(t, place, place.app(program="owner"))
    with Place(t, bin) as place:
        no_store(t, place)

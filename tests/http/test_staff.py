"""Lists for visitors and for staff, and the app's own tables: SQL, migrations, erasing."""
import subprocess

from client import DEADLINE
from forms import JSON, Visitor, change_store, get_key, id_of, location, post, run_command
from harness import Place, environment
from messages import message
from page import Page
from runner import equal, has, lacks, status

ACCEPT = [("Accept", JSON)]


def names(r):
    return [e["input"]["name"] for e in status(r, 200).json["entries"]]


def add(client, path, *names):
    """Store these, each as the last one; their addresses."""
    return [location(post(client, path, get_key(client, path), name=n, email=n + "@example.org"))
            for n in names]


# -- lists ---------------------------------------------------------------------------

def public(t, app):
    addresses = add(app, "/", *"abcdefg")
    with t.row("a public list has pages, the newest first, each with a link to the next"):
        at, seen = "/", []
        while at is not None:
            text = status(app.request("GET", at), 200).text
            seen.append("".join(sorted(n for n in "abcdefg" if f">{n}<" in text)))
            has(text, "7 in all")
            lacks(text, "@example.org")
            links = [h for h in Page(text).links if "?before=" in h]
            assert len(links) <= 1, links
            at = links[0] if links else None
        equal(seen, ["efg", "bcd", "a"])
    with t.row("the last page has no link, also if it is full"):
        lacks(app.request("GET", "/?before=" + id_of(addresses[3])).text, message("older"))
        has(app.request("GET", "/?before=" + id_of(addresses[4])).text, message("older"))
    for name, query in (("an ID that is not there", "0" * 27), ("no ID", "x"), ("nothing", "")):
        with t.row(f"before {name} there is the first page"):
            equal(app.request("GET", "/?before=" + query).text.count("<li>"), 3)
    add(app, "/api", "one", "two", "three", "four")
    with t.row("JSON has the address of the next page"):
        r = app.request("GET", "/api", ACCEPT)
        equal(names(r), ["four", "three", "two"])
        equal(names(last := app.request("GET", r.json["older"], ACCEPT)), ["one"])
        lacks(last.text, '"older"')
        lacks(r.text, "@example.org")
    for count, shown in ((5000, 7), (-1, 1), (0, 1)):
        with t.row(f"a list of {count} is a warning, and has {shown}"):
            r = status(app.request("GET", f"/?count={count}"), 200)
            equal(r.text.count("<li>"), shown)
            app.wait_for(f"prg_recent: a count of {count} is not from 1 to 1000")


def owned(t, app):
    ann, bob = Visitor(app), Visitor(app)
    for v, n in ((ann, "ann"), (bob, "bob")):
        v.request("GET", "/mine")
        v.address, = add(v, "/mine", n)
    with t.row("on an owner's route each visitor has the own results, and their number"):
        for v, n in ((ann, "ann"), (bob, "bob")):
            r = v.request("GET", "/mine", ACCEPT)
            equal((names(r), r.json["title"]), ([n], "1 in all"))
    with t.row("a visitor without a cookie has none"):
        r = app.request("GET", "/mine", ACCEPT)
        equal((names(r), r.json["title"]), ([], "0 in all"))
    with t.row("prg_find() finds one for its visitor alone"):
        query = "/found?route=/mine&id=" + id_of(ann.address)
        has(ann.get(query).text, "<h1>ann</h1>")
        for other in (bob, app):
            has(other.request("GET", query).text, "<h1>nothing</h1>")
    with t.row("staff lists all of them"):
        equal(names(app.request("GET", "/staff?route=/mine", ACCEPT)), ["bob", "ann"])


def hidden(t, app):
    private, = add(app, "/private", "ann")
    equal(private, "/thanks")
    with t.row("on any other route there is no list and no number, but a warning that says more"):
        text = status(app.request("GET", "/private"), 200).text
        has(text, "0 in all")
        lacks(text, ">ann<")
        app.wait_for("prg_recent: route /private is neither public nor of an owner")
        has(app.log, "a page for staff has prg_list_all()")
    with t.row("staff lists results that led to another page, with unlisted values"):
        r = status(app.request("GET", "/staff?route=/private"), 200)
        has(r.text, ">ann<")
        has(r.text, "ann@example.org")
        has(r.text, "1 in all")
    with t.row("browsers keep no copy of it, also as JSON"):
        equal(r.get("Cache-Control"), "private, no-store")
        r = app.request("GET", "/staff?route=/private", ACCEPT)
        equal(r.get("Cache-Control"), "private, no-store")
        equal(r.json["entries"][0]["input"]["email"], "ann@example.org")
    with t.row("its pages lead to the page of the staff"):
        add(app, "/private", *"abc")
        r = app.request("GET", "/staff?route=/private", ACCEPT)
        equal(names(r), ["c", "b", "a"])
        equal(r.json["older"][:15], "/staff?before=" + r.json["older"][14])
    for query, said in (("?route=/nowhere", "prg_list_all: there is no route '/nowhere'"),
                        ("", "prg_list_all: there is no route 'NULL'")):
        with t.row(f"{said}: a warning, and an empty list"):
            r = app.request("GET", "/staff" + query, ACCEPT)
            equal((names(r), r.json["title"]), ([], "0 in all"))
            app.wait_for(said)
    for query, said in (("?route=/nowhere&id=x", "prg_find: there is no route '/nowhere'"),
                        ("", "prg_find: there is no route 'NULL'"),
                        ("?route=/place", None), ("?route=/place&id=x", None)):
        with t.row(f"prg_find() of {query!r} finds nothing"):
            has(status(app.request("GET", "/found" + query), 200).text, "<h1>nothing</h1>")
            if said:
                app.wait_for(said)


# -- SQL -----------------------------------------------------------------------------

FAILS = [
    ("broken", "record: no such table: plaice: INSERT INTO plaice (id, name)"),
    ("commit", "record: the framework begins and ends transactions: COMMIT"),
    ("full", "record: it returned false"),
]

WRONG = [
    ("write", "get: only a record can write: DELETE FROM place"),
    ("begin", "get: the framework begins and ends transactions: BEGIN"),
    ("two", "get: there are several statements; run one at a time: SELECT 1; SELECT 2"),
    ("count", "get: its 2 parameters are not $1 and so on, or not as many as are given: SELECT $1, $2"),
    ("SELECT%20x%20FROM%20y", "get: no such table: y: SELECT x FROM y"),
]


def record(t, app):
    key = get_key(app, "/place")
    with t.row("a number that the record has given is in the result, also when it is sent again"):
        for _ in range(2):
            r = status(post(app, "/place", key, ACCEPT, name="ann"), 201)
            equal(r.json["result"], {"number": 1})
        equal(app.request("GET", r.get("Location"), ACCEPT).json["result"], {"number": 1})
        equal(app.rows("SELECT name FROM place"), [("ann",)])
    for name, said in FAILS:
        with t.row(f"{name}: nothing is stored, and one line says why"):
            lines = app.log.count("\n")
            r = status(post(app, "/place", get_key(app, "/place"), name=name), 503)
            lacks(r.text, "record")
            app.wait_for(said)
            app.wait_for(" status=503 ")
            equal(app.log.count("\n"), lines + 1)
            equal(app.rows("SELECT name FROM place"), [("ann",)])
    for what, said in WRONG:
        with t.row(f"a get with a mistake shows its page, and one line says: {said}"):
            lines = app.log.count("\n")
            status(app.request("GET", "/wrong?what=" + what), 200)
            app.wait_for(said)
            equal(app.log.count("\n"), lines + 1)
            has(app.log.splitlines()[-1], "level=warning")
            has(app.log.splitlines()[-1], "route=/wrong")


def developer(t, place):
    app = place.app("--dev", program="staff")
    for name, said in FAILS:
        with t.row(f"--dev shows the visitor: {said}"):
            has(status(post(app, "/place", get_key(app, "/place"), name=name), 503).text, said)


# -- erasing -------------------------------------------------------------------------

def held(app):
    return [n for n, in app.rows("SELECT name FROM place ORDER BY name")]


def erased(t, place, app):
    by_visitor, by_rm, kept = add(app, "/place", "a", "b", "held")
    with t.row("a visitor who deletes a result takes along what the app has of it"):
        location(post(app, by_visitor + "/delete", get_key(app, by_visitor)))
        status(app.request("GET", by_visitor), 410)
        equal(held(app), ["b", "held"])
    with t.row("so does the command rm"):
        equal(run_command(place, "rm", id_of(by_rm), program="staff"), (0, ""))
        equal(held(app), ["held"])
    with t.row("if that fails, both stay: for the visitor"):
        status(post(app, kept + "/delete", get_key(app, kept)), 503)
        app.wait_for("route /place: erase: it returned false; submission ")
        lacks(app.log, id_of(kept))
    with t.row("and for the command"):
        code, said = run_command(place, "rm", id_of(kept), program="staff")
        equal(code, 1)
        has(said, "route /place: erase: it returned false; submission ")
        status(app.request("GET", kept), 200)
        equal(held(app), ["held"])
    add(app, "/brief", "c", "d")
    with t.row("purge erases what has expired, and says what could not be"):
        change_store(app, "UPDATE submission SET expires = 1 WHERE route = '/brief' OR id = ?",
                     id_of(kept))
        code, said = run_command(place, "purge", program="staff")
        equal(code, 1)
        has(said, "erase: it returned false")
        equal(held(app), ["held"])
        status(app.request("GET", kept), 410)
    with t.row("once the app can, all is erased"):
        change_store(app, "UPDATE place SET name = 'e'")
        equal(run_command(place, "purge", program="staff"), (0, "1 expired, 0 forgotten\n"))
        equal(held(app), [])


# -- migrations ----------------------------------------------------------------------

def start(place, *words, **env):
    """The exit status and the sentence of a start that is refused."""
    done = subprocess.run(place.args(*words, "--store", place.file("staff.db"), program="staff"),
                          cwd=place.folder, env=environment(**env), capture_output=True,
                          text=True, timeout=DEADLINE)
    return done.returncode, done.stderr


def migrated(t, place):
    listen = ("serve", "--listen", "unix:" + place.file("other.sock"))
    place.app(program="staff", env={"FEWER": "1"}).stop()
    app = place.app(program="staff")
    with t.row("a new step is run by the next start, and those before it are not"):
        equal(app.rows("SELECT migrations FROM prg"), [(2,)])
        equal(app.rows("SELECT number, name FROM place"), [])
    app.stop()
    with t.row("a program that knows fewer steps does not start"):
        code, said = start(place, *listen, FEWER="1")
        equal(code, 1)
        has(said, "it has had 2 migrations of the app, this program knows 1: run a newer one")
    with t.row("nor does its check say that all is well"):
        has(start(place, "check", FEWER="1")[1], "run a newer one")
    with t.row("a step that fails has a number, is undone, and keeps the program from starting"):
        for _ in range(2):
            code, said = start(place, *listen, STEP="CREATE TABLE x (y); INSERT INTO z VALUES (1)")
            equal(code, 1)
            has(said, "migration 3 of the app: no such table: z; nothing of it was done")
        app = place.app(program="staff")
        equal(app.rows("SELECT migrations FROM prg"), [(2,)])
        equal(app.rows("SELECT name FROM sqlite_schema WHERE name = 'x'"), [])
    app.stop()
    with t.row("a command that writes runs it, too"):
        code, said = start(place, "purge", STEP="CREATE TABLE x (y)")
        equal((code, said), (0, ""))
        app = place.app(program="staff", env={"STEP": "never again"})
        equal(app.rows("SELECT migrations FROM prg"), [(3,)])


def run(t, bin):
    for part in (public, owned, hidden, record):
        with Place(t, bin) as place:
            part(t, place.app(program="staff"))
    with Place(t, bin) as place:
        developer(t, place)
    with Place(t, bin) as place:
        migrated(t, place)
    with Place(t, bin) as place:
        erased(t, place, place.app(program="staff"))

"""export: results as other programs read them.  health and version."""
import csv
import io
import json
import os
import sqlite3
import subprocess
import time

from client import DEADLINE
from forms import change_store, location, make_id, post, run_command
from harness import Place, environment
from runner import equal, has, lacks

ROWS = 100000
MEMORY = 32 << 10       # KiB
SAME = ("SELECT id, created, state, json_extract(input, '$.name'), "
        "json_extract(input, '$.message'), json_extract(input, '$.stars') FROM submission "
        "WHERE route = '/' AND state NOT IN ('draft', 'gone') AND "
        "(expires = 0 OR expires > 1) ORDER BY rowid")

# What was typed, and the cell that it becomes.
CELLS = [
    ("a plain text", "plain", "plain"),
    ("a comma", "a,b", '"a,b"'),
    ("a quote", 'a "b"', '"a ""b"""'),
    ("a line break", "a\nb", '"a\nb"'),
    ("UTF-8", "\u00e9\u20ac", "\u00e9\u20ac"),
    ("a formula", '=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'),
    ("a plus", "+49 30 1", '"\'+49 30 1"'),
    ("a minus", "-1+2", '"\'-1+2"'),
    ("an at", "@SUM(A1)", '"\'@SUM(A1)"'),
    ("a formula's sign within", "a=b", "a=b"),
]


def exported(place, *words, program="guestbook", code=0):
    """What is printed, to the byte."""
    done = subprocess.run(
        place.args("export", *words, "--store", place.file(program + ".db"), program=program),
        cwd=place.folder, env=environment(), capture_output=True, timeout=DEADLINE)
    equal((done.returncode, done.stderr), (code, b""))
    return done.stdout.decode()


def cells(t, place, app):
    for i, (name, typed, cell) in enumerate(CELLS):
        with t.row(f"CSV: {name}"):
            address = location(post(app, "/", None, name=f"v{i}", message=typed))
            line = exported(place, "--csv").split("\r\n")[i + 1]
            equal(line.split(",", 4)[0], address[1:])
            equal(line.split(",", 3)[3], f"v{i},{cell},")
    with t.row("CSV: names first; CRLF behind each row"):
        text = exported(place, "--csv")
        equal(text[:text.index("\n") + 1], "id,created,state,name,message,stars\r\n")
        equal(text[-2:], "\r\n")
        found = list(csv.reader(io.StringIO(text, newline="")))
        equal([r[4].lstrip("'") for r in found[1:]], [typed for _, typed, _ in CELLS])
    with t.row("a number below zero stays a number"):
        change_store(app, "UPDATE submission SET input = json_set(input, '$.stars', -5) "
                     "WHERE rowid = 1")
        equal(exported(place, "--csv").split("\r\n")[1].split(",")[5], "-5")
    with t.row("JSON is one array, a row on each line"):
        text = exported(place, "--json")
        found = json.loads(text)
        equal(len(text.split("\n")), len(CELLS) + 3)
        equal(sorted(found[0]), ["created", "id", "input", "state"])
        equal([r["input"]["message"] for r in found], [typed for _, typed, _ in CELLS])
        equal(found[1]["input"]["stars"], None)
    with t.row("the newest come first where that is said"):
        equal(json.loads(exported(place, "--json", "--newest")), found[::-1])
    with t.row("--since: that day in UTC and later"):
        change_store(app, "UPDATE submission SET created = 1735689600000 WHERE rowid = 1")
        change_store(app, "UPDATE submission SET created = 1735689599999 WHERE rowid = 2")
        equal(len(json.loads(exported(place, "--json", "--since", "2025-01-01"))), len(CELLS) - 1)
        equal(len(json.loads(exported(place, "--json", "--since=2025-01-02"))), len(CELLS) - 2)
    with t.row("no draft, nothing deleted, nothing that has expired"):
        location(post(app, "/", None, name="", message="draft-4711"))
        change_store(app, "UPDATE submission SET expires = 1 WHERE rowid = 3")
        change_store(app, "UPDATE submission SET state = 'gone', input = NULL WHERE rowid = 4")
        text = exported(place, "--csv")
        lacks(text, "draft-4711")
        equal(text.count("\r\n"), 1 + len(CELLS) - 2)


def secret(t, place):
    app = place.app(program="owner")
    location(post(app, "/note", None, text="first"))
    with t.row("a field that is secret now is not printed, though an older row has it"):
        change_store(app, "UPDATE submission SET input = json_set(input, '$.pin', 'x4711')")
        for how in ("--csv", "--json"):
            text = exported(place, "/note", how, program="owner")
            has(text, "first")
            lacks(text, "4711")
            lacks(text, "pin")
    with t.row("without a row: names, or an empty array"):
        change_store(app, "DELETE FROM submission")
        equal(exported(place, "/note", "--csv", program="owner").count("\r\n"), 1)
        equal(exported(place, "/note", "--json", program="owner"), "[]\n")
    with t.row("a full disk is told, exit 1"):
        with open("/dev/full", "w") as full:
            done = subprocess.run(place.args("export", "/note", "--csv", "--store", app.store,
                                             program="owner"), stdout=full, env=environment(),
                                  stderr=subprocess.PIPE, text=True, timeout=DEADLINE)
        equal((done.returncode, done.stderr),
              (1, "owner: stdout: No space left on device\n"))


def fill(path, count):
    db = sqlite3.connect(path)
    db.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
               "INSERT INTO submission (id, route, state, input, created, modified) "
               "SELECT printf('3Mk%024d', i), '/', 'done', json_object('name', 'Visitor ' || i, "
               "'message', 'Hello from number ' || i || ', \"really\" ' || hex(randomblob(30)), "
               "'stars', 1 + i % 5), 1, 1 FROM n", (count,))
    db.commit()
    db.close()


def cpu(args):
    """The CPU time of a program, and the most memory that it had, in KiB."""
    p = subprocess.Popen(args, stdout=subprocess.PIPE, env=environment())
    memory = 0
    while p.stdout.read(1 << 20):
        with open(f"/proc/{p.pid}/status") as f:
            memory = max([memory] + [int(line.split()[1]) for line in f if "VmHWM" in line])
    p.stdout.close()
    _, p.returncode, used = os.wait4(p.pid, 0)
    equal(p.returncode, 0)
    return used.ru_utime + used.ru_stime, memory


def many(t, place):
    place.app().stop()
    path = place.file("guestbook.db")
    fill(path, ROWS)
    with t.row(f"{ROWS} rows: all are there, whatever comes meanwhile"):
        text = exported(place, "--csv")
        equal(text.count("\r\n"), ROWS + 1)
        has(text, f"Visitor {ROWS},")
    release = os.path.join(os.path.dirname(place.bin), "release", "guestbook")
    if not os.path.exists(release):
        t.skip("its speed", "needs the build without sanitizers")
        return
    ours, memory = min(cpu([release, "export", "--csv", "--store", path]) for _ in range(3))
    theirs, _ = min(cpu(["sqlite3", "-csv", path, SAME]) for _ in range(3))
    with t.row(f"{ROWS} rows in less than twice the time of sqlite3, in less than 32 MiB"):
        assert ours < 2 * theirs, f"{ours:.2f} s, sqlite3 {theirs:.2f} s"
        assert memory < MEMORY, f"{memory} KiB"


def health(t, place):
    app = place.app("--base", "/book")
    listen = ["--listen", "unix:" + app.path]

    def asked(*words):
        return run_command(place, "health", *words, program="guestbook")

    with t.row("health of a process that serves: exit 0 and a sentence"):
        equal(asked(*listen, "--base", "/book"), (0, f"ok: unix:{app.path} answers\n"))
    with t.row("with another base it says what to give"):
        code, said = asked(*listen)
        equal(code, 1)
        has(said, "give the --base and --status-from that it has")
    with t.row("without --listen the store is asked"):
        equal(asked(), (0, f"ok: {app.store} can be read\n"))
    with t.row("if the store is away, the process says so"):
        os.rename(app.store, app.store + ".away")
        code, said = asked(*listen, "--base", "/book")
        equal(code, 1)
        has(said, "its store does not answer; see its log")
        equal(asked()[0], 1)
        os.rename(app.store + ".away", app.store)
    app.stop()
    with t.row("nobody serves: exit 1 and a sentence"):
        code, said = asked(*listen)
        equal(code, 1)
        has(said, "nobody serves there")
    app = place.app("--status-from", "")
    with t.row("where nobody may see health, any answer will do"):
        equal(asked(*listen, "--status-from=")[0], 0)
    with t.row("version names prg and its libraries"):
        code, said = run_command(place, "version", program="guestbook")
        equal((code, said[:15]), (0, "guestbook: prg "))
        has(said, "SQLite " + sqlite3.sqlite_version[0])


def run(t, bin):
    with Place(t, bin) as place:
        cells(t, place, place.app())
    for part in (secret, many, health):
        with Place(t, bin) as place:
            part(t, place)

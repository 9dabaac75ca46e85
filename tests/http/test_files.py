"""The store as a file that people handle: looked at, copied, moved, dumped, restored."""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import threading
import time

from forms import body, get_key, location, post, run_command
from harness import Place, environment
from runner import equal, has, lacks, status

ID = "0" * 27
EXPORT = "export /note --csv"
READERS = ["ls", "show " + ID, "check", "routes", "backup copy.db", EXPORT, "health"]
NOBODY = 65534


# -- who only reads changes nothing -------------------------------------------

def state(folder):
    """Each file with its owner, mode, times and content."""
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        st = os.stat(path)
        with open(path, "rb") as f:
            digest = hashlib.sha256(f.read()).hexdigest()
        found[name] = (st.st_uid, st.st_mode, st.st_mtime_ns, st.st_size, digest)
    return found


def foreign(path):
    run_sql(path, "CREATE TABLE contacts (name); INSERT INTO contacts VALUES ('Ann')")


def foreign_version(path):
    run_sql(path, "CREATE TABLE contacts (name); PRAGMA user_version = 3")


def foreign_names(path):
    run_sql(path, "CREATE TABLE submission (id TEXT); CREATE TABLE secret (a)")


def other_mark(path):
    run_sql(path, "PRAGMA application_id = 252006674; CREATE TABLE x (a)")


def run_sql(path, sql):
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.close()


def text(path):
    with open(path, "w") as f:
        f.write("name,message\n" * 500)


def nothing(path):
    open(path, "w").close()


# What lies at the path, and a word of what is said of it.
STRANGE = [
    ("a foreign database", foreign, "not a prg store"),
    ("one with our user_version", foreign_version, "not a prg store"),
    ("one with tables of our names", foreign_names, "not a prg store"),
    ("one of another application_id", other_mark, "not a prg store"),
    ("a text", text, "not a prg store"),
    ("an empty file", nothing, "not a prg store"),
    ("a folder", os.mkdir, "not a file"),
]


def ended(place, words, store, program="owner", **kw):
    done = subprocess.run(place.args(*words, "--store", store, program=program),
                          cwd=place.folder, env=environment(), capture_output=True, text=True,
                          timeout=20, **kw)
    return done.returncode, done.stdout + done.stderr


def strangers(t, place):
    for name, make, words in STRANGE:
        path = place.file("strange")
        make(path)
        before = state(place.folder) if os.path.isfile(path) else os.listdir(path)
        for command in READERS + ["rm " + ID, "purge", "rotate", "serve --listen unix:x.sock"]:
            if make is nothing and command.startswith("serve"):
                continue        # as if there were none
            with t.row(f"{command.split()[0]} of {name}: a sentence, exit 1, no byte changed"):
                code, said = ended(place, command.split(), path)
                equal(code, 1)
                has(said, words)
                equal(state(place.folder) if os.path.isfile(path) else os.listdir(path), before)
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def another_app(t, place):
    place.app(program="owner").stop()
    before = state(place.folder)
    for command in READERS + ["purge"]:
        command = command.replace("/note", "/")
        with t.row(f"{command.split()[0]} of another app's store: a sentence, no byte changed"):
            code, said = ended(place, command.split(), place.file("owner.db"), "guestbook")
            equal(code, 1)
            has(said, 'the store of "owner"')
            equal(state(place.folder), before)


def no_path(t, place):
    for name in ("", ":memory:"):
        for command in ("ls", "purge", "serve --listen unix:x.sock"):
            with t.row(f"{command.split()[0]} --store {name!r}: a sentence, nothing is made"):
                code, said = ended(place, command.split(), name)
                equal(code, 1)
                has(said, "is not a path")
                equal(os.listdir(place.folder), [])
    with t.row("an empty STATE_DIRECTORY counts as not set"):
        done = subprocess.run(place.args("ls", program="owner"), cwd=place.folder,
                              env=environment(STATE_DIRECTORY=""), capture_output=True,
                              text=True)
        has(done.stderr, "./owner.db")


def as_nobody(t, place):
    """What another user's look leaves behind, while it is stopped, killed and served."""
    if os.geteuid() != 0:
        t.skip("another user", "needs root")
        return
    os.chmod(place.folder, 0o777)
    shutil.copy(place.args(program="owner")[0], place.file("program"))
    os.chmod(place.file("program"), 0o755)
    app = place.app(program="owner")
    location(post(app, "/note", None, text="one"))

    def look(command):
        done = subprocess.run([place.file("program"), *command.split(), "--store", app.store],
                              cwd="/tmp", env=environment(), capture_output=True, text=True,
                              user=NOBODY, group=NOBODY, extra_groups=[])
        return done.returncode, done.stdout + done.stderr

    def settled(name, code):
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(app.store + suffix):
                os.chmod(app.store + suffix, 0o644)
        before = {k: v[:2] + v[3:] for k, v in state(place.folder).items()}
        for command in ("ls", "show " + ID):
            with t.row(f"{command.split()[0]} by another user, {name}: nothing is left beside"):
                got, said = look(command)
                equal(got, 1 if command[:4] == "show" else code)
                assert said, "nothing is said"
                equal({k: v[:2] + v[3:] for k, v in state(place.folder).items()}, before)
        with t.row(f"and what changes it is refused, {name}"):
            for command in ("purge", "rotate"):
                got, said = look(command)
                equal(got, 1)
                has(said, "can't write to it: Permission denied")

    app.stop()
    settled("while it is stopped", 0)
    app = place.app(program="owner")
    location(post(app, "/note", None, text="two"))
    app.kill()
    os.path.exists(app.store + "-shm") and os.unlink(app.store + "-shm")
    settled("after a kill", 1)
    with t.row("the service starts after that"):
        app = place.app(program="owner")
        location(post(app, "/note", None, text="three"))
    with t.row("a file beside the store belongs to the owner of the store"):
        app.stop()
        os.chown(app.store, NOBODY, NOBODY)
        os.unlink(app.store + "-turn")
        equal(run_command(place, "rotate")[0], 0)
        st = os.stat(app.store + "-turn")
        equal((st.st_uid, st.st_mode & 0o777), (NOBODY, os.stat(app.store).st_mode & 0o777))


# -- the life of a store --------------------------------------------------------

def rows(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return sorted(v for (v,) in db.execute(
            "SELECT json_extract(input, '$.text') FROM submission WHERE state = 'done'"))
    finally:
        db.close()


def filled(place, *texts):
    app = place.app(program="owner")
    for one in texts:
        location(post(app, "/note", None, text=one))
    return app


def end(app, way):
    if way == "killed":
        app.kill()
    elif way == "stopped":
        app.stop()


def start(place):
    """What the program says that does not start; or the app."""
    try:
        return place.app(program="owner"), ""
    except AssertionError as e:
        return None, str(e)


WAYS = ("serving", "stopped", "killed")


def write_until(store, ended):
    db = sqlite3.connect(store, isolation_level=None)
    while not ended.is_set():
        db.execute("UPDATE submission SET modified = modified + 1")
    db.close()


def backed_up_beside(t, place):
    """A copy in pieces is of one moment, and does not begin again at each write."""
    app = filled(place, "one", "two")
    db = sqlite3.connect(app.store)
    db.execute("CREATE TABLE pieces AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL "
               "SELECT i + 1 FROM n WHERE i < 2000) SELECT i, randomblob(3000) AS x FROM n")
    db.commit()
    copy, over = place.file("copy.db"), threading.Event()
    writer = threading.Thread(target=write_until, args=(app.store, over))
    writer.start()
    try:
        with t.row("backup beside a writer that never rests: all rows, of one moment"):
            equal(run_command(place, "backup", copy), (0, ""))
            equal(rows(copy), ["one", "two"])
    finally:
        over.set()
        writer.join()
    with t.row("and it has more than one piece"):
        assert os.path.getsize(copy) > 4 << 20, os.path.getsize(copy)


def backed_up(t, place, way):
    app = filled(place, "one", "two")
    end(app, way)
    copy = place.file("copy.db")
    with t.row(f"backup, {way}: a store with all rows, checked, of its user alone"):
        equal(run_command(place, "backup", copy), (0, ""))
        equal(rows(copy), ["one", "two"])
        equal(os.stat(copy).st_mode & 0o777, 0o600)
        equal(sorted(n for n in os.listdir(place.folder) if n[:4] == "copy"), ["copy.db"])
        code, said = ended(place, ["ls"], copy)
        equal((code, said.count("/note")), (0, 2))
    with t.row(f"backup, {way}: a file that is there is not written over"):
        before = state(place.folder)["copy.db"]
        for name in (copy, app.store):
            code, said = run_command(place, "backup", name)
            equal(code, 1)
            has(said, "exists; move it away")
        os.rename(copy, copy + "-wal")
        has(run_command(place, "backup", copy)[1], "copy.db-wal exists")
        os.rename(copy + "-wal", copy)
        equal(state(place.folder)["copy.db"], before)
    with t.row(f"backup, {way}: into no folder it says so"):
        code, said = run_command(place, "backup", place.file("none", "copy.db"))
        equal(code, 1)
        has(said, "No such file or directory")
    with t.row(f"a backup serves ({way})"):
        other = place.app("--store", copy, program="owner", socket="copy.sock")
        location(post(other, "/note", None, text="three"))
        other.stop()
        equal(rows(copy), ["one", "three", "two"])


def restored(t, place, way):
    app = filled(place, "one")
    copy = place.file("copy.db")
    equal(run_command(place, "backup", copy), (0, ""))
    location(post(app, "/note", None, text="two"))
    end(app, way)
    if way == "serving":
        before = state(place.folder)
        with t.row("restore while it serves is refused, and changes nothing"):
            code, said = run_command(place, "restore", copy)
            equal(code, 1)
            has(said, "is in use; stop the program first")
            equal(state(place.folder), before)
            location(post(app, "/note", None, text="three"))
        end(app, "stopped")
    os.chmod(app.store, 0o640)
    with t.row(f"restore, {way}: the store is the copy, with the store's mode"):
        equal(run_command(place, "restore", copy), (0, ""))
        equal(rows(app.store), ["one"])
        equal(os.stat(app.store).st_mode & 0o777, 0o640)
        lacks(str(os.listdir(place.folder)), "owner.db-wal")
    with t.row(f"restore, {way}: what was acknowledged is beside it"):
        has(rows(app.store + ".old"), "two")
    with t.row(f"restore, {way}: not a second time over what is beside"):
        code, said = run_command(place, "restore", copy)
        equal(code, 1)
        has(said, "owner.db.old exists")
        equal(rows(app.store), ["one"])
    with t.row(f"restore, {way}: it serves, and its forms are known"):
        app = place.app(program="owner")
        key = get_key(app, "/note")
        equal(location(post(app, "/note", key, text="four")), "/note/" + key[:27])
        equal(rows(app.store), ["four", "one"])


def restored_badly(t, place):
    app = filled(place, "one")
    app.stop()
    before = state(place.folder)
    for name, make, words in STRANGE[:-1]:
        path = place.file("strange")
        make(path)
        with t.row(f"restore of {name} is refused, and changes nothing"):
            code, said = run_command(place, "restore", path)
            equal(code, 1)
            has(said, words)
            os.unlink(path)
            equal(state(place.folder), before)
    damaged = place.file("damaged")
    shutil.copy(app.store, damaged)
    with open(damaged, "r+b") as f:
        f.seek(4096)
        f.write(b"\xff" * 6000)
    with t.row("restore of a damaged copy is refused, and changes nothing"):
        code, said = run_command(place, "restore", damaged)
        equal(code, 1)
        os.unlink(damaged)
        equal(state(place.folder), before)
    with t.row("restore beside a WAL without its database is refused"):
        os.rename(app.store, place.file("copy.db"))
        with open(app.store + "-wal", "w") as f:
            f.write("x" * 100)
        code, said = run_command(place, "restore", place.file("copy.db"))
        equal(code, 1)
        has(said, "-wal holds rows")
        os.unlink(app.store + "-wal")
    with t.row("restore where there is no store makes one"):
        equal(run_command(place, "restore", place.file("copy.db")), (0, ""))
        equal(rows(app.store), ["one"])
    if os.geteuid() == 0:
        with t.row("root restores for the owner of the folder"):
            os.unlink(app.store)
            os.chown(place.folder, NOBODY, NOBODY)
            equal(run_command(place, "restore", place.file("copy.db")), (0, ""))
            equal(os.stat(app.store).st_uid, NOBODY)
            os.chown(place.folder, 0, 0)


def dumped(t, place, way):
    app = filled(place, "one", "two")
    end(app, way)
    with t.row(f".dump, {way}: read back it serves, with all rows and forms"):
        key = get_key(app, "/note") if way == "serving" else None
        subprocess.run(f"sqlite3 {app.store} .dump | sqlite3 {app.store}.new", shell=True,
                       check=True)
        end(app, "stopped" if way == "serving" else "")
        for suffix in ("", "-wal", "-shm"):
            os.path.exists(app.store + suffix) and os.unlink(app.store + suffix)
        os.rename(app.store + ".new", app.store)
        equal(run_command(place, "ls")[1].count("/note"), 2)
        app = place.app(program="owner")
        location(post(app, "/note", key, text="three"))
        equal(rows(app.store), ["one", "three", "two"])


def copied(t, place):
    """cp of the database alone: what it lacks is soon little."""
    app = filled(place, "one", "two", "three")
    time.sleep(6)
    with t.row("when it has had nothing to do, a copy of the file alone has all rows"):
        shutil.copy(app.store, place.file("copy.db"))
        equal(rows(place.file("copy.db")), ["one", "three", "two"])
        equal(os.path.getsize(app.store + "-wal"), 0)
    with t.row("and an older copy over a killed store is that older store"):
        app.kill()
        shutil.copy(place.file("copy.db"), app.store)
        app = place.app(program="owner")
        equal(rows(app.store), ["one", "three", "two"])


def contains(folder, text):
    found = []
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, "rb") as f:
                found += [name] * (text in f.read())
    return found


def emptied(t, place):
    app = place.app(program="owner")
    reader = sqlite3.connect(app.store, isolation_level=None)
    location(post(app, "/note", None, text="x"))
    reader.executescript("BEGIN; SELECT count(*) FROM submission")
    reader.execute("SELECT * FROM submission").fetchone()
    secret = location(post(app, "/removable", None, text="SECRET-4711"))
    assert contains(place.folder, b"SECRET-4711"), "it was never there"
    equal(run_command(place, "rm", secret.rpartition("/")[2])[0], 0)
    for i in range(300):
        location(post(app, "/note", None, text=f"{i:040}"))
    assert os.path.getsize(app.store + "-wal") > 500000
    reader.close()
    with t.row("what was deleted can be read in no file, soon after a reader has left"):
        until(lambda: contains(place.folder, b"SECRET-4711") == [])
    with t.row("and the WAL is small again"):
        until(lambda: os.path.getsize(app.store + "-wal") < 100000)


def until(true):
    end = time.monotonic() + 12
    while not true():
        assert time.monotonic() < end, "not yet"
        time.sleep(0.1)


def reason(t, place):
    app = place.app(program="order")
    key = get_key(app, "/")
    wish = {"item": "mug", "count": "2", "name": "Ann", "email": "ann@example.com"}
    confirm = location(post(app, "/", key, **wish))
    key = get_key(app, confirm)
    run_sql(app.store, "DROP TABLE placed")
    with t.row("of a record that fails the log has the database's reason"):
        status(app.request("POST", "/confirm", (), body(key, wish=confirm[-27:])), 503)
        app.wait_for("no such table: placed")


def damage(t, place):
    """An older copy over a killed store, whose WAL has pages of what came since."""
    app = filled(place, *(f"{i:03} " + "x" * 30 for i in range(60)))
    app.stop()
    shutil.copy(app.store, place.file("copy.db"))
    app = place.app(program="owner")
    run_sql(app.store, "UPDATE submission SET input = json_set(input, '$.more',"
            " hex(randomblob(3000)))")
    for i in range(20):
        location(post(app, "/note", None, text=f"new {i}"))
    run_sql(app.store, "PRAGMA wal_checkpoint")
    for i in range(20):
        location(post(app, "/note", None, text=f"newer {i}"))
    app.kill()
    wal = state(place.folder)["owner.db-wal"]
    shutil.copy(app.store, place.file("real.db"))
    shutil.copy(place.file("copy.db"), app.store)
    for words in ("serve --listen unix:x.sock", "purge", "rotate"):
        with t.row(f"{words.split()[0]} of a database with the WAL of another is refused"):
            code, said = ended(place, words.split(), app.store)
            equal(code, 1)
            has(said, "owner.db is damaged")
            equal(state(place.folder)["owner.db-wal"], wal)
    with t.row("put back, it has all that was acknowledged"):
        shutil.copy(place.file("real.db"), app.store)
        app = place.app(program="owner")
        equal(len(rows(app.store)), 100)


def gone(t, place):
    """rm and mv while it serves; tests/http/test_moved.py has the rest."""
    for name, act in (("removed", lambda p: os.unlink(p)),
                      ("replaced by an older copy", lambda p: os.rename(p + ".copy", p))):
        app = filled(place, "one")
        shutil.copy(app.store, app.store + ".copy")
        act(app.store)
        with t.row(f"{name} while it serves: 503, a sentence, no row is lost unsaid"):
            status(post(app, "/note", None, text="two"), 503)
            app.wait_for("the file was moved or replaced")
            status(app.request("GET", "/-/health"), 503)
        app.stop()
        for suffix in ("", "-wal", "-shm", ".copy"):
            os.path.exists(app.store + suffix) and os.unlink(app.store + suffix)


def run(t, bin):
    for part in (strangers, another_app, no_path, as_nobody, restored_badly, copied, emptied,
                 reason, damage, gone, backed_up_beside):
        with Place(t, bin) as place:
            part(t, place)
    for part in (backed_up, restored, dumped):
        for way in WAYS:
            with Place(t, bin) as place:
                part(t, place, way)

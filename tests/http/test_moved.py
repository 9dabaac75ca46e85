"""A store whose file is moved while it is open: 503 until it is back, nothing is lost."""
import os
from urllib.parse import urlencode

from client import encode
from forms import run_command
from harness import Place
from runner import equal, has, status


def post(name):
    return ("POST", "/", (), encode(urlencode({"name": name, "message": "Hi", "stars": "3"})))


def moved(t, place):
    app = place.app()
    first = status(app.request(*post("One")), 303).get("Location")
    with t.row("the health of a store in its place is 200"):
        status(app.request("GET", "/-/health"), 200)
    os.rename(app.store, app.store + ".old")
    with t.row("once its file is moved away a POST is 503, and the log says why"):
        status(app.request(*post("Two")), 503)
        app.wait_for("the file was moved or replaced")
    with t.row("and /-/health is 503"):
        status(app.request("GET", "/-/health"), 503)
    with t.row("after a stop it is not begun anew beside the old WAL"):
        app.stop()
        assert os.path.getsize(app.store + "-wal") > 0, "the WAL is gone"
        code, said = run_command(place, "serve", "--listen", "unix:" + place.file("x.sock"),
                                 program="guestbook")
        equal(code, 1)
        has(said, "-wal holds rows")
    with t.row("back in its place it has all that was acknowledged"):
        os.rename(app.store + ".old", app.store)
        app = place.app()
        status(app.request("GET", first), 200)
        status(app.request(*post("Three")), 303)
        equal(app.rows("SELECT count(*) FROM submission"), [(2,)])


def run(t, bin):
    with Place(t, bin) as place:
        moved(t, place)

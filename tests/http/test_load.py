"""Under load: nothing but the statuses that are meant, and a row for each 303."""
import os
import re
import subprocess

from client import DEADLINE
from harness import Place, environment
from runner import equal

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = 64


def wrk(web, path, **env):
    """How often it got what was wanted; all else is a failure."""
    done = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", "-d2s", "-s", HERE + "/wrk.lua",
                           f"http://127.0.0.1:{web.port}{path}"],
                          env=environment(**env), capture_output=True, text=True,
                          timeout=DEADLINE)
    m = re.search(r"wanted (\d+) other (\d+) broken (\d+)", done.stdout)
    assert m, done.stdout + done.stderr
    wanted, other, broken = map(int, m.groups())
    equal((other, broken), (0, 0), f"other statuses and errors of wrk, {done.stdout}")
    assert wanted > 100, f"only {wanted} requests"
    return wanted


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app()
        web = place.nginx(app)
        location = web.post("/", "name=Ann&message=Hi").get("Location")
        with t.row("GET of the form is 200"):
            wrk(web, "/")
        with t.row("GET of a result is 200"):
            wrk(web, location)
        with t.row("each POST is 303 and a row"):
            seen = wrk(web, "/", WRK_POST="name=Load&message=Hi")
            place.stop_nginx()
            app.stop()
            (stored,), = app.rows("SELECT count(*) FROM submission WHERE "
                                  "json_extract(input, '$.name') = 'Load'")
            # wrk ends without waiting for the answers under way.
            assert seen <= stored <= seen + CONNECTIONS, f"{seen} seen, {stored} stored"
        with t.row("the store is whole"):
            equal(app.rows("PRAGMA integrity_check"), [("ok",)])
            equal(app.rows("SELECT count(*) FROM submission WHERE state != 'done' OR "
                           "json_extract(input, '$.message') != 'Hi'"), [(0,)])

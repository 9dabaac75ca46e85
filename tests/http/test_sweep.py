"""Many expired rows are deleted while visitors post: none waits long, and SIGTERM ends it."""
import threading
import time

from client import DEADLINE
from forms import body, change_store
from harness import Place
from runner import equal, status

COUNT, VISITORS = 60000, 4
LONGEST = 1             # seconds, on a busy machine and under sanitizers


def expire(app, count):
    """Drafts whose IDs lie anywhere."""
    change_store(app, """WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c
        WHERE x < ?) INSERT INTO submission (id, route, state, input, result, created,
        modified, expires) SELECT substr(hex(randomblob(14)), 1, 27), '/note', 'draft',
        '{"text":"x"}', '{"errors":[]}', 1, 1, 1 + x FROM c""", count)


class Visitor(threading.Thread):
    def __init__(self, app, over):
        super().__init__()
        self.app, self.over, self.times = app, over, []
        self.start()

    def run(self):
        c = self.app.connect()
        while not self.over.is_set():
            start = time.monotonic()
            status(c.request("POST", "/note", (), body(text="one"), keep=True), 303)
            self.times.append(time.monotonic() - start)
        c.close()


def left(app):
    return app.rows("SELECT count(*) FROM submission WHERE state = 'draft'")[0][0]


def swept(t, place):
    place.app(program="hasty").stop()
    app = place.app(program="hasty")
    expire(app, COUNT)
    over = threading.Event()
    visitors = [Visitor(app, over) for _ in range(VISITORS)]
    with t.row(f"{COUNT} expired drafts are deleted while {VISITORS} visitors post"):
        end = time.monotonic() + 60
        while left(app) > 0:
            assert time.monotonic() < end, f"{left(app)} are left"
            time.sleep(0.2)
        app.wait_for("deleted")
    over.set()
    for v in visitors:
        v.join(DEADLINE)
    longest = max(max(v.times) for v in visitors)
    with t.row(f"no POST waits for {LONGEST} s"):
        assert longest < LONGEST, longest
    with t.row("all that was posted is there"):
        equal(app.rows("SELECT count(*) FROM submission WHERE state = 'done'"),
              [(sum(len(v.times) for v in visitors),)])


def stopped(t, place):
    app = place.app(program="hasty")
    expire(app, COUNT)
    while left(app) == COUNT:
        time.sleep(0.05)
    with t.row("SIGTERM in the middle of it ends the program within 2 s"):
        assert app.stop() < 2
        assert left(app) > 0, "none is left: it was not in the middle"


def run(t, bin):
    with Place(t, bin) as place:
        swept(t, place)
    with Place(t, bin) as place:
        stopped(t, place)

"""Under load: only the expected statuses, and a row for each 303."""
from harness import Place
from runner import equal
from wrk import Wrk

CONNECTIONS = 64


def load(web, path, want, **settings):
    """The count of the responses of this status; any other is a failure."""
    count = Wrk(web, path, 2, CONNECTIONS, want=want, **settings).wanted()
    assert count > 100, f"only {count} requests"
    return count


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app()
        web = place.nginx(app)
        location = web.post("/", "name=Ann&message=Hi").get("Location")
        with t.row("GET of the form is 200"):
            load(web, "/", 200)
        with t.row("GET of a result is 200"):
            load(web, location, 200)
        with t.row("each POST is 303 and a row"):
            seen = load(web, "/", 303, post="name=Load&message=Hi")
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

"""HTML or JSON, as the client prefers."""
from client import FORM
from harness import Place
from runner import equal, status

ANN = "name=%C3%84nn&message=a%0D%0Ab&stars=4"
HTML, JSON = "text/html; charset=utf-8", "application/json"
CHROMIUM = ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
            "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7")

ROWS = [
    ("no Accept", None, HTML),
    ("an empty one", "", HTML),
    ("anything", "*/*", HTML),
    ("Chromium's", CHROMIUM, HTML),
    ("Firefox's", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
    ("JSON", "application/json", JSON),
    ("JSON in capitals", "Application/JSON", JSON),
    ("JSON, then anything", "application/json, */*;q=0.5", JSON),
    ("any application", "application/*", JSON),
    ("any text", "text/*", HTML),
    ("JSON rather than HTML", "text/html;q=0.1, application/json;q=0.2", JSON),
    ("HTML rather than JSON", "application/json;q=0.5, text/html", HTML),
    ("both alike", "application/json, text/html", HTML),
    ("anything but JSON", "application/json;q=0, */*", HTML),
    ("anything but HTML", "text/html;q=0, */*", JSON),
    ("neither", "image/png", HTML),
    ("a broken member beside JSON", ";;;, application/json", JSON),
]


# Nothing that we have; and what names no type of a page, but that of an error.
NEITHER = ["*/*;q=0", "text/html;q=0, application/json;q=0", "image/png, */*;q=0"]
PROBLEM = "application/problem+json"


def neither(t, web, location):
    for accept in NEITHER:
        for path in (location, "/"):
            with t.row(f"{accept}: {path[:1]}{'ID' * (path != '/')} is 406"):
                r = web.request("GET", path, [("Accept", accept)])
                assert JSON in status(r, 406).text, r.text
    with t.row("an error as problem+json, if that alone is asked for"):
        equal(status(web.get("/nope", accept=PROBLEM), 404).get("Content-Type"), PROBLEM)
        equal(status(web.get("/", accept=PROBLEM), 200).get("Content-Type"), HTML)


def run(t, bin):
    with Place(t, bin) as place:
        web = place.nginx(place.app())
        location = web.post("/", ANN).get("Location")
        for name, accept, want in ROWS:
            for path in (location, "/"):
                with t.row(f"{name}: {path[:1]}{'ID' * (path != '/')} as {want}"):
                    r = status(web.request("GET", path, [("Accept", accept)]), 200)
                    equal(r.get("Content-Type"), want)
                    equal(r.get("Vary"), "Accept", "Vary")
                    assert want == HTML or r.json
            with t.row(f"{name}: a POST is {303 if want == HTML else 201}"):
                r = web.request("POST", "/", [("Accept", accept)], ANN)
                status(r, 303 if want == HTML else 201)
        neither(t, web, location)
        with t.row("a JSON client gets what GET of the Location gives"):
            r = status(web.post("/", ANN, accept=JSON), 201)
            equal(len(r.all("Location")), 1, "the count of Location")
            equal(r.get("Content-Location"), r.get("Location"))
            equal(r.get("Content-Type"), JSON)
            equal(r.get("Cache-Control"), "no-store")
            again = status(web.get(r.get("Location"), accept=JSON), 200)
            equal(r.body, again.body)
            equal(r.json["url"], r.get("Location"))
            equal(r.json["input"], {"name": "Änn", "message": "a\nb", "stars": 4})
            equal(r.json["result"], {"thanks": "Thank you, Änn."})
            equal(r.json["state"], "done")
        with t.row("HTML and JSON have each a tag of their own"):
            html, json = web.get(location), web.get(location, accept=JSON)
            assert html.get("ETag") and json.get("ETag"), "no ETag"
            assert html.get("ETag") != json.get("ETag"), html.get("ETag")
            status(web.get(location, accept=JSON, if_none_match=html.get("ETag")), 200)
            status(web.get(location, accept=JSON, if_none_match=json.get("ETag")), 304)
        with t.row("Accept in two lines is one list"):
            r = web.request("GET", location, [("Accept", "text/html;q=0.3"),
                                              ("Accept", "application/json")])
            equal(status(r, 200).get("Content-Type"), JSON)
        with t.row("the form as JSON names its fields"):
            r = status(web.get("/", accept=JSON), 200)
            for name in ("name", "message", "stars"):
                assert f'"{name}"' in r.text, r.text

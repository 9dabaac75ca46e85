"""Under a prefix, and the stylesheet with and without a web server's help."""
import os

from harness import TOP, Place, replace
from page import Page
from runner import equal, status

ANN = "name=Ann&message=Hi"
CSS = "/static/prg.css"


def stylesheet(t, web, app):
    with open(os.path.join(TOP, "templates", "static", "prg.css"), "rb") as f:
        css = f.read()
    with t.row("the stylesheet through nginx is the file"):
        r = status(web.get(CSS), 200)
        equal(r.body, css)
        equal(r.get("Content-Type"), "text/css; charset=utf-8")
        equal(r.get("X-Content-Type-Options"), "nosniff")
    with t.row("the stylesheet from the app has the same bytes"):
        r = status(app.request("GET", CSS), 200)
        equal(r.body, css)
        equal(r.get("Content-Type"), "text/css; charset=utf-8")
        equal(r.get("X-Content-Type-Options"), "nosniff")
        assert "max-age=" in r.get("Cache-Control"), r.get("Cache-Control")
        status(app.request("GET", CSS, [("If-None-Match", r.get("ETag"))]), 304)
    with t.row("pages name the stylesheet, and it is there"):
        page = Page(web.get("/").text)
        href = page.having("rel", "stylesheet")[0][1]["href"]
        equal(href.split("?")[0], CSS)
        equal(status(web.get(href), 200).body, css)
        equal(status(app.request("GET", href), 200).body, css)


def check_addresses(html):
    page = Page(html)
    inside = [a for a in page.links if not a.startswith("#")]
    inside += [a[n] for _, a in page.elements for n in ("action", "src") if n in a]
    inside += [a["href"] for tag, a in page.elements if tag == "link"
               and not a["href"].startswith("data:")]
    assert len(inside) >= 3, inside
    for address in inside:
        assert address.startswith("/app/"), f"{address!r} is outside of /app/"


# Targets outside of the base, straight to the app.
OUTSIDE = ["/", "/static/prg.css", "/application", "/ap", "/App/", "//app/", "/other/"]


def under_base(t, place, app, web):
    with t.row("a POST leads below the base"):
        location = status(web.post("/app/", ANN), 303).get("Location")
        equal(location[:5], "/app/")
        equal(len(location), 32)
        equal(web.post("/app/", ANN, accept="application/json").get("Location")[:5], "/app/")
    for path in ("/app/", web.post("/app/", ANN).get("Location"), "/app/nothing"):
        with t.row(f"all addresses on {path[:8]} carry the base"):
            check_addresses(web.get(path).text)
    with t.row("without a POST: JSON's url carries the base"):
        r = web.get(web.post("/app/", ANN).get("Location"), accept="application/json")
        equal(r.json["url"][:5], "/app/")
    with t.row("the app gives the stylesheet below the base"):
        href = Page(web.get("/app/").text).having("rel", "stylesheet")[0][1]["href"]
        equal(status(web.get(href), 200).get("Content-Type"), "text/css; charset=utf-8")
    with t.row("the base without a slash is the home as well"):
        status(app.request("GET", "/app"), 200)
    for target in OUTSIDE:
        with t.row(f"{target} is outside of the base: 404"):
            status(app.request("GET", target), 404)


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app()
        stylesheet(t, place.nginx(app), app)
    with Place(t, bin) as place:
        app = place.app("--base", "/app")
        web = place.nginx(app, lambda conf: replace(conf, "location / {", "location /app/ {"))
        under_base(t, place, app, web)

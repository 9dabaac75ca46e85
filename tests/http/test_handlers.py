"""What handlers can ask and say, and what the log has of their mistakes."""
import os
import re
from urllib.parse import quote

import forms
from harness import Place
from page import Page
from runner import equal, has, lacks, status

JSON = [("Accept", "application/json")]


def ask(app, query="", headers=(), more=()):
    """The JSON of what the functions return."""
    return status(app.request("GET", "/?" + query, [*JSON, *headers], more=more), 200).json


def asked(t, place):
    app = place.app(program="handlers")
    with t.row("prg_user() is nobody without --trust-remote-user"):
        equal(ask(app, more=[("REMOTE_USER", "ann")])["user"], "(none)")
    with t.row("prg_remote() is the client's address, or nothing"):
        equal(ask(app, more=[("REMOTE_ADDR", "192.0.2.7")])["remote"], "192.0.2.7")
        equal(ask(app, more=[("REMOTE_ADDR", "")])["remote"], "")
    for name, sent, want in (
            ("User-Agent", [("User-Agent", "Test/1")], "Test/1"),
            ("user-agent", [("User-Agent", "Test/1")], "Test/1"),
            ("X-Many", [("X-Many", "a"), ("X-Many", "b")], "a, b"),
            ("X-Empty", [("X-Empty", "")], "(none)"),
            ("X-None", [], "(none)")):
        with t.row(f"prg_header() of {name} is {want}"):
            equal(ask(app, "header=" + name, sent)["header"], want)
    with t.row("prg_header() has the type and the length of a body"):
        more = [("CONTENT_TYPE", "text/x"), ("CONTENT_LENGTH", "0")]
        equal(ask(app, "header=Content-Type", more=more)["header"], "text/x")
        equal(ask(app, "header=content-length", more=more)["header"], "0")
    for path, want in (("/limited", "/limited"), ("/limited?a=b", "/limited?a=b"), ("/", "/")):
        with t.row(f"prg_url() of {path} has scheme and host"):
            equal(ask(app, "url=" + path, [("Host", "a.example:81")])["url"],
                  "http://a.example:81" + want)
            equal(ask(app, "url=" + path, [("Host", "a.example")], [("HTTPS", "on")])["url"],
                  "https://a.example" + want)
    with t.row("prg_url() of NULL in a form is the form"):
        equal(ask(app, headers=[("Host", "a.example")])["url"], "http://a.example/")
    with t.row("prg_url() of another site is the home, and one line in the log"):
        equal(ask(app, "url=//evil.example", [("Host", "a.example")])["url"],
              "http://a.example/")
        app.wait_for(' level=warning app=handlers event=request ')
        app.wait_for('reason="prg_url: not a path of this app"')
    with t.row("prg_url() of NULL in a post is the address of the submission"):
        r = status(app.request("POST", "/limited", [*JSON, ("Host", "a.example")], "text=soon"),
                   201)
        equal(r.json["result"]["url"], "http://a.example" + r.get("Location"))
    app.stop()


def configured(t, place):
    """Below a base, with the user and the origins that the operator names."""
    app = place.app("--base", "/app", "--trust-remote-user", "--origin",
                    "https://a.example,https://b.example", program="handlers")
    for host, want in (("b.example", "https://b.example"), ("evil.example", "https://a.example")):
        with t.row(f"with --origin, prg_url() has {want} where Host is {host}"):
            r = app.request("GET", "/app/?url=/limited", [*JSON, ("Host", host)])
            equal(r.json["url"], want + "/app/limited")
    with t.row("prg_user() is REMOTE_USER with --trust-remote-user"):
        r = app.request("GET", "/app/", JSON, more=[("REMOTE_USER", "ann")])
        equal(r.json["user"], "ann")
        equal(app.request("GET", "/app/", JSON).json["user"], "(none)")
    app.stop()


def limits(t, place):
    app = place.app("--log-level", "debug", program="handlers")
    with t.row("prg_limit() is 429 with its sentence and Retry-After"):
        r = status(app.request("POST", "/limited", (), "text=90"), 429)
        equal(r.get("Retry-After"), "90")
        equal(Page(r.text).title, "Too many requests")
        has(r.text, "<p>You wrote 90; wait.</p>")
        has(r.text, '<a href="/limited">Limited</a>')
    with t.row("to a program it is problem+json"):
        r = status(app.request("POST", "/limited", JSON, "text=90"), 429)
        equal(r.get("Content-Type"), "application/problem+json")
        equal((r.get("Retry-After"), r.json["detail"]), ("90", "You wrote 90; wait."))
    with t.row("the log has its sentence, and no warning"):
        app.wait_for('level=debug app=handlers event=request ')
        has(app.log, 'status=429 ')
        has(app.log, 'reason="You wrote 90; wait."')
    with t.row("nothing is stored, and the key is unspent"):
        key = forms.get_key(app, "/limited")
        status(forms.post(app, "/limited", key, text="90"), 429)
        status(forms.post(app, "/limited", key, text="90"), 429)
        equal(app.rows(), [])
        address = forms.location(status(forms.post(app, "/limited", key, text="soon"), 303))
        equal([row[0] for row in app.rows("SELECT id FROM submission")],
              [forms.id_of(address)])
    with t.row("prg_limit_page() is 429 too, in HTML and in JSON"):
        r = status(app.request("GET", "/?limit=5"), 429)
        equal(r.get("Retry-After"), "5")
        has(r.text, "<p>Wait &lt;5&gt; s.</p>")
        r = status(app.request("GET", "/?limit=5", JSON), 429)
        equal((r.get("Retry-After"), r.json["detail"]), ("5", "Wait <5> s."))
    with t.row("less than a second is a second, and one line in the log"):
        equal(status(app.request("GET", "/?limit=-3"), 429).get("Retry-After"), "1")
        app.wait_for('reason="prg_limit: -3 seconds; wait for at least 1"')
    app.stop()


def pages(t, place):
    app = place.app(program="handlers")
    with t.row(".intro is above the form, also when it is shown again"):
        for text in (app.request("GET", "/limited").text,
                     app.request("GET", forms.location(
                         app.request("POST", "/limited", (), "text="))).text):
            has(text, '<h1>Limited</h1>\n<p class="intro">We answer &lt;quickly&gt;.</p>\n<form')
    with t.row(".button is the text of the button"):
        has(app.request("GET", "/limited").text,
            '<button type="submit">Order &amp; pay</button>')
    with t.row("without them there is no sentence, and the button is as ever"):
        text = app.request("GET", "/plain").text
        lacks(text, 'class="intro"')
        has(text, '<button type="submit">Send</button>')
    with t.row("JSON has the sentence"):
        equal(app.request("GET", "/limited", JSON).json["intro"], "We answer <quickly>.")
    with t.row("the app's title is on each page, and names one that has none"):
        for path in ("/", "/limited", "/nothing"):
            has(app.request("GET", path).text, ">Handlers &amp; co</a></header>")
        equal(Page(app.request("GET", "/plain").text).title, "Handlers & co")
    app.stop()


# What the handler does wrong; the status that comes of it, and the line in the log.
MISTAKES = [
    ("prg_field_error() and prg_created()", "error", 303,
     "prg_created: the post added an error; return prg_invalid() after prg_field_error()"),
    ("prg_field_error() and prg_redirect()", "error away", 303,
     "prg_redirect: the post added an error; return prg_invalid() after prg_field_error()"),
    ("prg_invalid() without an error", "invalid", 303,
     "prg_invalid: the post added no error; call prg_field_error() before"),
    ("prg_model() in a post", "model", 303,
     "prg_model: post shows no page; use prg_result(), or call it in the get"),
    ("prg_fill() in a post", "fill", 303,
     "prg_fill: post shows no page; use prg_result(), or call it in the get"),
    ("prg_recent() in a post", "recent", 303,
     "prg_recent: post shows no page; use prg_result(), or call it in the get"),
    ("prg_redirect() to no route", "lost", 303,
     "prg_redirect: no route of this app has this path"),
    ("prg_field_error() in a record that returns true", "taken", 303,
     "record: it added an error and returned true; return false after prg_field_error()"),
    ("a post that returns { 0 }", "none", 503, "the handler returned no outcome of prg.h"),
]


GET_MISTAKES = [
    ("prg_input() in a get", "/mistaken?input", "prg_input: there is input only in a post"),
    ("a name that is NULL", "/mistaken?null", "prg_fill: there is no field '(null)'"),
    ("prg_recent() on a route without a form", "/?recent",
     "prg_recent: route / has no form, and so no results"),
    ("prg_list_all() of a route without a form", "/?all",
     "prg_list_all: route / has no form, and so no results"),
]


def line_of(app, n, *args, **kw):
    """The response to a request, and its line in the log."""
    response = app.request(*args, more=[("REQUEST_ID", f"request{n}")], **kw)
    app.wait_for(f" id=request{n} ")
    return response, next(s for s in app.log.splitlines() if f" id=request{n} " in s)


def mistakes(t, place):
    app = place.app("--log-level", "debug", program="handlers")
    for n, (name, text, want, line) in enumerate(MISTAKES):
        with t.row(f"{name} is one line in the log"):
            r, said = line_of(app, n, "POST", "/mistaken", (), "text=" + quote(text))
            status(r, want)
            has(said, f" level={'warning' if want == 303 else 'error'} ")
            has(said, " route=/mistaken ")
            has(said, f' reason="{line}"')
        if "error" in text or text in ("invalid", "taken"):
            with t.row(f"{name}: the form comes back with an error, and nothing is stored"):
                page = app.request("GET", r.get("Location"))
                has(page.text, "Not this" if text != "invalid" else "Some values are invalid.")
                status(app.request("POST", "/mistaken", JSON, "text=" + quote(text)), 422)
    with t.row("a redirect to a route, with a query and a fragment, is no mistake"):
        r, said = line_of(app, "-away", "POST", "/mistaken", (), "text=away")
        equal(status(r, 303).get("Location"), "/plain?a=b#c")
        lacks(said, "reason")
    with t.row("a get in a POST that shows the form again makes no mistake"):
        r, said = line_of(app, "-again", "POST", "/again", (), "text=")
        has(status(r, 422).text, "<form")
        lacks(said, "reason")
    for name, path, line in GET_MISTAKES:
        with t.row(f"{name} is one line in the log"):
            r, said = line_of(app, name.replace(" ", "-").replace("()", ""), "GET", path)
            status(r, 200)
            has(said, ' level=warning ')
            has(said, f' reason="{line}"')
    with t.row("a text of the input of a get is empty"):
        has(app.request("GET", "/mistaken?input").text, "It has 0 bytes")
    with t.row("a get that returns { 0 } is 500, and one line in the log"):
        r, said = line_of(app, "-none", "GET", "/mistaken?none")
        status(r, 500)
        has(said, ' level=error ')
        has(said, ' reason="the handler returned no outcome of prg.h"')
    with t.row("a template that is not there is 500, and the log has its name"):
        r, said = line_of(app, "-nowhere", "GET", "/mistaken?template=nowhere")
        status(r, 500)
        has(said, ' reason="prg_show: there is no template \'nowhere\'; add nowhere.mustache"')
    app.stop()


LINK = """<!DOCTYPE html>
<title>{{title}}</title>
<p><a href="{{address}}">Here</a></p>
"""


def blocked(t, place):
    path = place.write("templates/link.mustache", LINK)
    said = (path + ":3: the address is blocked: it is not of this site, http, https or mailto,"
            " or goes up in the path")
    for flags in (), ("--dev",):
        app = place.app(*flags, "--templates", place.file("templates"), program="handlers")
        with t.row(f"{flags}: a good address is a link, and nothing is said"):
            text = app.request("GET", "/mistaken?template=link&address=/plain").text
            has(text, 'href="/plain"')
            lacks(text, "blocked")
        with t.row(f"{flags}: an address that is blocked is one line in the log"):
            text = app.request("GET", "/mistaken?template=link&address=javascript:1").text
            has(text, 'href="about:invalid#blocked"')
            app.wait_for(f' reason="{said}"\n')
            equal(app.log.count(" is blocked"), 1)
        with t.row(f"{flags}: the page says so with --dev alone"):
            equal(f"<p><strong>{said}</strong></p>" in text, flags != ())
        app.stop()


SLOTS = {"head": '<meta name="author" content="{{app}}">\n',
         "header": "<header>{{title}} of {{site}}</header>\n",
         "footer": "<footer>{{base}}</footer>\n"}


def slots(t, place):
    """What an app adds to the frame of every page."""
    for name, text in SLOTS.items():
        place.write(f"templates/{name}.mustache", text)
    app = place.app("--templates", place.file("templates"), program="handlers")
    plain = place.app(program="handlers", socket="plain.sock")
    result = forms.location(app.request("POST", "/plain", (), "text=a"))
    for path in "/plain", result, "/nothing":
        page = app.request("GET", path).text
        with t.row(f"{path[:7]}: head.mustache is the last of the head"):
            has(page, '<meta name="author" content="handlers">\n</head>')
        with t.row(f"{path[:7]}: header.mustache is above the page, in place of ours"):
            head, _, rest = page.partition("<main>")
            has(head, " of Handlers &amp; co</header>\n")
            equal(head.count("<header>"), 1)
        with t.row(f"{path[:7]}: footer.mustache is the last of the body"):
            has(page, "</main>\n<footer></footer>\n</body>")
    with t.row("without them the head ends with the stylesheet, the body with the page"):
        page = plain.request("GET", "/plain").text
        assert re.search('<link rel="stylesheet" href="[^"]*">\n</head>', page), page
        has(page, "</main>\n</body>")


def styles(t, place):
    """An app's own stylesheet."""
    one, two = ":root { --accent: #a00; }\n", ":root { --accent: #0a0; }\n"
    place.write("templates/app.css", one)
    app = place.app("--templates", place.file("templates"), "--base", "/app",
                    program="handlers")
    web = place.nginx(app)
    with t.row("app.css is linked after ours, below the base"):
        links = [a["href"] for _, a in Page(web.get("/app/plain").text).having("rel",
                                                                             "stylesheet")]
        equal([h.partition("?")[0] for h in links], ["/app/static/prg.css", "/app/-/app.css"])
    with t.row("it is served, and kept for ever under an address of its content"):
        r = status(web.get(links[1]), 200)
        equal((r.text, r.get("Content-Type")), (one, "text/css; charset=utf-8"))
        has(r.get("Cache-Control"), "max-age=")
        status(web.request("GET", links[1], [("If-None-Match", r.get("ETag"))]), 304)
    app.stop()
    with t.row("another content has another address"):
        place.write("templates/app.css", two)
        app = place.app("--templates", place.file("templates"), program="handlers")
        link = re.search(r'"/(-/app\.css\?[^"]*)"', app.request("GET", "/plain").text)[1]
        assert not links[1].endswith(link), link
    app.stop()
    with t.row("without one there is no link, and no such page"):
        app = place.app(program="handlers")
        lacks(app.request("GET", "/plain").text, "app.css")
        status(app.request("GET", "/-/app.css"), 404)
    app.stop()
    with t.row("with --dev it is seen once it is there, and whenever it changes"):
        os.unlink(place.file("templates/app.css"))
        app = place.app("--dev", program="handlers")
        for text in "", one, two:
            if text:
                place.write("templates/app.css", text)
            r = status(app.request("GET", "/-/app.css"), 200)
            equal((r.text, r.get("Cache-Control")), (text, "no-cache"))
            has(app.request("GET", "/plain").text, 'href="/-/app.css?')
    app.stop()
    with t.row("one that is too long is refused at start"):
        place.write("templates/app.css", " " * (1 << 20) + " ")
        code, said = forms.run_command(place, "check", "--templates", place.file("templates"),
                                       program="handlers")
        equal(code, 1)
        has(said, "app.css: longer than ")


def selected(text):
    """The values that are chosen on a page."""
    chosen = Page(text).elements
    return [a["value"] for _, a in chosen if "selected" in a or "checked" in a]


def options(t, place):
    """Choices from a function."""
    app = place.app("--log-level", "debug", program="handlers")
    change = lambda sql: forms.change_store(app, sql)     # noqa: E731
    with t.row("a form has the choices of its request, with their labels"):
        text = app.request("GET", "/visit").text
        has(text, '<option value="1">Hall &lt;1&gt;</option>\n<option value="2">Garden</option>')
        lacks(text, "Cellar")
        has(text, '<input type="checkbox" id="f-days-0" name="days" value="Mon">')
    with t.row("so has its JSON"):
        place_, days = app.request("GET", "/visit", JSON).json["form"]["fields"]
        equal(place_["choices"], [{"value": "1", "label": "Hall <1>"},
                                  {"value": "2", "label": "Garden"}])
        equal([c["value"] for c in days["choices"]], ["Mon", "Tue", "Wed"])
    key = forms.get_key(app, "/visit")
    body = forms.body(key, place="2") + "&days=Wed&days=Mon"
    with t.row("a choice of them is stored, and shown with its label"):
        address = forms.location(app.request("POST", "/visit", (), body))
        text = app.request("GET", address).text
        has(text, ">Garden</dd>")
        has(text, ">Mon, Wed</dd>")
        equal(app.request("GET", address, JSON).json["input"],
              {"place": "2", "days": ["Mon", "Wed"]})
    with t.row("a list shows the label too"):
        has(app.request("GET", "/visit").text, ">Garden</dd>")
    with t.row("a value that is none of them is an error of its field"):
        draft = forms.location(app.request("POST", "/visit", (), "place=3"))
        has(app.request("GET", draft).text, 'href="#f-place">Place must be one of the options<')
        r = status(app.request("POST", "/visit", JSON, "place=1&days=Sun"), 422)
        equal([e["pointer"] for e in r.json["errors"]], ["#/days"])
    change("UPDATE place SET free = id = 3")
    change("DELETE FROM day WHERE name = 'Wed'")
    with t.row("once it is gone, the same form leads to the same result all the same"):
        equal(forms.location(app.request("POST", "/visit", (), body)), address)
        has(app.request("GET", address).text, ">2</dd>")
    with t.row("the draft shows the choices of its own request"):
        text = app.request("GET", draft).text
        has(text, '<option value="3" selected>Cellar</option>')
        lacks(text, "Garden")
    with t.row("a function that returns NULL has no choices"):
        field, = app.request("GET", "/nothing", JSON).json["form"]["fields"]
        equal(field["choices"], [])
        status(app.request("GET", "/nothing"), 200)
        status(app.request("POST", "/nothing", JSON, "colour=red"), 422)
        status(app.request("POST", "/nothing", (), "colour="), 303)
    with t.row("prg_fill() of PRG_CHOICES chooses each of several"):
        equal(selected(app.request("GET", "/visit?day=MonTue&place=3").text),
              ["3", "Mon", "Tue"])
    with t.row("a choice that is not there is one line in the log"):
        r, said = line_of(app, "-fill", "GET", "/visit?place=9")
        equal(selected(status(r, 200).text), [])
        has(said, " level=warning ")
        has(said, " reason=\"prg_fill: field 'place' has no such choice\"")
    app.stop()


def run(t, bin):
    for part in (asked, configured, limits, pages, mistakes, blocked, slots, styles, options):
        with Place(t, bin) as place:
            part(t, place)

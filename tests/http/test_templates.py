"""An app's own templates, and what --dev adds."""
import os
import re

from harness import TOP, Place
from runner import equal, has, lacks, status

ANN = "name=Ann+%3C&message=Hi"
GOOD = "<!DOCTYPE html>\n<title>{{title}}</title>\n<p>%s: {{input.name}}</p>\n"
BROKEN = "<!DOCTYPE html>\n<p>\n{{#input}}\n"
FOOTER = "Every kind of field that prg has, on one page."
ENDLESS = "<!DOCTYPE html>\n<p>{{#url}}{{>result}}{{/url}}</p>\n"


def set_result(place, text):
    return place.write("templates/result.mustache", text)


def check(app, location, words):
    r = status(app.request("GET", location), 200)
    has(r.text, words + ": Ann &lt;")
    return r


def with_dev(t, place):
    set_result(place, GOOD % "One")
    app = place.app("--dev", "--templates", place.file("templates"))
    location = app.request("POST", "/", (), ANN).get("Location")
    with t.row("a file takes the place of the template that is built in"):
        first = check(app, location, "One")
        equal(first.get("Content-Type"), "text/html; charset=utf-8")
    with t.row("the others are still there"):
        has(app.request("GET", "/").text, "<form")
    with t.row("--dev: a changed file is seen at once, with another tag"):
        set_result(place, GOOD % "Two")
        second = check(app, location, "Two")
        assert first.get("ETag") != second.get("ETag"), first.get("ETag")
        status(app.request("GET", location, [("If-None-Match", first.get("ETag"))]), 200)
    with t.row("--dev: each of many changes is seen"):
        for i in range(50):
            set_result(place, GOOD % f"{i:04}")
            check(app, location, f"{i:04}")
    with t.row("--dev: a broken file is 500 that names it and the line"):
        set_result(place, BROKEN)
        for path in (location, "/"):
            has(status(app.request("GET", path), 500).text, "result.mustache:3: expected")
    with t.row("--dev: meanwhile a POST is stored, and JSON is served"):
        other = status(app.request("POST", "/", (), ANN), 303).get("Location")
        status(app.request("GET", other, [("Accept", "application/json")]), 200)
    with t.row("--dev: the next good version is served"):
        set_result(place, GOOD % "Three")
        check(app, location, "Three")
        check(app, other, "Three")
    with t.row("--dev: a new file is seen"):
        place.write("templates/error.mustache", "<!DOCTYPE html>\n<p>Mine: {{detail}}</p>\n")
        has(status(app.request("GET", "/nothing"), 404).text, "Mine: ")
    with t.row("--dev: a file with another name is seen"):
        os.rename(place.file("templates/error.mustache"), place.file("templates/form.mustache"))
        has(app.request("GET", "/").text, "Mine: ")
        lacks(status(app.request("GET", "/nothing"), 404).text, "Mine: ")
    with t.row("--dev: two files that have swapped their names are seen"):
        for old, new in (("form", "old"), ("result", "form"), ("old", "result")):
            os.rename(place.file(f"templates/{old}.mustache"),
                      place.file(f"templates/{new}.mustache"))
        has(app.request("GET", "/").text, "Three: ")
        has(app.request("GET", location).text, "Mine: ")
    with t.row("--dev: a page that can't be made says why"):
        set_result(place, ENDLESS)
        has(status(app.request("GET", location), 500).text, "longer than")


def without_dev(t, place):
    set_result(place, GOOD % "One")
    app = place.app("--templates", place.file("templates"))
    location = app.request("POST", "/", (), ANN).get("Location")
    with t.row("without --dev a changed file is not seen"):
        check(app, location, "One")
        set_result(place, GOOD % "Two")
        check(app, location, "One")
    with t.row("nor is a broken one"):
        set_result(place, BROKEN)
        check(app, location, "One")
    app.stop()
    with t.row("a page that can't be made is 500 that says nothing of why"):
        set_result(place, ENDLESS)
        app = place.app("--templates", place.file("templates"))
        r = status(app.request("GET", location), 500)
        for words in ("came to", "result", "mustache", place.folder):
            lacks(r.text, words)
        app.wait_for("longer than")
        status(app.request("GET", location, [("Accept", "application/json")]), 200)


def embedded(t, place):
    """The survey's own layout is part of the program."""
    app = place.app(program="survey")
    with t.row("an app's own templates need no folder"):
        has(app.request("GET", "/").text, FOOTER)
    with t.row("the log says so, with version, base and store"):
        header = open(os.path.join(TOP, "framework", "prg.h")).read()
        version = re.search(r'#define PRG_VERSION\s+"(.*)"', header)[1]
        has(app.log, f" event=start version={version} base=/ store={app.store}"
            " templates=embedded threads=")
    app.stop()
    with t.row("--templates replaces them by name, and the log has the folder"):
        folder = os.path.dirname(place.write("mine/layout.mustache", "<p>Mine\n"))
        app = place.app("--templates", folder, "--base", "/app", program="survey")
        equal(app.request("GET", "/app").text, "<p>Mine\n")
        has(app.log, f" base=/app store={app.store} templates={folder} threads=")
    app.stop()
    with t.row("without a flag no folder is used"):
        os.rename(folder, place.file("templates"))
        app = place.app(program="survey")
        has(app.request("GET", "/").text, FOOTER)
    with t.row("an app without a template of its own has the built-in ones"):
        has(place.app(program="owner", socket="owner.sock").log, " templates=built-in ")


def later(t, place):
    """A folder that is made while the app serves."""
    for flags, folder in ((), "templates"), (("--templates", "own"), "own"):
        app = place.app("--dev", *flags, program="survey")
        with t.row(f"--dev: {folder}/ is missing, and the log has what is used"):
            has(app.request("GET", "/").text, FOOTER)
            has(app.log, " templates=embedded ")
        with t.row(f"--dev: {folder}/ is seen once it is there"):
            place.write(f"{folder}/layout.mustache", "<p>Mine\n")
            equal(app.request("GET", "/").text, "<p>Mine\n")
        app.stop()


def controls(t, place):
    """Each of the templates that draw the controls of a form, with a name of the page's."""
    for name in ("controls", "field", "hint"):
        with t.row(f"{name}.mustache of the app's own draws the blank form and the draft"):
            path = place.write(f"templates/{name}.mustache", f"<i>{name} of {{{{home}}}}</i>")
            app = place.app("--templates", place.file("templates"))
            has(app.request("GET", "/").text, f"<i>{name} of /</i>")
            draft = status(app.request("POST", "/", (), "name="), 303).get("Location")
            has(app.request("GET", draft).text, f"<i>{name} of /</i>")
            app.stop()
            os.unlink(path)


def run(t, bin):
    for part in (with_dev, without_dev, embedded, later, controls):
        with Place(t, bin) as place:
            part(t, place)

"""Input that does not fit: nothing is stored, nothing that was typed is lost."""
from client import FORM
from forms import JSON, bare
from harness import Place
from messages import message
from page import Page
from runner import equal, has, lacks, status
from urllib.parse import urlencode

FIELDS = ("name", "message", "stars")

# What is typed, and which fields are at fault.
ROWS = [
    ("nothing at all", {}, ("name", "message")),
    ("all left blank", {"name": "", "message": "", "stars": ""}, ("name", "message")),
    ("spaces only", {"name": "  ", "message": " \r\n ", "stars": "3"}, ("name", "message")),
    ("quotes", {"name": '"\'', "message": "a \"b\" 'c'", "stars": "9"}, ("stars",)),
    ("markup", {"name": "<b>&amp;</b>", "message": "</textarea><script>x</script>",
                "stars": "9"}, ("stars",)),
    ("a quote that would end the value", {"name": 'x" onfocus="x', "message": "m",
                                          "stars": "0"}, ("stars",)),
    ("a newline in front", {"name": "Ann", "message": "\r\nsecond line", "stars": "9"},
     ("stars",)),
    ("two newlines in front", {"name": "Ann", "message": "\r\n\r\nthird", "stars": "9"},
     ("stars",)),
    ("a word for a number", {"name": "Ann", "message": "m", "stars": "five"}, ("stars",)),
    ("a number with a fraction", {"name": "Ann", "message": "m", "stars": "1.5"}, ("stars",)),
    ("a number beyond all", {"name": "Ann", "message": "m", "stars": "9" * 30}, ("stars",)),
    ("a name of 81 characters", {"name": "ä" * 81, "message": "m", "stars": "1"}, ("name",)),
    ("a message of 2001", {"name": "Ann", "message": "\r\n" * 2001, "stars": "1"},
     ("message",)),
    ("letters of all the world", {"name": "Zoë 日本 🎈", "message": "שלום", "stars": "-1"},
     ("stars",)),
]


def lines(text):
    """A browser gives a textarea's value with LF, and sends CRLF."""
    return text.replace("\r\n", "\n")


def answer_to_html(web, typed):
    """The draft to which somebody who typed this is sent."""
    r = status(web.post("/", urlencode(typed)), 303)
    equal(r.get("Cache-Control"), "no-store", "Cache-Control of the 303")
    return r.get("Location"), status(web.get(r.get("Location")), 200)


def check_page(r, typed, faults):
    equal(r.get("Content-Type"), "text/html; charset=utf-8")
    equal(r.get("Cache-Control"), "private, no-store")
    equal(r.get("X-Robots-Tag"), "noindex, nofollow")
    page = Page(r.text)
    for name in FIELDS:
        equal(page.inputs[name]["value"], lines(typed.get(name, "")), f"the value of {name}")
        equal(page.inputs[name].get("aria-invalid"), "true" if name in faults else None,
              f"aria-invalid of {name}")
    equal(page.title[:7], "Error: ", "the title's beginning")
    equal(len(page.having("role", "alert")), 1, "the count of summaries")
    ids = [page.inputs[name]["id"] for name in faults]
    equal([a for a in page.links if a.startswith("#") and a != "#main"],
          ["#" + id for id in ids], "where the summary leads")
    for name in faults:
        for id in page.inputs[name]["aria-describedby"].split():
            equal(len(page.having("id", id)), 1, f"the elements of id {id}")
    lacks(r.text, "<script")
    assert not [a for _, a in page.elements if any(n.startswith("on") for n in a)]


def check_problem(r, faults):
    equal(r.get("Content-Type"), "application/problem+json")
    equal(r.json["status"], 422)
    equal([e["pointer"] for e in r.json["errors"]], ["#/" + name for name in faults])
    for e in r.json["errors"]:
        assert e["detail"], "an error without a word"


# What comes back as far as it is kept, though a page shows it at six times its size.
KEPT = 4 * 2000         # of a message

LARGE = [
    ("a form", {"name": "Ann", "message": 160000 * '"', "stars": "5"}, {}),
    ("a form in parts", {"name": "Ann", "message": 900000 * '"', "stars": "5"},
     {"parts": True}),
]


def parts(typed):
    lines = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
             for name, value in typed.items()]
    return "".join(lines) + "--b--\r\n"


def large(t, app):
    for name, typed, how in LARGE:
        kind = FORM if not how else "multipart/form-data; boundary=b"
        sent = urlencode(typed) if not how else parts(typed)
        with t.row(f"{name} of {len(sent)} bytes comes back cut, and says so"):
            r = app.request("POST", "/", [("Content-Type", kind)], sent)
            page = status(app.request("GET", status(r, 303).get("Location")), 200)
            equal(Page(page.text).inputs["message"]["value"], typed["message"][:KEPT])
            has(page.text, message("cut", label="Message", max=KEPT))
        with t.row(f"{name} of {len(sent)} bytes for a JSON client: 422"):
            r = app.request("POST", "/", [("Content-Type", kind), ("Accept", JSON)], sent)
            check_problem(status(r, 422), ["message"])


def corrected(t, app, web):
    location, r = answer_to_html(web, {"name": "Ann", "message": "\r\nsecond", "stars": "9"})
    page = Page(r.text)
    typed = {n: a["value"] for n, a in page.inputs.items()}
    location = bare(location)
    action = page.having("method", "post")[0][1]["action"]
    with t.row("the draft, corrected, becomes the result under the same address"):
        typed["stars"] = "5"
        r = status(web.post(action, urlencode(typed)), 303)
        equal(r.get("Location"), location)
        has(status(web.get(location), 200).text, "Thank you, Ann.")
        has(web.get(location).text, "\nsecond")
        equal(app.rows("SELECT state FROM submission WHERE id = ?", location[1:]), [("done",)])
    with t.row("and sent once more, it is the same one"):
        equal(status(web.post(action, urlencode(typed)), 303).get("Location"), location)
        equal(app.rows("SELECT count(*) FROM submission WHERE state = 'done'"), [(1,)])


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app()
        web = place.nginx(app)
        for name, typed, faults in ROWS:
            with t.row(f"{name}: the form again, as it was typed"):
                location, r = answer_to_html(web, typed)
                check_page(r, typed, faults)
                check_page(web.get(location), typed, faults)
            with t.row(f"{name}: for a JSON client, 422 that points at each fault"):
                r = web.post("/", urlencode(typed), accept="application/json")
                check_problem(status(r, 422), faults)
        with t.row("of all these nothing is stored but the drafts"):
            equal(app.rows("SELECT state, count(*) FROM submission GROUP BY state"),
                  [("draft", len(ROWS))])
        corrected(t, app, web)
        large(t, app)

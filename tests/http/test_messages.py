"""An app that has every message in its own language."""
import re

from forms import Unreadable, get_key, location, make_id, post
from harness import Place
from page import Page
from runner import equal, has, status

TEXT = "123"


def check_foreign(r, code, *names):
    """Nothing of ours is in English, and these messages are on the page."""
    page = Page(status(r, code).text)
    equal(page.elements[0], ("html", {"lang": "el"}))
    text = re.sub(r"/?\w{27}", "", page.text)
    for name in names:
        has(text, f"«{name}»")
    equal(re.findall("[A-Za-z]{2,}", re.sub("«.*?»", "", text)), [], "what is English")


def pages(t, app):
    with t.row("the blank form"):
        check_foreign(app.request("GET", "/"), 200, "skip", "send", "optional")
    key = get_key(app, "/")
    with t.row("the note of a 303"):
        r = post(app, "/", key, text=TEXT)
        check_foreign(r, 303, "see_other")
    address = location(r)
    with t.row("a result, and its dates"):
        r = app.request("GET", address)
        check_foreign(r, 200, "received", "received_on", "reference", "keep", "kept_until",
                      "delete", "no")
        assert re.search(r"\b20\d\d «month_\d+» \d+ \d\d:\d\d\b", Page(r.text).text), r.text
    with t.row("a draft"):
        draft = location(post(app, "/", None, text="123456"))
        check_foreign(app.request("GET", draft), 200, "error", "problem", "too_long", "draft")
    with t.row("a form that was sent before"):
        draft = location(post(app, "/", key, text="456"))
        check_foreign(app.request("GET", draft), 200, "form_used", "first")
    with t.row("404 and 405"):
        check_foreign(app.request("GET", "/nothing"), 404, "title_404", "detail_404")
        check_foreign(app.request("PUT", "/"), 405, "title_405", "detail_405")
    with t.row("503 to a POST"):
        check_foreign(post(app, "/fail", None, text=TEXT), 503, "title_503", "detail_503")
    with t.row("403 to a form that deletes, and to one of another site"):
        check_foreign(post(app, address + "/delete", "x"), 403, "title_403", "delete_again")
        r = app.request("POST", "/", [("Sec-Fetch-Site", "cross-site")], "text=1")
        check_foreign(r, 403, "title_403", "detail_403")
    with t.row("410"):
        other = location(post(app, "/", None, text=TEXT))
        key = Page(app.request("GET", other).text).inputs["prg-key"]["value"]
        equal(location(post(app, other + "/delete", key)), other)
        check_foreign(app.request("GET", other), 410, "title_410", "detail_410")
    return address


def no_store(t, place, app, address):
    store = Unreadable(place, app, "/")
    with t.row("503 to a GET"):
        check_foreign(store.request(address), 503, "title_503", "unavailable")
    store.mend()
    with t.row("a list"):
        status(store.close(), 200)
        location(post(app, "/list", None, text=TEXT))
        check_foreign(app.request("GET", "/list"), 200, "newest")
    with t.row("what belongs to somebody else, and a form without a cookie"):
        check_foreign(app.request("GET", "/mine/" + make_id()), 404, "not_yours",
                      "not_yours_detail")
        check_foreign(post(app, "/mine", None, text=TEXT), 422, "no_cookie")


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="foreign")
        no_store(t, place, app, pages(t, app))

"""A form that is sent again: as it was, changed, corrected, or to be asked about."""
from forms import JSON, KEY, bare, check_draft, get_key, id_of, location, post, ran
from harness import Place
from messages import message
from page import Page
from runner import equal, has, lacks, status

# How the content of a form can differ, by what is sent after "text=one".
OTHER = [
    ("another value", {"text": "two"}),
    ("a value in capitals", {"text": "ONE"}),
    ("one more field", {"text": "one", "pin": "1"}),
]

# What does not make it another one.
SAME = [
    ("a value with a space at its end", {"text": "one "}),
    ("a field that the app does not know", {"text": "one", "more": ""}),
    ("an optional field left blank", {"pin": "", "text": "one"}),
]


def same(t, place, app, client):
    key = get_key(client, "/note")
    first = location(post(client, "/note", key, text="one"))
    count = ran(app)
    with t.row("the address is that of the form"):
        equal(first, "/note/" + key[:27])
    with t.row("the same again: the same Location, and the handler does not run"):
        for _ in range(3):
            equal(location(post(client, "/note", key, text="one")), first)
        equal(ran(app), count)
    with t.row("where among the fields the key stands does not count"):
        r = client.request("POST", "/note", (), f"text=one&{KEY}={key}")
        equal(location(r), first)
    for name, fields in SAME:
        with t.row(f"also with {name}"):
            equal(location(post(client, "/note", key, **fields)), first)
    with t.row("also once the app was started again"):
        app.stop()
        again = place.app(program="owner")
        equal(location(post(again, "/note", key, text="one")), first)
        equal(ran(again), 0)


def changed(t, _, app, client):
    key = get_key(client, "/note")
    first = location(post(client, "/note", key, text="one"))
    seen = {first}
    for name, fields in OTHER:
        with t.row(f"{name}: an address of its own, the same each time"):
            found = {location(post(client, "/note", key, **fields)) for _ in range(3)}
            equal(len(found), 1, "the count of addresses")
            assert not seen & found, found
            seen |= found
            r = client.request("GET", *found, [("Accept", JSON)])
            equal(status(r, 200).json["input"]["text"], fields["text"].strip())
    with t.row("and the first content still leads to the first"):
        equal(location(post(client, "/note", key, text="one")), first)
    with t.row("a derived ID is of the same second"):
        equal({id_of(a)[:4] for a in seen}, {key[:4]})
    with t.row("each content ran the handler once, and is one row"):
        equal(ran(app), len(seen))
        equal(app.rows("SELECT count(*) FROM submission WHERE state = 'done'"), [(len(seen),)])


def asked(t, _, app, client):
    """A route that is 'once'."""
    key = get_key(client, "/once")
    first = location(post(client, "/once", key, text="one"))
    draft = location(post(client, "/once", key, text="two", pin="4711"))
    with t.row("once: other content is a draft, with a link to the first result"):
        page = check_draft(client, draft, message("form_used"), text="two")
        assert first in page.links, page.links
        equal(page.inputs["pin"]["value"], "", "the secret")
        assert draft != first, draft
    with t.row("once: it is the same draft each time"):
        equal(location(post(client, "/once", key, text="two")), location(
            post(client, "/once", key, text="two")))
    with t.row("once: nothing but the first ran"):
        equal(ran(app), 1)
    with t.row("once: for a JSON client it is 422, and no draft"):
        count = app.rows("SELECT count(*) FROM submission")
        r = post(client, "/once", key, [("Accept", JSON)], text="three")
        has(status(r, 422).json["detail"], "was sent before")
        equal(app.rows("SELECT count(*) FROM submission"), count)
    draft = location(post(client, "/once", key, text="two"))
    with t.row("once: sent again from the draft it is a second result, at its address"):
        second = get_key(client, draft)
        equal(location(post(client, "/once", second, text="two")), bare(draft))
        draft = bare(draft)
        has(status(client.request("GET", draft), 200).text, "two")
        lacks(Page(client.request("GET", draft).text).title, "Error")
        equal(ran(app), 2)
    with t.row("once: and the first form leads there as well now"):
        equal(location(post(client, "/once", key, text="two")), draft)
        equal(location(post(client, "/once", key, text="one")), first)
        equal(ran(app), 2)


def corrected(t, _, app, client):
    key = get_key(client, "/note")
    with t.row("what does not fit is the first draft at the address of the form"):
        draft = location(post(client, "/note", key, text="x" * 41))
        equal(draft, "/note/" + key[:27] + "?1")
        check_draft(client, draft, "40", text="x" * 41)
    with t.row("a reload of it changes nothing"):
        equal(client.request("GET", draft).status, 200)
        equal(app.rows("SELECT state FROM submission WHERE id = ?", id_of(draft)), [("draft",)])
    with t.row("what still does not fit is the second draft of the same"):
        draft = location(post(client, "/note", get_key(client, draft), text=""))
        equal(draft, "/note/" + key[:27] + "?2")
        check_draft(client, draft, "", text="")
    with t.row("corrected, it is the result at that address"):
        form = get_key(client, draft)
        draft = bare(draft)
        equal(location(post(client, "/note", form, text="short")), draft)
        has(status(client.request("GET", draft), 200).text, "short")
    with t.row("and sent once more, still is"):
        count = ran(app)
        equal(location(post(client, "/note", form, text="short")), draft)
        equal(location(post(client, "/note", key, text="short")), draft)
        equal(ran(app), count)
    with t.row("a JSON client gets 422 and the fault, and no row"):
        count = app.rows("SELECT count(*) FROM submission")
        r = post(client, "/note", None, [("Accept", JSON)], text="")
        equal(status(r, 422).json["errors"][0]["pointer"], "#/text")
        equal(app.rows("SELECT count(*) FROM submission"), count)
    with t.row("a route may answer 422 with the form instead, and no row"):
        key = get_key(client, "/again")
        r = status(post(client, "/again", key, text="x" * 41), 422)
        page = Page(r.text)
        equal(page.inputs["text"]["value"], "x" * 41)
        equal(page.inputs[KEY]["value"], key, "the key")
        equal(app.rows("SELECT count(*) FROM submission"), count)
        equal(location(post(client, "/again", key, text="x")), "/again/" + key[:27])


def run(t, bin):
    for part in (same, changed, asked, corrected):
        with Place(t, bin) as place:
            app = place.app(program="owner")
            part(t, place, app, place.nginx(app))

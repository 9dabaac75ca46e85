"""Drafts at addresses of their own, cookies that are refused, and who sees which values."""
import re
import time

from client import DEADLINE
from forms import (HTML, JSON, KEY, Direct, Visitor, bare, body, change_store, check_draft, get_key,
                   id_of, location, make_id, post)
from harness import Place
from messages import message
from page import Page
from runner import equal, has, lacks, status

BROWSER = [("Sec-Fetch-Site", "same-origin")]
LONG = "x" * 41
UUID = '"8e03978e-40d5-43e8-bc93-6894a57f93%02d"'


def named(client, path, key, **fields):
    return post(client, path, None, [("Idempotency-Key", key), ("Accept", JSON)], **fields)


def leads(client, address, to):
    equal(location(client.request("GET", address)), to, f"where {address} leads")


# -- drafts --------------------------------------------------------------------------

def drafts(t, app, web):
    key = get_key(web, "/plain")
    here = "/plain/" + key[:27]
    with t.row("a draft is at ?1, and the bare address leads there while it is a draft"):
        equal(location(post(web, "/plain", key, name="")), here + "?1")
        check_draft(web, here + "?1", "", name="")
        for other in ("", "?", "?2", "?0", "?x", "?1x", "?utm=1", "?99999999999999999999"):
            leads(web, here + other, here + "?1")
    first = get_key(web, here + "?1")
    with t.row("its form knows which draft it corrects"):
        equal(first, key + ".1")
    with t.row("a correction that does not fit is at ?2, and ?1 leads there"):
        equal(location(post(web, "/plain", first, name=LONG)), here + "?2")
        check_draft(web, here + "?2", "40", name=LONG)
        leads(web, here + "?1", here + "?2")
    with t.row("sent twice, it is the same draft"):
        equal(location(post(web, "/plain", first, name=LONG)), here + "?2")
    second = get_key(web, here + "?2")
    with t.row("what fits is at the bare address, to which every number leads"):
        equal(location(post(web, "/plain", second, name="Ann")), here)
        status(web.request("GET", here), 200)
        for number in ("?1", "?2", "?3"):
            leads(web, here + number, here)
    with t.row("a query that is no number shows the result"):
        status(web.request("GET", here + "?utm=1"), 200)
    with t.row("and each form leads to it from now on"):
        for form in (key, first, second):
            equal(location(post(web, "/plain", form, name="Ann")), here)
    with t.row("a draft that was over and swept is 404, with a link to its own form"):
        draft = location(post(web, "/plain", None, name=""))
        change_store(app, "UPDATE submission SET expires = 1 WHERE id = ?", id_of(draft))
        assert "/plain" in Page(status(web.request("GET", draft), 410).text).links
        change_store(app, "DELETE FROM submission WHERE id = ?", id_of(draft))
        for address in (draft, bare(draft)):
            page = Page(status(web.request("GET", address), 404).text)
            equal(page.links[-1], "/plain", "where the page leads")
    with t.row("so is what is left of an address, and only what is below a form"):
        for path, want in (("/plain/3MhZ", "/plain"), ("/api/x/y", "/api"), ("/go/escaped/1",
                           "/go/escaped"), ("/other", "/"), ("/found/1", "/")):
            page = Page(status(web.request("GET", path), 404).text)
            equal(page.links[-1], want, f"where the page of {path} leads")
    with t.row("the page says until when it is kept: a week"):
        draft = location(post(web, "/plain", None, name=""))
        day = time.gmtime(time.time() + 7 * 86400)
        has(web.request("GET", draft).text, f"kept on this page until {day.tm_mday} "
            f"{message(f'month_{day.tm_mon}')} {day.tm_year}")


def two_tabs(t, app, web):
    """AUDIT: nothing that was typed is lost."""
    key = get_key(web, "/plain")
    with t.row("other invalid content under the key is a draft at another address"):
        one = location(post(web, "/plain", key, name="a" * 41))
        two = location(post(web, "/plain", key, name="b" * 41))
        assert bare(one) != bare(two), one
        equal(two[-2:], "?1")
        check_draft(web, one, "40", name="a" * 41)
        check_draft(web, two, "40", name="b" * 41)
    with t.row("the same content leads to the same draft each time"):
        equal(location(post(web, "/plain", key, name="a" * 41)), one)
        equal(location(post(web, "/plain", key, name="b" * 41)), two)
    with t.row("an old draft's form does not overwrite the newer draft"):
        form = get_key(web, one)
        newer = location(post(web, "/plain", form, name="c" * 41))
        equal(newer, bare(one) + "?2")
        other = location(post(web, "/plain", form, name="d" * 41))
        assert bare(other) != bare(one), other
        check_draft(web, newer, "40", name="c" * 41)
    with t.row("each draft can be corrected, to one result each"):
        found = [location(post(web, "/plain", get_key(web, draft), name=name))
                 for draft, name in ((newer, "one"), (two, "two"), (other, "three"))]
        equal(found, [bare(newer), bare(two), bare(other)])
    with t.row("a number that no draft has had is no draft's form"):
        key = get_key(web, "/plain")
        one = location(post(web, "/plain", key, name="a" * 41))
        for number in ("2", "0", "999999999"):
            two = location(post(web, "/plain", f"{key}.{number}", name="b" * 41))
            assert bare(two) != bare(one), two
        check_draft(web, one, "40", name="a" * 41)
    with t.row("what is no number makes the key a bad one"):
        for end in (".", ".x", ".-1", ".9999999999", ".1.1"):
            draft = location(post(web, "/plain", key + end, name="Ann"))
            check_draft(web, draft, message("form_unknown"), name="Ann")


def chain(t, app):
    """Each round adds a link under the key, and a POST walks along all."""
    key = get_key(app, "/plain")
    status(post(app, "/plain", key, name="first"), 303)
    seen = set()
    with t.row("other content under a used key is a draft of its own each time it was corrected"):
        for i in range(50):
            seen.add(draft := location(post(app, "/plain", key, name=LONG)))
            equal(location(post(app, "/plain", get_key(app, draft), name=f"n{i}")), bare(draft))
        equal(len(seen), 50)


# -- cookies -------------------------------------------------------------------------

def cookies(t, app, web):
    key = get_key(web, "/mine")
    with_all = {"name": "Ann", "fruit": "pear", "email": "a@example.com"}
    for name, headers in (("of a browser", BROWSER), ("that tells nothing of itself", [])):
        for sent in (key, None):
            with t.row(f"a POST {name} without our cookie, {'with' if sent else 'without'} a key, "
                       "comes back filled in"):
                r = status(post(web, "/mine", sent, headers, **with_all), 422)
                page = Page(r.text)
                equal(page.inputs["name"]["value"], "Ann")
                equal(page.texts["ul"][0].strip(), message("no_cookie"))
                assert r.get("Set-Cookie"), r
                equal(r.get("Cache-Control"), "private, no-store")
                equal(app.rows("SELECT count(*) FROM submission"), [(0,)])
    with t.row("with the cookie that came along it can be sent as it is"):
        cookie = r.get("Set-Cookie").partition(";")[0]
        mine = location(post(web, "/mine", page.inputs[KEY]["value"], [("Cookie", cookie)],
                             **with_all))
        status(web.request("GET", mine, [("Cookie", cookie)]), 200)
    with t.row("for a program it is 422 with the sentence"):
        r = status(post(web, "/mine", key, [("Accept", JSON)], name="Ann"), 422)
        equal([e["detail"] for e in r.json["errors"]], [message("no_cookie")])
    with t.row("from another site it is 403 as before"):
        status(post(web, "/mine", key, [("Sec-Fetch-Site", "cross-site")], name="Ann"), 403)
    with t.row("a form page is the same whatever the cookie, and is kept for Back"):
        for headers in ([], [("Cookie", cookie)]):
            r = status(web.request("GET", "/mine", headers), 200)
            equal(r.get("Vary"), "Accept")
            equal(r.get("Cache-Control"), "private, no-cache")
    return mine, cookie


def not_yours(t, app, web, mine, cookie):
    unknown = "/mine/" + make_id()
    titles = message("not_yours"), message("not_yours_detail")
    ann, bob = [("Cookie", cookie)], []
    key = Page(web.request("GET", "/mine", ann).text).inputs[KEY]["value"]
    draft = location(post(web, "/mine", key, ann, name=LONG))
    for address in (mine, mine + "?1", bare(draft), draft, unknown, unknown + "?1"):
        with t.row(f"to a stranger each is the same page: {address[:9]}{address[33:]}"):
            r = status(web.request("GET", address, bob), 404)
            page = Page(r.text)
            equal(page.texts["h1"], [titles[0]])
            has(r.text, titles[1])
            equal(page.links[-1], "/mine", "where it leads")
            equal(r.body, web.request("GET", unknown).body)
    with t.row("the log says so at level info, with the client's address"):
        line = app.wait_for("it belongs to another visitor")
        line = [x for x in app.log.splitlines() if "another visitor" in x][0]
        for word in ("level=info", "status=404", "client=", "route=/mine"):
            has(line, word, "the line")
    with t.row("a forged key as well"):
        post(web, "/plain", "A" * 50, name="Ann")
        app.wait_for("the form key is not ours")
        line = [x for x in app.log.splitlines() if "not ours" in x and "/plain" in x][0]
        for word in ("level=info", "status=303", "client="):
            has(line, word, "the line")


def forgotten(t, app, web):
    ann = Visitor(web)
    mine = location(post(ann, "/mine", get_key(ann, "/mine"), name="Ann"))
    with t.row("prg_forget_visitor() takes the cookie away"):
        r = status(post(ann, "/leave", None, BROWSER, name="Ann"), 303)
        equal(r.get("Set-Cookie"), "prg-not-secure=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
        equal(r.get("Clear-Site-Data"), '"cache"')
        status(ann.request("GET", mine), 404)
    with t.row("over https both of them"):
        secure = Direct(app, ("HTTPS", "on"))
        plain = Visitor(app)
        plain.request("GET", "/mine")
        r = secure.request("POST", "/leave", [("Cookie", plain.cookie), *BROWSER], body(name="a"))
        equal([c.partition(";")[0] for c in r.all("Set-Cookie")],
              ["__Host-prg=", "prg-not-secure="])
    for path, want in (("/safe", "private, no-store"), ("/mine", "private, no-cache")):
        with t.row(f"a result of {path} is {want}, its blank form is kept"):
            ann = Visitor(web)
            key = get_key(ann, path)
            r = status(ann.request("GET", location(post(ann, path, key, name="Ann"))), 200)
            equal(r.get("Cache-Control"), want)
            equal(ann.request("GET", path).get("Cache-Control"), "private, no-cache")
    with t.row("a page without a form is no-store where the route says so"):
        equal(ann.request("GET", "/ours").get("Cache-Control"), "private, no-store")


# -- JSON ----------------------------------------------------------------------------

SECRETS = ("ann@example.com", "0.7", "for the template", "trapped")
FIELDS = {"name": "Ann", "email": SECRETS[0], "trap": SECRETS[3], "fruit": "pear"}


def json(t, app, web):
    made = {path: location(post(web, path, get_key(web, path), **FIELDS))
            for path in ("/", "/api", "/plain")}
    ann = Visitor(web)
    made["/mine"] = location(post(ann, "/mine", get_key(ann, "/mine"), **FIELDS))
    for path, result in made.items():
        for address in (path, result):
            if path == "/api":
                continue
            with t.row(f"{path}: {'page' if address == path else 'result'} is HTML to a program"):
                for accept in (JSON, "application/json, text/plain, */*"):
                    r = status(ann.request("GET", address, [("Accept", accept)]), 200)
                    equal(r.get("Content-Type"), "text/html; charset=utf-8")
                    for secret in SECRETS[1:]:
                        lacks(r.text, secret)
                status(ann.request("GET", address, [("Accept", "text/html;q=0")]), 406)
    with t.row("where the route says so, it is JSON with all but what is unlisted"):
        page = status(web.request("GET", "/api", [("Accept", JSON)]), 200)
        result = status(web.request("GET", made["/api"], [("Accept", JSON)]), 200)
        for r in (page, result):
            has(r.text, "0.7")
            has(r.text, "trapped")
            lacks(r.text, "ann@example.com")
        equal(page.json["inner"], "for the template")
    with t.row("nor does HTML of a list or of a public result show what is unlisted"):
        for address in ("/", made["/"], "/api", made["/api"]):
            r = status(web.request("GET", address), 200)
            has(r.text, "Ann")
            lacks(r.text, "ann@example.com")
    with t.row("who has the address of a result that is not public sees it"):
        has(status(web.request("GET", made["/plain"]), 200).text, "ann@example.com")
    for path in ("/", "/plain", "/api"):
        for accept in (JSON, "application/json, text/plain, */*", "application/json;charset=utf-8",
                       "application/json; charset=UTF-8, */*;q=0.5"):
            with t.row(f"{path}: a POST with Accept: {accept} is answered in JSON"):
                r = status(post(web, path, None, [("Accept", accept)], **FIELDS), 201)
                equal(r.json["input"]["name"], "Ann")
                r = status(post(web, path, None, [("Accept", accept)], name=""), 422)
                equal(r.json["errors"][0]["pointer"], "#/name")
                status(web.request("GET", "/none", [("Accept", accept)]), 404).json
    with t.row("a browser's Accept gets HTML of all of them"):
        for accept in ("*/*", "text/html, application/json", f"{HTML},*/*;q=0.8", None):
            status(post(web, "/api", None, [("Accept", accept)], **FIELDS), 303)
    with t.row("a route that is neither public nor an owner's lists nothing, and the log says so"):
        lacks(status(web.request("GET", "/plain"), 200).text, "<code>")
        lacks(web.request("GET", "/plain").text, made["/plain"])
        app.wait_for("route /plain is neither public nor of an owner")


def large(t, app):
    """70 posts of 10,000 quotes; 8,000 control characters each in JSON."""
    text = '"' * 10000
    for _ in range(72):
        location(post(app, "/long", None, text=text))
    with t.row("a page is as large as what it lists"):
        r = status(app.request("GET", "/long"), 200)
        assert len(r.body) > 72 * 60000, len(r.body)
        status(app.request("GET", "/long", [("Accept", JSON)]), 200)
    with t.row("a draft beside such a list is shown"):
        check_draft(app, location(post(app, "/long", None, text="")), "")
    with t.row("a form of a full size and such a list as well"):
        draft = location(post(app, "/long", None, text="'" * 10001))
        status(app.request("GET", draft), 200)


# -- handlers ------------------------------------------------------------------------

ESCAPED = ["a b", "R&D", "100%", "a+b", "ü/?#=", "..", "%41", "a\u202eb", "~-._"]


def redirects(t, app, web):
    for q in ESCAPED:
        with t.row(f"prg_escape() carries {q!r} through a redirect"):
            where = location(post(web, "/go/escaped", None, name=q))
            equal(Page(web.request("GET", where).text).texts["h1"], [f"[{q}]"])
    for q, want in (("a b", "a b"), ("ü ö", "ü ö"), ("plain", "plain")):
        with t.row(f"a path with {q!r} is a path"):
            where = location(post(web, "/go", None, name=q))
            equal(Page(web.request("GET", where).text).texts["h1"], [f"[{want}]"])
    for path in ("//evil.example", "found", "/a\\b", "http://evil.example/", "/\\evil.example"):
        with t.row(f"{path} cannot be a path: 500, and the log says what to do"):
            r = status(post(web, "/go/anywhere", None, name=path), 500)
            lacks(r.text, "in a minute")
            app.wait_for("encode values with prg_escape()")
            equal(app.rows("SELECT count(*) FROM submission WHERE route = '/go/anywhere'"),
                  [(0,)])


def reasons(t, app, web):
    for path, reason in (("/nowhere", "record: no such table: nowhere"),
                         ("/nothing", "record: it returned false")):
        with t.row(f"{path}: the log has the reason of the 503"):
            status(post(web, path, None, name="Ann"), 503)
            app.wait_for(reason)
            line = [x for x in app.log.splitlines() if f"route={path} " in x][0]
            has(line, "status=503")
            has(line, reason)


def refused(t, app, web):
    """What the handler refuses, or its record, is a draft like any other."""
    for path in ("/choosy", "/choosy/record"):
        with t.row(f"{path}: each correction is the next draft, until one is accepted"):
            draft = location(post(web, path, None, name="one"))
            for i, name in enumerate(("two", "two", "three", "one"), 1):
                equal(draft[-2:], f"?{i}")
                check_draft(web, draft, "Ann", name=("one", "two", "two", "three")[i - 1])
                draft = location(post(web, path, get_key(web, draft), name=name))
            equal(location(post(web, path, get_key(web, draft), name="Ann")), bare(draft))
        with t.row(f"{path}: other content under the key is another draft"):
            key = get_key(web, path)
            drafts = [location(post(web, path, key, name=name)) for name in ("a", "b", "a")]
            equal(drafts[0], drafts[2])
            assert bare(drafts[0]) != bare(drafts[1]), drafts


def got(t, app, web):
    with t.row("in a get of the blank form there is no value, no ID and no address"):
        r = status(web.request("GET", "/values"), 200)
        equal(Page(r.text).texts["h1"], ["[NULL] [] []"])
        lacks(r.text, "An error that a get adds")
        app.wait_for("prg_field_error: a get has no errors to add")
    with t.row("in that of a draft there are: also of several choices"):
        for sent, want in (("fruit=apple&fruit=pear", "apple, pear"), ("fruit=pear", "pear"),
                           ("", "NULL")):
            draft = location(web.request("POST", "/values", (), "name=&" + sent))
            text = Page(web.request("GET", draft).text).texts["h1"][0]
            where = re.fullmatch(r"\[(.*)\] \[(.*)\] \[(.*)\]", text)
            equal(where.groups(), (want, id_of(draft), bare(draft)))


# -- named ---------------------------------------------------------------------------

def again(t, app):
    """A name is over once its row is as old as a form may be."""
    age = 30 * 86400 * 1000
    key = UUID % 1
    first = status(named(app, "/plain", key, name="one"), 201)

    def grow_old(r, by=age + 1000):
        change_store(app, "UPDATE submission SET created = created - ? WHERE id = ?", by,
                     id_of(r.get("Location")))

    with t.row("a name leads to its result for as long as a form may be open"):
        grow_old(first, age - 60000)
        equal(named(app, "/plain", key, name="one").get("Location"), first.get("Location"))
        status(named(app, "/plain", key, name="two"), 422)
    with t.row("then it is free, for the same content and for other"):
        grow_old(first)
        second = status(named(app, "/plain", key, name="two"), 201)
        assert second.get("Location") != first.get("Location"), second
    with t.row("and is as good as new: the same answer each time, no other content"):
        for _ in range(3):
            equal(status(named(app, "/plain", key, name="two"), 201).get("Location"),
                  second.get("Location"))
        status(named(app, "/plain", key, name="one"), 422)
    with t.row("the first is where it was"):
        status(app.request("GET", first.get("Location")), 200)


# -- the ceiling ---------------------------------------------------------------------

def ceiling(t, app):
    """So much is stored for one client, then nothing more for a while."""
    ann = Direct(app, ("REMOTE_ADDR", "192.0.2.1"))
    bob = Direct(app, ("REMOTE_ADDR", "192.0.2.2"))
    value = '"' * 20000
    count, end = 0, time.monotonic() + DEADLINE
    while (r := post(ann, "/long", None, text=value)).status == 303:
        count += 1
        assert time.monotonic() < end and count < 1000, count
    with t.row("beyond the ceiling the form comes back as 422, and nothing is stored"):
        equal(Page(status(r, 422).text).inputs["text"]["value"], value)
        equal(app.rows("SELECT count(*) FROM submission"), [(count,)])
        assert count > 10, count
        (size,), = app.rows("SELECT sum(length(input) + length(result)) FROM submission")
        assert size < 3 << 20, size
    with t.row("that form can be sent, and its result is stored"):
        key = Page(r.text).inputs[KEY]["value"]
        equal(location(post(ann, "/long", key, text="Hi")), "/long/" + key[:27])
    with t.row("another client has a draft as ever"):
        equal(post(bob, "/long", None, text="").status, 303)
    six = [Direct(app, ("REMOTE_ADDR", f"2001:db8:0:{net}::{host}"))
           for net, host in ((1, 1), (1, "abcd"), (2, 1))]
    with t.row("all addresses of an IPv6 network are one client"):
        while post(six[0], "/long", None, text=value).status == 303:
            assert time.monotonic() < end
        status(post(six[1], "/long", None, text=value), 422)
        status(post(six[2], "/long", None, text=value), 303)


# -- Last-Modified -------------------------------------------------------------------

def dated(t, place, app):
    address = location(post(app, "/api", None, name="Ann"))
    end = time.monotonic() + DEADLINE
    while (date := app.request("GET", address).get("Last-Modified")) is None:
        assert time.monotonic() < end, "no date"
    since = [("If-Modified-Since", date)]
    with t.row("If-Modified-Since of what was sent is 304, and of JSON is not"):
        status(app.request("GET", address, since), 304)
        r = status(app.request("GET", address, [*since, ("Accept", JSON)]), 200)
        equal(r.get("Last-Modified"), None)
    with t.row("after a restart, with another template, it is 200"):
        app.stop()
        place.write("result.mustache", "<p>another page</p>")
        app = place.app("--templates", place.folder, program="visitors")
        has(status(app.request("GET", address, since), 200).text, "another page")
        time.sleep(2.1)
        r = status(app.request("GET", address, since), 200)
        assert r.get("Last-Modified") not in (None, date), r


def run(t, bin):
    for part in (drafts, two_tabs, forgotten, json, redirects, reasons, refused, got):
        with Place(t, bin) as place:
            app = place.app("--log-level", "info", program="visitors")
            part(t, app, place.nginx(app))
    with Place(t, bin) as place:
        app = place.app("--log-level", "info", program="visitors")
        web = place.nginx(app)
        not_yours(t, app, web, *cookies(t, app, web))
    for part in (chain, large, again, ceiling):
        with Place(t, bin) as place:
            part(t, place.app(program="visitors"))
    with Place(t, bin) as place:
        dated(t, place, place.app(program="visitors"))

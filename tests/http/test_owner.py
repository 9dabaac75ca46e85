"""Whose a result is: its visitor sees it, to all others it might not exist (K9)."""
import re

from forms import (HTML, JSON, Direct, Visitor, body, check_draft, get_key, location, make_id,
                   post)
from harness import Place
from page import Page
from runner import equal, lacks, status

PLAIN = re.compile("prg-not-secure=[0-9a-f]{64}; Max-Age=34560000; Path=/; HttpOnly; "
                   "SameSite=Lax")
SECURE = re.compile("__Host-prg=[0-9a-f]{64}; Max-Age=34560000; Path=/; HttpOnly; "
                    "SameSite=Lax; Secure")
BROWSER = [("Sec-Fetch-Site", "same-origin")]
FORGED = "0123456789abcdef0123456789abcdef"

# A path, and whether a visitor without a cookie is given one.
PATHS = [
    ("/mine", True), ("/", True), ("/mine/" + make_id(), False),
    ("/note", False), ("/public", False), ("/nothing", False), ("/static/prg.css", False),
    ("/note/" + make_id(), False), ("/mine/x", False), ("/mine/" + make_id() + "/delete", False),
]

# Params of the web server, and which cookie is set.
SCHEMES = [
    ("no HTTPS", [], PLAIN),
    ("HTTPS off", [("HTTPS", "off")], PLAIN),
    ("an empty HTTPS", [("HTTPS", "")], PLAIN),
    ("REQUEST_SCHEME http", [("REQUEST_SCHEME", "http")], PLAIN),
    ("a client's word for it", [("HTTP_X_FORWARDED_PROTO", "https")], PLAIN),
    ("HTTPS on", [("HTTPS", "on")], SECURE),
    ("HTTPS 1", [("HTTPS", "1")], SECURE),
    ("REQUEST_SCHEME https", [("REQUEST_SCHEME", "https")], SECURE),
]

# Values of --origin, and which cookie is set where the web server tells of no HTTPS.
ORIGINS = [
    ("https://a.example", SECURE), ("http://a.example", PLAIN),
    ("https://a.example,https://b.example", SECURE),
    ("https://a.example,http://b.example", PLAIN),
]

# What is sent as Cookie over http, for the value that was given; whether it is that visitor's.
COOKIES = [
    ("as it was given", "prg-not-secure=@", True),
    ("between others", "a=1; prg-not-secure=@; b=2", True),
    ("after one that is like it", "xprg-not-secure=x; prg-not-secure=@", True),
    ("with another after it", "prg-not-secure=@; prg-not-secure=" + "0" * 64, True),
    ("behind 180 others", "".join(f"c{i}=x; " for i in range(180)) + "prg-not-secure=@", True),
    ("empty", "prg-not-secure=", False),
    ("that of https", "__Host-prg=@", False),
    ("under another name", "prg=@", False),
    ("that we did not make", "prg-not-secure=" + FORGED, False),
    ("that we did not make, as long", "prg-not-secure=" + 2 * FORGED, False),
]

# What is made of the value that was given; it is nobody's.
CHANGED = [
    ("cut", lambda v: v[:-1]), ("too long", lambda v: v + "0"),
    ("in capitals", str.upper), ("without its MAC", lambda v: v[:32]),
    ("with another MAC", lambda v: v[:32] + FORGED),
    ("with another first half", lambda v: FORGED + v[32:]),
    ("with its halves exchanged", lambda v: v[32:] + v[:32]),
]


def cookie_of(r):
    return r.get("Set-Cookie").partition(";")[0].partition("=")[2]


def cookies(t, app):
    for path, wanted in PATHS:
        with t.row(f"{path[:9]}: {'a' if wanted else 'no'} cookie is set"):
            r = app.request("GET", path)
            equal(r.get("Set-Cookie") is not None, wanted, r)
    for name, params, form in SCHEMES:
        with t.row(f"{name}: the cookie's name and flags"):
            r = Direct(app, *params).request("GET", "/mine")
            assert form.fullmatch(r.get("Set-Cookie")), r.get("Set-Cookie")
    given = cookie_of(app.request("GET", "/mine"))
    for name, cookie, good in COOKIES + [(n, "prg-not-secure=" + f(given), False)
                                         for n, f in CHANGED]:
        with t.row(f"a cookie {name} is {'renewed' if good else 'replaced'}"):
            r = app.request("GET", "/mine", [("Cookie", cookie.replace("@", given))])
            assert PLAIN.fullmatch(r.get("Set-Cookie")), r
            equal(cookie_of(r) == given, good, r)
    with t.row("each visitor gets another"):
        equal(len({app.request("GET", "/mine").get("Set-Cookie") for _ in range(20)}), 20)
    with t.row("it is renewed with the 303, the result and the stranger's page"):
        ann = Visitor(app)
        ann.request("GET", "/mine")
        cookie = ann.cookie
        r = post(ann, "/mine", None, BROWSER, text="one")
        for r in (r, status(ann.request("GET", location(r)), 200),
                  status(ann.request("GET", "/mine/" + make_id()), 404)):
            assert PLAIN.fullmatch(r.get("Set-Cookie")), r
            equal(ann.cookie, cookie)


def undated(r):
    """The fields, without the second in which the web server sent them."""
    return [f for f in r.fields if f[0] != "Date"]


def stranger_learns_nothing(app, visitor, address):
    """As much as of an ID that is not there, to the byte."""
    unknown = "/mine/" + make_id()
    for method in ("GET", "HEAD"):
        for accept in (HTML, JSON):
            for more in ([], [("If-None-Match", "*")]):
                fields = [("Accept", accept), *more]
                got = status(visitor.request(method, address, fields), 404)
                want = visitor.request(method, unknown, fields)
                equal((got.status, undated(got), got.body), (404, undated(want), want.body))


def who_sees(t, app, client):
    ann, bob = Visitor(client), Visitor(client)
    key = get_key(ann, "/mine")
    mine = location(post(ann, "/mine", key, text="Ann's"))
    with t.row("the owner sees it, and may keep it alone"):
        r = status(ann.request("GET", mine), 200)
        equal(r.get("Cache-Control"), "private, no-cache")
        equal(sorted(r.get("Vary").split(", ")), ["Accept", "Cookie"])
        equal(r.get("X-Robots-Tag"), "noindex, nofollow")
    with t.row("a 304 says the same"):
        again = ann.request("GET", mine, [("If-None-Match", r.get("ETag"))])
        for name in ("Cache-Control", "Vary", "ETag"):
            equal(status(again, 304).get(name), r.get(name), name)
    get_key(bob, "/mine")
    with t.row("a stranger gets what an unknown ID gets"):
        stranger_learns_nothing(app, bob, mine)
    with t.row("who has no cookie does as well"):
        equal(status(client.request("GET", mine), 404).body,
              status(client.request("GET", "/mine/" + make_id()), 404).body)
    draft = location(post(ann, "/mine", get_key(ann, "/mine"), text="x" * 41))
    with t.row("a draft is its visitor's too"):
        check_draft(ann, draft, "40", text="x" * 41)
        stranger_learns_nothing(app, bob, draft)
    with t.row("the store holds a digest of the cookie, and not the cookie"):
        equal(app.rows("SELECT DISTINCT owner FROM submission WHERE route = '/mine'"),
              [(ann.owner,)])
        lacks(str(app.rows()), ann.cookie.partition("=")[2])
    his = location(post(bob, "/mine", get_key(bob, "/mine"), text="Bob's"))
    for name, visitor, want in (("her", ann, [mine]), ("his", bob, [his]),
                                ("a third one's", Visitor(client), [])):
        with t.row(f"the newest on {name} page are {name} own"):
            links = Page(visitor.request("GET", "/mine").text).links
            equal([a for a in links if a in (mine, his, draft)], want)
            notes = visitor.request("GET", "/mine", [("Accept", JSON)]).json["notes"]
            equal([n["url"] for n in notes], want)
    for name, visitor, want in (("her", ann, True), ("a stranger's", bob, False)):
        with t.row(f"prg_find() finds it for {name} page: {want}"):
            r = status(visitor.request("GET", "/?id=" + mine[6:], [("Accept", JSON)]), 200)
            equal(r.json["found"], want)
            equal("note" in r.json, want)
            equal(r.get("Cache-Control"), "private, no-cache")
            equal(sorted(r.get("Vary").split(", ")), ["Accept", "Cookie"])


# -- over https -------------------------------------------------------------------------

def https(t, place):
    app = place.app(program="owner")
    plain, secure = Visitor(app), Visitor(Direct(app, ("HTTPS", "on")))
    address = location(post(plain, "/mine", get_key(plain, "/mine"), text="one"))
    with t.row("the cookie of http opens over https what it owns, and is replaced once"):
        r = secure.client.request("GET", address, [("Cookie", plain.cookie)])
        cookies = status(r, 200).all("Set-Cookie")
        assert SECURE.fullmatch(cookies[0]), r
        assert cookies[1].startswith("prg-not-secure=; Max-Age=0; Path=/;"), r
        secure.cookie = cookies[0].partition(";")[0]
        r = status(secure.request("GET", address), 200)
        equal(len(r.all("Set-Cookie")), 1, "the count of cookies")
    with t.row("whoever has one of https keeps it, whatever comes from http"):
        other = Visitor(secure.client)
        other.request("GET", "/mine")
        both = f"{plain.cookie}; {other.cookie}"
        r = status(other.client.request("GET", address, [("Cookie", both)]), 404)
        assert r.all("Set-Cookie")[0].startswith(other.cookie), r
    with t.row("over http that of https is nobody's"):
        status(app.request("GET", address, [("Cookie", secure.cookie)]), 404)
    for i, (origin, form) in enumerate(ORIGINS):
        with t.row(f"--origin {origin}: the cookie's name and flags"):
            app = place.app("--origin", origin, program="owner", socket=f"{i}.sock")
            r = app.request("GET", "/mine")
            assert form.fullmatch(r.get("Set-Cookie")), r


# -- the user whom the web server verified -----------------------------------------------

def not_trusted(t, app):
    ann = Direct(app, ("REMOTE_USER", "ann"))
    with t.row("REMOTE_USER means nothing without --trust-remote-user"):
        browser = Visitor(ann)
        mine = location(post(browser, "/mine", get_key(browser, "/mine"), text="one"))
        assert browser.cookie is not None
        equal(app.rows("SELECT owner FROM submission"), [(browser.owner,)])
        status(ann.request("GET", mine), 404)
        status(browser.request("GET", mine), 200)


def trusted(t, app):
    ann, bob = Direct(app, ("REMOTE_USER", "ann")), Direct(app, ("REMOTE_USER", "bob"))
    with t.row("with it, the user owns what the user submits, without a cookie"):
        key = get_key(ann, "/mine")
        r = post(ann, "/mine", key, text="one")
        mine = location(r)
        equal(r.get("Set-Cookie"), None)
        equal(app.rows("SELECT owner FROM submission"), [("user:ann",)])
        equal(status(ann.request("GET", mine), 200).get("Cache-Control"), "private, no-cache")
    with t.row("another user does not see it, nor does a visitor"):
        status(bob.request("GET", mine), 404)
        status(app.request("GET", mine), 404)
        status(Visitor(app).request("GET", mine), 404)
    with t.row("nor whom a client says it is"):
        status(app.request("GET", mine, [("Remote-User", "ann"), ("Authorization",
                                          "Basic YW5uOng=")]), 404)
    with t.row("another user can't use the user's form"):
        r = bob.request("POST", "/mine", BROWSER, body(key, text="one"))
        assert location(r) != mine, r
        status(post(bob, "/mine", key, text="one"), 403)
    with t.row("an empty REMOTE_USER is none"):
        r = Direct(app, ("REMOTE_USER", "")).request("GET", "/mine")
        assert PLAIN.fullmatch(r.get("Set-Cookie")), r


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="owner")
        cookies(t, app)
    with Place(t, bin) as place:
        app = place.app(program="owner")
        who_sees(t, app, place.nginx(app))
    with Place(t, bin) as place:
        https(t, place)
    with Place(t, bin) as place:
        not_trusted(t, place.app(program="owner"))
    with Place(t, bin) as place:
        trusted(t, place.app("--trust-remote-user", program="owner"))

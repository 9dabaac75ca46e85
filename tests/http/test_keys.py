"""Form keys: what none of ours signed runs nothing, and nothing typed is lost."""
import os
import time

from client import DEADLINE
from forms import (EPOCH, JSON, Visitor, bare, body, change_store, check_draft, get_key, id_of, location,
                   make_id, post, ran, run_command, secrets, sign)
from harness import Place
from messages import message
from runner import equal, has, status

UNKNOWN, OLD = message("form_unknown"), message("form_old")
BROWSER = [("Sec-Fetch-Site", "same-origin")]
AGE = 60                # seconds: what --form-age is at least


def flip(key, i):
    """Another letter in this place."""
    return key[:i] + ("A" if key[i] != "A" else "B") + key[i + 1:]


def spare_bits(key):
    """The same bytes, if the last letter's four bits to spare were not looked at."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return key[:-1] + letters[letters.index(key[-1]) ^ 1]


# What is made of the secret for the route /note; and what is said of it.
BAD = [
    ("signed with another secret", lambda s: sign(os.urandom(32), make_id(), "/note"), UNKNOWN),
    ("with another letter in its MAC", lambda s: flip(sign(s, make_id(), "/note"), 30), UNKNOWN),
    ("with another letter in its ID", lambda s: flip(sign(s, make_id(), "/note"), 20), UNKNOWN),
    ("with other spare bits", lambda s: spare_bits(sign(s, make_id(), "/note")), UNKNOWN),
    ("cut by one letter", lambda s: sign(s, make_id(), "/note")[:-1], UNKNOWN),
    ("longer by one letter", lambda s: sign(s, make_id(), "/note") + "A", UNKNOWN),
    ("an ID without a MAC", lambda s: make_id(), UNKNOWN),
    ("empty", lambda s: "", UNKNOWN),
    ("huge", lambda s: "A" * 100000, UNKNOWN),
    ("with a NUL", lambda s: sign(s, make_id(), "/note") + "\0", UNKNOWN),
    ("of another route", lambda s: sign(s, make_id(), "/other"), UNKNOWN),
    ("for another purpose", lambda s: sign(s, make_id(), "/note", "delete"), UNKNOWN),
    ("of a visitor", lambda s: sign(s, make_id(), "/note", owner="visitor:0"), UNKNOWN),
    ("made in an hour", lambda s: sign(s, make_id(-3600), "/note"), UNKNOWN),
    ("older than --form-age", lambda s: sign(s, make_id(AGE + 2), "/note"), OLD),
    ("from 2014", lambda s: sign(s, make_id(int(time.time()) - EPOCH), "/note"), OLD),
]


def good(t, app):
    (secret,) = secrets(app)
    for name, age in (("made now", 0), ("nearly as old as --form-age", AGE - 20),
                      ("of a clock that is ahead by two minutes", -120)):
        with t.row(f"a key {name} is good: its ID is that of the result"):
            key = sign(secret, make_id(age), "/note")
            equal(location(post(app, "/note", key, text="one")), "/note/" + key[:27])
    with t.row("a POST without a key is taken, under a new ID each time"):
        one, two = (location(post(app, "/note", None, text="one")) for _ in range(2))
        assert one != two, one
        status(app.request("GET", one), 200)


def check_nothing_ran(app, key, route, words):
    """It is a draft at a new address, and its form is good."""
    count = ran(app)
    draft = location(post(app, route, key, text="typed < 40", pin="4711"))
    assert key is None or key[:27] != id_of(draft), draft
    check_draft(app, draft, words, text="typed < 40", pin="")
    equal(ran(app), count, "how often the handler ran")
    equal(app.rows("SELECT state, route FROM submission WHERE id = ?", id_of(draft)),
          [("draft", route)])
    equal(location(post(app, route, get_key(app, draft), text="typed < 40")),
          bare(draft))
    equal(app.rows("SELECT state FROM submission WHERE id = ?", id_of(draft)), [("done",)])


def bad(t, app):
    (secret,) = secrets(app)
    for name, make, words in BAD:
        with t.row(f"a key {name} runs nothing: the form again, as it was typed"):
            check_nothing_ran(app, make(secret), "/note", words)
    with t.row("no key where one is required runs nothing either"):
        check_nothing_ran(app, None, "/keyed", UNKNOWN)
    with t.row("a JSON client with a bad key gets 422, and nothing is stored"):
        count = app.rows("SELECT count(*) FROM submission")
        r = post(app, "/note", make_id(), [("Accept", JSON)], text="one")
        equal([e["detail"] for e in status(r, 422).json["errors"]], [UNKNOWN])
        equal(app.rows("SELECT count(*) FROM submission"), count)
    with t.row("of two keys the first counts"):
        key = get_key(app, "/note")
        r = app.request("POST", "/note", (), body(key, text="one") + "&prg-key=x")
        equal(location(r), "/note/" + key[:27])


def of_another(t, app):
    ann, bob = Visitor(app), Visitor(app)
    key = get_key(ann, "/mine")
    first = location(post(ann, "/mine", key, text="one"))
    get_key(bob, "/mine")
    with t.row("a visitor's key is signed for this visitor"):
        equal(key, sign(secrets(app)[0], key[:27], "/mine", owner=ann.owner))
    for name, text in (("with her content", "one"), ("with other content", "two")):
        with t.row(f"her key {name} from him runs nothing, and tells nothing"):
            count = ran(app)
            draft = location(post(bob, "/mine", key, BROWSER, text=text))
            assert draft != first, draft
            check_draft(bob, draft, UNKNOWN, text=text)
            status(ann.request("GET", draft), 404)
            equal(ran(app), count)
    for name, headers in (("what is no browser", ()), ("a browser", BROWSER)):
        with t.row(f"the same without a cookie, from {name}: the form again, for want of it"):
            r = status(post(app, "/mine", key, headers, text="one"), 422)
            assert message("no_cookie") in r.text, r
    with t.row("her own leads her to her result still"):
        equal(location(post(ann, "/mine", key, text="one")), first)


def of_a_file(t, place):
    old, new = os.urandom(32), os.urandom(32)
    path = place.write("secrets", f"{new.hex()}\n{old.hex()}\n")
    app = place.app("--secret-file", path, program="owner")
    with t.row("of a file the first secret signs"):
        key = get_key(app, "/note")
        equal(key, sign(new, key[:27], "/note"))
    for name, secret in (("first", new), ("second", old)):
        with t.row(f"and what the {name} signed is good"):
            key = sign(secret, make_id(), "/note")
            equal(location(post(app, "/note", key, text="one")), "/note/" + key[:27])
    with t.row("those of the store are not"):
        key = sign(secrets(app)[0], make_id(), "/note")
        check_draft(app, location(post(app, "/note", key, text="one")), UNKNOWN, text="one")


# -- rotation ------------------------------------------------------------------------

def is_good(app, key):
    return location(post(app, "/note", key, text="one")) == "/note/" + key[:27]


def wait_signed(app, secret):
    """Until a new form is signed with this secret; a form costs nothing."""
    end = time.monotonic() + DEADLINE
    while (key := get_key(app, "/note")) != sign(secret, key[:27], "/note"):
        assert time.monotonic() < end, "new forms are signed with the old secret"


def rotate(place, app):
    equal(run_command(place, "rotate"), (0, ""), "rotate")
    return secrets(app)


def rotated(t, place):
    a = place.app(program="owner")
    b = place.app(program="owner", socket="b.sock")
    old = get_key(a, "/note")
    used = get_key(a, "/note")
    first = location(post(a, "/note", used, text="one"))
    with t.row("rotate makes a new secret and keeps the old one"):
        before = secrets(a)
        found = rotate(place, a)
        equal(found[1:], before)
    with t.row("what the new one signed is good at once, in both processes"):
        for app in (a, b):
            assert is_good(app, sign(found[0], make_id(), "/note"))
    for name, app in (("one", a), ("the other", b)):
        with t.row(f"new forms of {name} are signed with it"):
            wait_signed(app, found[0])
    with t.row("so it is just after a forged key, and the next rotation"):
        assert not is_good(b, sign(b"\0" * 32, make_id(), "/note"))
        again = rotate(place, a)
        for key in [sign(again[0], make_id(), "/note")] * 2:
            assert is_good(b, key), "it is a draft"
    with t.row("an open form is still good, in both"):
        for app in (a, b):
            assert is_good(app, old), "it is a draft"
            equal(location(post(app, "/note", used, text="one")), first)


def rotated_unseen(t, place):
    """Nobody posts anything that only the new secret signed."""
    a = place.app(program="owner")
    b = place.app(program="owner", socket="b.sock")
    get_key(a, "/note")
    get_key(b, "/note")
    found = rotate(place, a)
    for name, app in (("one", a), ("the other", b)):
        with t.row(f"new forms of {name} come to be signed with the new secret"):
            wait_signed(app, found[0])


def rotated_twice(t, place):
    app = place.app(program="owner")
    with t.row("two rotations in one second: a form from between is good"):
        first = rotate(place, app)
        key = sign(first[0], make_id(), "/note")
        equal(rotate(place, app)[1:], first)
        assert is_good(app, key), "it is a draft"


def forgotten(t, place):
    a = place.app("--form-age", str(AGE), program="owner")
    (old,) = secrets(a)
    a.stop()
    with t.row("a secret is forgotten once all its forms are too old"):
        rotate(place, a)
        change_store(a, "UPDATE secret SET made = made - 1000 WHERE made > 0")
        equal(run_command(place, "rotate", "--form-age", str(AGE)), (0, ""))
        assert old not in secrets(a), "it is still there"
        equal(len(secrets(a)), 2, "the count of secrets")


def rotated_often(t, place):
    a = place.app(program="owner")
    key, used = get_key(a, "/note"), get_key(a, "/note")
    first = location(post(a, "/note", used, text="one"))
    for _ in range(12):
        rotate(place, a)
    b = place.app(program="owner", socket="b.sock")
    with t.row("after twelve rotations an open form is good, and a used one known"):
        equal(len(secrets(a)), 13)
        for app in (a, b):
            equal(location(post(app, "/note", used, text="one")), first)
        assert is_good(b, key), "it is a draft"
    key = get_key(a, "/note")
    with t.row("rotate --now leaves one secret, and an open form runs nothing"):
        equal(run_command(place, "rotate", "--now"), (0, ""))
        equal(len(secrets(a)), 1)
        time.sleep(1.1)
        for app in (a, b):
            check_nothing_ran(app, key, "/note", UNKNOWN)


def too_often(t, place):
    app = place.app(program="owner")
    key = get_key(app, "/note")
    change_store(app, "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
                 " WHERE x < 998) INSERT INTO secret SELECT 'key', x, randomblob(32) FROM c")
    change_store(app, "UPDATE secret SET made = made + 4000000000 WHERE made > 0")
    with t.row("a rotation that would make an open form unknown is refused"):
        code, said = run_command(place, "rotate")
        equal(code, 1)
        has(said, "rotate later, or with --now")
        equal(len(secrets(app)), 999)
        assert is_good(app, key), "it is a draft"


def run(t, bin):
    for part in (good, bad, of_another):
        with Place(t, bin) as place:
            part(t, place.app("--form-age", str(AGE), program="owner"))
    for part in (of_a_file, rotated, rotated_unseen, rotated_twice, rotated_often,
                 too_often, forgotten):
        with Place(t, bin) as place:
            part(t, place)

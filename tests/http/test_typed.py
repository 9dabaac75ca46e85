"""What people and programs really type: the same value in other clothes."""
from client import FORM
from forms import HTML, JSON, KEY, get_key, location
from harness import Place
from messages import message
from page import Page
from runner import equal, has, lacks, status
from urllib.parse import quote, quote_plus

# field, what is sent, what is stored; or a message and its values
ROWS = [
    # -- characters that nobody sees
    ("mail", "ann@example.com\u00a0", "ann@example.com"),
    ("mail", "\u200bann@example.com", "ann@example.com"),
    ("mail", "ann@example.com\u200b", "ann@example.com"),
    ("mail", "ann@exam\u00adple.com", "ann@example.com"),
    ("mail", "ann@\u202aexample.com\u202c", "ann@example.com"),
    ("mail", "ann\uff20example\uff0ecom", "ann@example.com"),
    ("mail", "o\u2019brien@example.com", "o'brien@example.com"),
    ("mail", "ann@my\u2011host.example", "ann@my-host.example"),
    ("mail", "ann@example.com bob@example.com", ("email", {})),
    ("mail", "ann bob@example.com", ("email", {})),
    ("phone", "\u202a+442079460000\u202c", "+442079460000"),
    ("phone", "+44\u00a020 7946 0000", "+44 20 7946 0000"),
    ("phone", "+44\u201120 7946\u20110000", "+44-20 7946-0000"),
    ("phone", "+44 (0)20 7946\u20130000", "+44 (0)20 7946-0000"),
    ("phone", "\uff0b\uff14\uff14 20\u30fc7946", "+44 20-7946"),
    ("phone", "\u0660\u0661\u0662\u0663", "0123"),
    ("phone", "\u09e6\u09e7\u09e8\u09e9", "0123"),
    ("phone", "call me", ("tel", {})),
    ("site", "https://a.example/\ufeff", "https://a.example/"),
    ("site", "\u2060https://a.exa\u200bmple/\u00e9", "https://a.example/\u00e9"),
    ("site", "https://a.example/\u0661\u2014\u2019", "https://a.example/\u0661\u2014\u2019"),
    ("day", "2026-11-30\u00a0", "2026-11-30"),
    ("day", "2026\u201311\u201330", "2026-11-30"),
    ("day", "\u0662\u0660\u0662\u0666-\u0661\u0661-\u0663\u0660", "2026-11-30"),
    ("hour", "09:30\u200b", "09:30"),
    ("hour", "\uff10\uff19\uff1a\uff13\uff10", "09:30"),
    ("paint", "\ufeff#A0B1C2", "#a0b1c2"),
    ("pet", "\u200bcat ", "cat"),
    ("many", ["dog\u200b"], ["dog"]),
    ("small", "12\u00a0", 12),
    ("small", "12\u200b", 12),
    ("small", "\u22125", -5),
    ("small", "\u20135", -5),
    ("small", "\u0967\u0968", 12),
    ("small", "\uff11\uff12", 12),
    ("small", "1\u20602", 12),
    ("text", "\u00a0Ann\u00a0", "Ann"),
    ("text", "\u3000Ann \u200d", "Ann"),
    ("text", "\u202aAnn\u202c", "Ann"),
    ("text", "\u2066Ann\u2069", "Ann"),
    ("text", "x \u2066Ann\u2069\u200f", "x \u2066Ann\u2069"),
    ("text", "x \u202eAnn\u202c ", "x \u202eAnn\u202c"),
    ("text", "A\u00a0n\u200dn", "A\u00a0n\u200dn"),
    ("text", "\U0001f468\u200d\U0001f469\ufe0f", "\U0001f468\u200d\U0001f469\ufe0f"),
    ("text", "\u0085Ann\u2028", "Ann"),
    ("story", "\u00a0Ann", "\u00a0Ann"),
    # -- decimal comma and grouping
    ("price", "12,50", 12.5),
    ("price", "1.234,50", 1234.5),
    ("price", "1,234.50", 1234.5),
    ("price", "1'234.50", 1234.5),
    ("price", "1\u2019234,50", 1234.5),
    ("price", "1 234,50", 1234.5),
    ("price", "1\u00a0234,50", 1234.5),
    ("price", "1\u202f234", 1234.0),
    ("price", "1,234", ("ambiguous", {"one": "1234", "two": "1.234"})),
    ("price", "12,345", ("ambiguous", {"one": "12345", "two": "12.345"})),
    ("price", "0,123", 0.123),
    ("price", "1234,567", 1234.567),
    ("price", "1.234", 1.234),
    ("price", ",5", 0.5),
    ("price", "12,34,5.50", ("number", {})),
    ("price", "12,34,567.50", ("range", {"min": 0, "max": 100000})),
    ("price", "1.2.3", ("number", {})),
    ("price", "1 2", ("number", {})),
    ("price", "12,", ("number", {})),
    ("price", "\u0661\u0662\u066b\u0665", 12.5),
    ("depth", "1.234.567,8", 1234567.8),
    ("depth", "\u22121.234.567", -1234567.0),
    ("depth", "-,5", -0.5),
    ("depth", "1,5e3", 1500.0),
    ("depth", "- 5", -5.0),
    ("small", "1,000", ("ambiguous", {"one": "1000", "two": "1"})),
    ("small", "1,234", 1234),
    ("small", "1.234.567", 1234567),
    ("small", "1 234 567", 1234567),
    ("small", "1'234", 1234),
    ("small", "12,50", ("integer", {})),
    ("small", "1,23", ("integer", {})),
    ("small", "1.000", ("integer", {})),
    ("small", "-1,000", ("ambiguous", {"one": "-1000", "two": "-1"})),
    ("small", "00", 0),
    ("small", "007", 7),
    ("price", "0,5", 0.5),
    ("price", "00,50", 0.5),
    ("price", "0", 0.0),
    ("price", "0.0", 0.0),
    ("price", "1 23,4", ("number", {})),
    ("price", "1'234,567", 1234.567),
    ("price", "1.234.5", ("number", {})),
    ("price", ".", ("number", {})),
    ("price", "-", ("number", {})),
    ("price", "\u2212", ("number", {})),
    # -- domains of any script
    ("mail", "ann@b\u00fccher.example", "ann@b\u00fccher.example"),
    ("mail", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
    ("mail", "ann@\u4f8b\u3048.\u30c6\u30b9\u30c8", "ann@\u4f8b\u3048.\u30c6\u30b9\u30c8"),
    ("mail", "ann@\u30b3\u30fc\u30d2\u30fc\u3002jp", "ann@\u30b3\u30fc\u30d2\u30fc.jp"),
    ("mail", "ann@\u2026.example", ("email", {})),
    ("mail", "ann@-b\u00fc.example", ("email", {})),
    ("mail", "j\u00f6rg@example.com", ("email", {})),
    # -- hosts and ports as the URL standard has them
    ("site", "http://[]", ("url", {})),
    ("site", "https://test.[com", ("url", {})),
    ("site", "https://example.com:99999/", ("url", {})),
    ("site", "http://[::1:2::3]:8080/", ("url", {})),
    ("site", "http://[1:2:3:4:5:6:7:8:9]/", ("url", {})),
    ("site", "http://256.256.256.256/", ("url", {})),
    ("site", "http://1.2.3.4.5/", ("url", {})),
    ("site", "http://example.com:80x/", ("url", {})),
    ("site", "http://a:b:80/", ("url", {})),
    ("site", "http://exa^mple.com/", ("url", {})),
    ("site", "http://exa%23mple.com/", ("url", {})),
    ("site", "http://%zz/", ("url", {})),
    ("site", "http://a%20b/", ("url", {})),
    ("site", "http://a%5Cb/", ("url", {})),
    ("site", "http://a%7Fb/", ("url", {})),
    ("site", "http://user@/", ("url", {})),
    ("site", "http:///path", ("url", {})),
    ("site", "http://[::1]:8080/", "http://[::1]:8080/"),
    ("site", "http://[::ffff:1.2.3.4]", "http://[::ffff:1.2.3.4]"),
    ("site", "http://127.1:65535/", "http://127.1:65535/"),
    ("site", "http://example.com:/", "http://example.com:/"),
    ("site", "http://us@er:p%40ss@b\u00fccher.example?x=[", "http://us@er:p%40ss@b\u00fccher.example?x=["),
    ("site", "http://a_b.example/", "http://a_b.example/"),
    ("site", "http://1.2.3.4./", "http://1.2.3.4./"),
    ("site", "http://0x7f.1", "http://0x7f.1"),
    # -- yes and no
    *[("agree", s, True) for s in ("on", "ON", "true", "True", "yes", "Yes", "1", " on ", "on\u00a0")],
    *[("agree", s, False) for s in ("off", "Off", "False", "FALSE", "No", "0", "", " false ")],
    *[("agree", s, ("tick_or_not", {})) for s in ("n", "f", "null", "maybe", "2", "None")],
    # -- what cannot be, and what has another form
    ("small", "4000000000", ("maximum", {"max": 2147483647})),
    ("small", "-4000000000", ("minimum", {"min": -2147483648})),
    ("small", "9" * 30, ("maximum", {"max": 2147483647})),
    ("big", "9" * 20, ("maximum", {"max": 2 ** 63 - 1})),
    ("big", "-" + "9" * 20, ("minimum", {"min": -2 ** 63})),
    ("big", "9223372036854775807", 2 ** 63 - 1),
    ("stars", "4000000000", ("range", {"min": 1, "max": 5})),
    ("depth", "1e999", ("maximum", {"max": "1e308"})),
    ("small", "many", ("integer", {})),
    ("day", "2026-02-29", ("no_day", {"day": 29, "month": "February", "year": 2026})),
    ("day", "2026-11-31", ("no_day", {"day": 31, "month": "November", "year": 2026})),
    ("day", "2026-13-01", ("no_such", {"value": "2026-13-01"})),
    ("day", "tomorrow", ("date", {})),
    ("day", "30.11.2026", "2026-11-30"),
    ("day", "1.5.2026", "2026-05-01"),
    ("day", "05/11/2026", ("date", {})),
    ("day", "2026-1-5", "2026-01-05"),
    ("day", "2026/11/30", "2026-11-30"),
    ("hour", "25:00", ("no_such", {"value": "25:00"})),
    ("hour", "9:30", "09:30"),
    ("hour", "9.30", "09:30"),
    ("hour", "noon", ("time", {})),
    ("night", "23:00", "23:00"),
    ("night", "05:00", "05:00"),
    ("night", "22:00", "22:00"),
    ("night", "06:00:00", "06:00:00"),
    ("night", "12:00", ("range", {"min": "22:00", "max": "06:00"})),
    ("night", "06:00:01", ("range", {"min": "22:00", "max": "06:00"})),
    ("month", "11/2026", "2026-11"),
    ("month", "2026-1", "2026-01"),
    ("month", "1.2026", "2026-01"),
    ("month", "2026/11", "2026-11"),
    ("month", "13/2026", ("no_such", {"value": "2026-13"})),
    ("month", "11/26", ("month", {})),
    # -- choices, each once and in the order of the table
    ("many", ["cat"] * 990, ["cat"]),
    ("many", ["eel", "cat", "eel"], ["cat", "eel"]),
    ("many", ["dog", "cow"], ("choice", {})),
]


def encoded(pairs):
    return "&".join(n + "=" + quote_plus(v) for n, v in pairs)


def send(app, body, path="/", type=FORM, accept=JSON, headers=()):
    return app.request("POST", path, [("Content-Type", type), ("Accept", accept), *headers], body)


def values(t, app):
    for field, sent, want in ROWS:
        sent = sent if isinstance(sent, list) else [sent]
        shown = ascii(sent[0]) + (f" and {len(sent) - 1} more" if len(sent) > 1 else "")
        with t.row(f"{field} {shown}"):
            r = send(app, encoded((field, s) for s in sent))
            if isinstance(want, tuple):
                status(r, 422)
                equal([e["detail"] for e in r.json["errors"]],
                      [message(want[0], label=field, **want[1])])
            else:
                equal(status(r, 201).json["input"][field], want)
    with t.row("a slider left out is its lowest value"):
        equal(status(send(app, "text=x"), 201).json["input"]["mood"], 3)
    with t.row("each value as the page of a result shows it"):
        r = send(app, "depth=0.00001&price=16&small=1", accept=HTML)
        page = status(app.request("GET", location(r)), 200).text
        has(page, "0.00001")
        lacks(page, "1e-05")
    for typed, shown in (("1e-17", "0.00000000000000001"), ("1e16", "10000000000000000"),
                         ("-0.0000123", "-0.0000123"), ("1e-30", "1e-30"), ("1e300", "1e+300")):
        with t.row(f"{typed} is shown as {shown}"):
            r = send(app, "depth=" + quote_plus(typed), accept=HTML)
            has(status(app.request("GET", location(r)), 200).text, shown)


def blank(t, app):
    for name, char in (("no-break space", "\u00a0"), ("ideographic space", "\u3000"),
                       ("zero-width space", "\u200b"), ("line separator", "\u2028"),
                       ("left-to-right mark", "\u200e"), ("Hangul filler", "\u3164")):
        with t.row(f"a {name} alone fills in nothing"):
            r = send(app, encoded([("text", char), ("story", char), ("mood", "3")]), "/must")
            equal([e["detail"] for e in status(r, 422).json["errors"]],
                  [message("enter", label="text"), message("enter", label="story")])


def draft(app, body, path="/must"):
    r = send(app, body, path, accept=HTML)
    return Page(status(app.request("GET", location(r)), 200).text)


def checked(page, name):
    return {a.get("value") for _, a in page.having("name", name) if "checked" in a}


def drafts(t, app):
    for sent in ("off", "false", "0", "no", "False", "maybe", ""):
        with t.row(f"a box sent as '{sent}' comes back unticked"):
            equal(checked(draft(app, "text=&agree=" + sent), "agree"), set())
    for sent in ("on", "TRUE", "yes", "1"):
        with t.row(f"a box sent as '{sent}' comes back ticked"):
            equal(checked(draft(app, "text=&agree=" + sent), "agree"), {"on"})
    with t.row("a box that is ticked by default and was not sent comes back unticked"):
        equal(checked(draft(app, "text="), "news"), set())
    with t.row("a slider that was not sent comes back as a text input"):
        mood = draft(app, "text=").inputs["mood"]
        equal((mood["type"], mood["value"], mood.get("min")), ("text", "", None))
    with t.row("a slider that was sent comes back as one"):
        equal(draft(app, "text=&mood=4").inputs["mood"]["type"], "range")
    with t.row("what was typed comes back as it was typed"):
        page = draft(app, encoded([("text", "\u00a0"), ("price", "1,234"), ("month", "11/2026")]))
        equal([page.inputs[n]["value"] for n in ("text", "price", "month")],
              ["\u00a0", "1,234", "11/2026"])
        equal(page.inputs["month"]["type"], "text")
    with t.row("a long value is cut, and the page says so"):
        page = draft(app, "text=" + "x" * 200000)
        equal(page.inputs["text"]["value"], "x" * 400)
        has(page.text, message("cut", label="text", max=400))
        has(page.text, message("too_long", label="text", max=100))
    with t.row("a long area too, by characters"):
        page = draft(app, "text=&story=" + quote_plus("\u00e9" * 1000))
        equal(page.inputs["story"]["value"], "\u00e9" * 400)
    with t.row("a number too, and a list of choices"):
        page = draft(app, "text=&price=" + "9" * 5000 + "&many=cow" * 900)
        equal(len(page.inputs["price"]["value"]), 400)
        has(page.text, message("cut", label="many", max=400))
    with t.row("what is only a little too long is kept, and not said to be cut"):
        page = draft(app, "text=" + "x" * 400)
        equal(page.inputs["text"]["value"], "x" * 400)
        lacks(page.text, message("cut", label="text", max=400))


def pages(t, app):
    page = Page(status(app.request("GET", "/"), 200).text)
    for name, want in (("stars", "numeric"), ("price", "decimal"), ("cold", None), ("small", None),
                       ("big", None), ("depth", None)):
        with t.row(f"inputmode of {name}"):
            equal(page.inputs[name].get("inputmode"), want)
    with t.row("of an optional choice, no answer is an answer, and is checked"):
        equal(checked(page, "pet"), {""})
        r = send(app, "pet=&text=x")
        equal(status(r, 201).json["input"]["pet"], "")
        equal(checked(draft(app, "text=&pet=dog"), "pet"), {"dog"})
        equal(checked(draft(app, "text=&pet=cow"), "pet"), {""})
    with t.row("a month has a hint"):
        has(page.text, message("month_hint"))
        equal(page.inputs["month"].get("aria-describedby"), "f-month-hint")
    with t.row("times over midnight"):
        equal([page.inputs["night"].get(n) for n in ("min", "max")], ["22:00", "06:00"])
    with t.row("a default in plain digits"):
        page = Page(status(app.request("GET", "/must"), 200).text)
        equal(page.inputs["price"]["value"], "0.00001")
        equal(checked(page, "news"), {"on"})


def carried(t, app):
    def blank_form(query):
        return app.request("GET", "/carried?" + query)

    def send_form(page, more="&text=x"):
        # A browser sends each line end as CRLF.
        value = page.inputs["carried"]["value"].replace("\n", "\r\n")
        return send(app, "carried=" + quote_plus(value) + more, "/carried")

    for value in ("a\nb", " a ", "\u00a0", "  ", "\u200ba\t", "a\n\nb\n"):
        with t.row(f"a hidden {ascii(value)} comes back to the byte"):
            page = Page(status(blank_form("v=" + quote(value)), 200).text)
            equal(page.inputs["carried"]["value"], value)
            equal(status(send_form(page), 201).json["input"]["carried"], value)
    for name, value in (("too long", "x" * 21), ("a carriage return", "a\rb"),
                        ("a control character", "a\x01b")):
        with t.row(f"to fill a hidden field with what does not fit is a 500: {name}"):
            status(blank_form("v=" + quote(value)), 500)
            app.wait_for("hidden field carried")
    with t.row("a hidden value of a visitor's own can be mended"):
        page = draft(app, "text=x&carried=" + "y" * 30, "/carried")
        has(page.text, message("too_long", label="carried", max=20))
        equal(page.inputs["carried"].get("type"), "text")
        assert "#f-carried" in page.links, page.links
    with t.row("or is filled anew"):
        page = draft(app, "text=x", "/fixed")
        equal(page.inputs["carried"]["value"], "fixed")
    for filled, want in (("on", {"on"}), ("yes", {"on"}), ("1", {"on"}), ("false", set()),
                         ("no", set()), ("0", set())):
        with t.row(f"a box that is filled with '{filled}'"):
            page = Page(status(blank_form("v=x&agree=" + filled), 200).text)
            equal(checked(page, "agree"), want)


def part(name, value, type=""):
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n'.encode()
    return head + (f"Content-Type: {type}\r\n".encode() if type else b"") + b"\r\n" + value + b"\r\n"


LABELS = [
    # label, bytes, what is stored, or the statuses: in Content-Type, a part, _charset_
    ("utf8", b"\xc3\xa9", "\u00e9"),
    ("UTF-8", b"\xc3\xa9", "\u00e9"),
    ("us-ascii", b"a", "a"),
    ("us-ascii", b"\xc3\xa9", "\u00e9"),
    ("ISO-8859-1", b"hello", "hello"),
    ("ISO-8859-1", b"\xe9", "\u00e9"),
    ("latin1", b"\x80\xe9\x99", "\u20ac\u00e9\u2122"),
    ("windows-1252", b"\x80", "\u20ac"),
    ("cp1252", b"\x81", "\u0081"),
    ("utf-16", b"hello", "hello"),
    ("shift_jis", b"hello", "hello"),
    ("shift_jis", b"\x82\xa0", (415, 400, 400)),
    ("iso-8859-15", b"\xa4", (415, 400, 400)),
]


def labels(t, app):
    many = "multipart/form-data; boundary=b"
    for label, sent, want in LABELS:
        form = b"text=" + quote_plus(sent).encode()
        ways = (
            ("the form", 0, lambda: send(app, form, type=f"{FORM}; charset={label}")),
            ("a multipart form", 0,
             lambda: send(app, part("text", sent) + b"--b--\r\n", type=f"{many}; charset={label}")),
            ("a part", 1, lambda: send(
                app, part("text", sent, f"text/plain; charset={label}") + b"--b--\r\n", type=many)),
            ("_charset_", 2, lambda: send(app, f"_charset_={label}&".encode() + form)),
            ("_charset_ behind it", 2, lambda: send(app, form + f"&_charset_={label}".encode())),
            ("_charset_ in parts", 2, lambda: send(
                app, part("_charset_", label.encode()) + part("text", sent) + b"--b--\r\n", type=many)),
        )
        for where, which, request in ways:
            with t.row(f"{sent} in {label}, said by {where}"):
                r = request()
                if isinstance(want, tuple):
                    status(r, want[which])
                else:
                    equal(status(r, 201).json["input"]["text"], want)


FILES = [
    # client, the parameters of its part, the name that is shown
    ("w3m, Links, ELinks", '; filename="a"b c \u00e9.txt"', 'a"b c \u00e9.txt'),
    ("Guzzle", '; filename="a"b\\c \u00e9.txt"', "c \u00e9.txt"),
    ("curl", '; filename="a%22b c \u00e9.txt"', 'a"b c \u00e9.txt'),
    ("libsoup", "; filename*=UTF-8''a%22b%20%C3%A9.txt", 'a"b \u00e9.txt'),
    ("libsoup 3", "; filename*=UTF-8''a\"b\\c%20%C3%A9.txt", "c \u00e9.txt"),
    (".NET", '; filename="=?utf-8?B?YyDDqS50eHQ=?="; filename*=utf-8\'\'c%20%C3%A9.txt',
     "c \u00e9.txt"),
    ("aiohttp", '; filename="a%22b%20%C3%A9.txt"', 'a"b \u00e9.txt'),
    ("nobody", "; filename*=utf-16''x", "photo"),
]


def files(t, app):
    for client, more, shown in FILES:
        with t.row(f"a file as {client} names it is an error of its field, not of the form"):
            head = f'--b\r\nContent-Disposition: form-data; name="photo"{more}\r\n\r\ny\r\n'
            body = part("text", b"x") + head.encode() + b"--b--\r\n"
            r = send(app, body, type="multipart/form-data; boundary=b")
            equal([e["detail"] for e in status(r, 422).json["errors"]],
                  [message("file", label=shown)])


SAME = [
    ("a captcha's token", "text=order&cf-turnstile-response=AAA", "text=order&cf-turnstile-response=BBB"),
    ("another button", "text=order&send=1", "text=order&other=1"),
    ("a field that varies", "text=order&token=1", "text=order&token=2"),
    ("another order of the fields", "text=x&small=1", "small=1&text=x"),
    ("LF for CRLF", "story=a%0D%0Ab", "story=a%0Ab"),
    ("a blank optional field left out", "text=x&mail=&small=", "text=x"),
    ("a number in other clothes", "price=12%2C50", "price=12.5"),
    ("choices in another order", "many=cat&many=dog", "many=dog&many=cat&many=dog"),
    ("_charset_", "text=x&_charset_=utf-8", "text=x"),
]


def once(t, app):
    for name, first, second in SAME:
        with t.row(f"one form: {name}"):
            key = get_key(app, "/")
            urls = [location(send(app, f"{KEY}={key}&{body}", accept=HTML)) for body in (first, second)]
            equal(urls[0], urls[1])
    with t.row("two forms: another value"):
        key = get_key(app, "/")
        urls = [location(send(app, f"{KEY}={key}&text={v}", accept=HTML)) for v in "ab"]
        assert urls[0] != urls[1], urls


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="typed")
        for rows in (values, blank, drafts, pages, carried, labels, files, once):
            rows(t, app)

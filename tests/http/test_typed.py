"""Pages and forms that come back with what people really type; tests/unit/test_typed.c has
the values."""
from client import FORM
from forms import HTML, JSON, KEY, get_key, location
from harness import Place
from messages import message
from page import Page
from runner import equal, has, lacks, status
from urllib.parse import quote, quote_plus


def encoded(pairs):
    return "&".join(n + "=" + quote_plus(v) for n, v in pairs)


def send(app, body, path="/", type=FORM, accept=JSON, headers=()):
    return app.request("POST", path, [("Content-Type", type), ("Accept", accept), *headers], body)


def shown(t, app):
    with t.row("each value as the page of a result shows it"):
        r = send(app, "depth=0.00001&price=16&small=1", accept=HTML)
        page = status(app.request("GET", location(r)), 200).text
        has(page, "0.00001")
        lacks(page, "1e-05")
    for typed, text in (("1e-17", "0.00000000000000001"), ("1e16", "10000000000000000"),
                         ("-0.0000123", "-0.0000123"), ("1e-30", "1e-30"), ("1e300", "1e+300")):
        with t.row(f"{typed} is shown as {text}"):
            r = send(app, "depth=" + quote_plus(typed), accept=HTML)
            has(status(app.request("GET", location(r)), 200).text, text)


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
        for rows in (shown, drafts, pages, carried, once):
            rows(t, app)

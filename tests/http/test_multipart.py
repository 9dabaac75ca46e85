"""multipart/form-data from end to end: the same loop, and files said no to."""
from client import FORM
from forms import HTML, JSON, KEY, bare, check_draft, get_key, id_of, location
from harness import Place
from messages import message
from page import Page
from runner import equal, has, lacks, status
from urllib.parse import urlencode

TYPE = "multipart/form-data; boundary=b"
FLAGS = ("--max-body", "1000", "--max-upload", "4096")
UTF8 = "Content-Type: text/plain; charset=utf-8"


def part(name, value, filename=None, *lines):
    """A part as a browser sends it: names are in quotes, three bytes written %HH."""
    for c in "\r\n\"":
        name = name.replace(c, f"%{ord(c):02X}")
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"'
    if filename is not None:
        head += f'; filename="{filename}"'
    for line in lines:
        head += "\r\n" + line
    return f"{head}\r\n\r\n{value}\r\n"


def form(*parts, end="--b--\r\n"):
    return "".join(part(*p) for p in parts) + end


def entry(*more, name="Ann", message="Hi", stars="3"):
    return form(("name", name), ("message", message), ("stars", stars), *more)


def post(client, body, kind=TYPE, accept=HTML, **kw):
    return client.request("POST", "/", [("Content-Type", kind), ("Accept", accept)], body, **kw)


# What is refused: (name, Content-Type, body, status, words)
GOOD = entry()
REFUSED = [
    ("no boundary", "multipart/form-data", GOOD, 400, "boundary"),
    ("two boundaries", TYPE + "; boundary=c", GOOD, 400, "boundary"),
    ("a boundary of 71", "multipart/form-data; boundary=" + 71 * "b", GOOD, 400, "boundary"),
    ("another boundary", "multipart/form-data; boundary=c", GOOD, 400, "incomplete"),
    ("an empty body", TYPE, "", 400, "incomplete"),
    ("no end", TYPE, GOOD[:-8], 400, "incomplete"),
    ("an urlencoded body", TYPE, "name=Ann&message=Hi", 400, "incomplete"),
    ("LF alone", TYPE, GOOD.replace("\r\n", "\n"), 400, "begin with its boundary"),
    ("a part without a name", TYPE, "--b\r\nX: y\r\n\r\n\r\n" + GOOD, 400, "no field name"),
    ("a part in latin2", TYPE, entry(("x", "\u00e9", None, UTF8.replace("utf-8", "latin2"))), 400,
     "UTF-8"),
    ("a part in base64", TYPE, entry(("x", "eA==", None, "Content-Transfer-Encoding: base64")),
     415, "Transfer-Encoding"),
    ("the form in latin2", TYPE + "; charset=iso-8859-2", entry(name="\u00e9"), 415, "UTF-8"),
    ("multipart/mixed", "multipart/mixed; boundary=b", GOOD, 415, "UTF-8"),
    ("a type that begins like ours", "multipart/form-data2; boundary=b", GOOD, 415, "UTF-8"),
    ("a name over its limit", TYPE, entry((257 * "x", "")), 413, "name"),
    ("nine header fields", TYPE, entry(("x", "", None, *8 * ["X: y"])), 413, "header"),
    ("a file over --max-upload", TYPE, entry(("x", 4096 * "x", "f")), 413, "4096"),
]

# What is not: (name, Content-Type, body)
TAKEN = [
    ("a boundary in quotes", 'multipart/form-data; charset="UTF-8"; boundary="b"', GOOD),
    ("the type in capitals", TYPE.upper().replace("=B", "=b"), GOOD),
    ("more than --max-body", TYPE, entry(("x", 2000 * "x"))),
    ("a name of 256 bytes", TYPE, entry((256 * "x", ""))),
    ("eight header fields", TYPE, entry(("x", "", None, *7 * ["X: y"]))),
    ("a type and charset for text", TYPE, entry(("x", "", None, UTF8))),
    ("text around it", TYPE, "before\r\n" + GOOD + "after"),
    ("a field for files, none chosen", TYPE,
     entry(("photo", "", "", "Content-Type: application/octet-stream"))),
]


def sized(total):
    """A good form of so many bytes; what follows its end counts too."""
    return GOOD + (total - len(GOOD)) * " "


def refused(t, web, app):
    for how, client in (("nginx", web), ("direct", app)):
        for name, kind, body, want, words in REFUSED:
            for accept in (HTML, JSON):
                with t.row(f"{how}: {name} is {want} as {accept}"):
                    r = status(post(client, body, kind, accept), want)
                    equal(r.get("Cache-Control"), "no-store")
                    has(r.json["detail"] if accept == JSON else Page(r.text).text, words)
                    if want == 415:
                        equal(r.get("Accept"), FORM + ", multipart/form-data", "Accept")
    for name, length, want, words in (
            ("a length beyond the body", len(GOOD) + 1, 400, "incomplete"),
            ("a length short of the body", len(GOOD) - 1, 400, "longer"),
            ("a length over --max-upload", 4097, 413, "4096")):
        with t.row(f"{name} is {want}"):
            has(status(post(app, GOOD, length=str(length)), want).text, words)
    with t.row("a coding without a length is 411"):
        status(app.request("POST", "/", [("Content-Type", TYPE), ("Transfer-Encoding", "chunked")],
                           GOOD, length=""), 411)
    with t.row("a coded body is 415"):
        r = app.request("POST", "/", [("Content-Type", TYPE), ("Content-Encoding", "gzip")], GOOD)
        equal(status(r, 415).get("Accept-Encoding"), "identity")
    with t.row("of length unsaid, one byte over --max-upload is 413"):
        status(post(app, sized(4097), length=""), 413)
    with t.row("a form of another site is 403, before it is read"):
        r = app.request("POST", "/", [("Content-Type", TYPE), ("Sec-Fetch-Site", "cross-site")],
                        "nothing good")
        status(r, 403)
    with t.row("of all these nothing is stored"):
        equal(app.rows(), [])


def taken(t, web, app):
    for how, client in (("nginx", web), ("direct", app)):
        for name, kind, body in TAKEN:
            with t.row(f"{how}: {name} is taken"):
                has(status(web.get(location(post(client, body, kind))), 200).text, "Ann")
    for name, length in (("said", None), ("unsaid", "")):
        with t.row(f"a form of --max-upload bytes, length {name}, is taken"):
            status(post(app, sized(4096), length=length), 303)


def one_result(t, web, app):
    """Both enctypes, one form: what is stored is the same, and there once."""
    typed = {"name": 'Zoë "Z" <b>', "message": "\r\n1st\r\n100%22 \\ 🎈", "stars": "5"}
    with t.row("a form is stored, and its page shows it as it was typed"):
        address = location(post(web, entry(**typed)))
        page = status(web.get(address), 200)
        has(Page(page.text).text, 'Zoë "Z" <b>')
        has(Page(page.text).text, "\n1st\n100%22 \\ 🎈")
        lacks(page.text, "<b>")
    with t.row("sent again under its key, in either enctype, it is the same one"):
        key = get_key(web, "/")
        body = form((KEY, key), *typed.items())
        first = location(post(web, body))
        equal(first, "/" + key.partition(".")[0])
        equal(location(post(web, body)), first)
        equal(location(web.post("/", urlencode({KEY: key, **typed}))), first)
        equal(app.rows("SELECT count(*) FROM submission WHERE id = ?", first[1:]), [(1,)])
    with t.row("with other content it is another"):
        second = location(post(web, form((KEY, key), *{**typed, "stars": "4"}.items())))
        assert second != first, second


def drafts(t, web, app):
    with t.row("what does not fit comes back as it was typed"):
        address = location(post(web, entry(name='a"b\\', message="\r\nx\r\n", stars="9")))
        check_draft(web, address, "Stars", name='a"b\\', message="\nx\n", stars="9")
    with t.row("a file is said no to, at its field, and the rest is kept"):
        body = entry(("name", "GIF89a", "C:\\d\\cat.gif", "Content-Type: image/gif"))
        address = location(post(web, body))
        page = check_draft(web, address, message("file", label="Your name"), name="Ann",
                           message="Hi")
        equal(page.inputs["name"].get("aria-invalid"), "true")
    with t.row("its fields are corrected, and it becomes the result"):
        key = page.inputs[KEY]["value"]
        equal(location(post(web, form((KEY, key), ("name", "Ann"), ("message", "Hi")))),
              bare(address))
        equal(app.rows("SELECT state FROM submission WHERE id = ?", id_of(address)), [("done",)])
    with t.row("a file of no field is said no to by its name"):
        address = location(post(web, entry(("photo", "x", "/tmp/<b>.png"))))
        page = check_draft(web, address, message("file", label="<b>.png"), name="Ann")
        equal(page.inputs["name"].get("aria-invalid"), None)
    with t.row("so is one in a form that was sent before, without it"):
        sent = [(KEY, get_key(web, "/")), ("name", "Ann"), ("message", "Hi")]
        first = location(post(web, form(*sent)))
        with_file = [location(post(web, form(*sent, ("photo", text, "a.txt"))))
                     for text in ("one", "two", "one")]
        check_draft(web, with_file[0], message("file", label="a.txt"), name="Ann")
        equal(len({first, *with_file}), 3)
        equal(with_file[0], with_file[2])
    with t.row("so is one of 0 bytes, which was chosen"):
        check_draft(web, location(post(web, entry(("photo", "", "empty.txt")))), "empty.txt")
    with t.row("three of one field are said no to once"):
        body = form(*3 * [("name", "x", "a.txt")], ("message", "Hi"))
        r = status(post(web, body, accept=JSON), 422)
        equal([e["pointer"] for e in r.json["errors"] if "files" in e["detail"]], ["#/name"])
    with t.row("what was in a file is kept nowhere"):
        equal([row for row in app.rows() if "GIF89a" in repr(row)], [])


def run(t, bin):
    with Place(t, bin) as place:
        app = place.app(*FLAGS)
        web = place.nginx(app)
        refused(t, web, app)
        taken(t, web, app)
    with Place(t, bin) as place:
        app = place.app()
        web = place.nginx(app)
        one_result(t, web, app)
        drafts(t, web, app)
        with t.row("a form of 8 MiB goes through nginx, one byte more does not"):
            status(post(web, sized(8 << 20)), 303)
            status(post(web, sized((8 << 20) + 1)), 413)
        with t.row("a header of 8 KiB is taken, one byte more is not"):
            line = "Content-Disposition: form-data; name=\"x\"\r\nX: \r\n"
            rest = (8192 - len(line)) * "y"
            status(post(web, entry(("x", "", None, "X: " + rest))), 303)
            has(status(post(web, entry(("x", "", None, "X: y" + rest))), 413).text, "header")
        with t.row("20 files are said no to, 21 are too many"):
            files = [("x", "", "f")] * 20
            status(post(web, entry(*files)), 303)
            has(status(post(web, entry(*files, ("x", "", "f"))), 413).text, "too many files")

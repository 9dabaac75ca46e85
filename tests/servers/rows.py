"""rows.py - one table of requests, and what servers make of them that is not our doing.

A row: its name, method, target, header fields, body and the status that it gets.  In them
{base} is the prefix, {result} the address of a result and {etag} its tag, {mine} a result
that only {cookie} may see, {key} the key of a form that was not sent.  A target that begins
with a slash is below the base.  Besides:
  how=CHUNKED   the body comes in chunks
  how=EXPECT    the body waits for 100 Continue
  fields={...}  fields of the answer, and what is in them
  has="..."     words in its body
"""
import fnmatch

from client import FORM
from forms import JSON

CHUNKED, EXPECT = "chunked", "expect"
ALLOW = {"Allow": "GET, HEAD, POST, OPTIONS"}
ACCEPT_FORMS = {"Accept": "application/x-www-form-urlencoded, multipart/form-data"}
MULTIPART = ("Content-Type", "multipart/form-data; boundary=b")
PART = '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
AS_JSON = ("Accept", JSON)
KIB, MIB = 1 << 10, 1 << 20
FORM_FIELD = ("Content-Type", FORM)
NOTE = "text=caf%C3%A9+%26+%22x%22"
LOCATION = {"Location": "{base}/note/"}


class Row:
    def __init__(self, name, method, target, headers, body, status, how=None, fields=(),
                 has=""):
        self.name, self.method, self.target, self.headers = name, method, target, headers
        self.body, self.status, self.how = body, status, how
        self.fields, self.has = dict(fields), has


def get(name, target, status, *headers, **more):
    return Row(name, "GET", target, headers, None, status, **more)


def post(name, body, status, *headers, target="/note", **more):
    return Row(name, "POST", target, headers, body, status, **more)


def other(name, method, target, status, *headers, **more):
    return Row(name, method, target, headers, None, status, **more)


ROWS = [
    # Pages.
    get("a page", "/", 200),
    get("a form", "/note", 200, has="<form"),
    get("a result", "{result}", 200, has="caf\u00e9 &amp; &quot;x&quot;",
        fields={"Cache-Control": "private, no-cache"}),
    get("a result again", "{result}", 200, fields={"ETag": "{etag}"}),
    get("a range of a result, whole", "{result}", 200, ("Range", "bytes=0-9"), has="</html>"),
    get("a range of a form, whole", "/note", 200, ("Range", "bytes=5-"), has="</html>"),
    get("a result as JSON", "{result}", 200, AS_JSON, has='"url": "{result}"'),
    get("no page", "/nothing", 404),
    get("no page as JSON", "/nothing", 404, AS_JSON, has='"status": 404'),
    get("no result", "/note/000000000000000000000000000", 404),

    # Paths.
    get("an escaped letter", "/%6eote", 200),
    get("an escaped slash", "/note%2Fx", 400),
    get("an escaped slash in small letters", "/note%2fx", 400),
    get("two slashes in front", "//note", 404),
    get("two slashes within", "/note//x", 404),
    get("a slash at the end", "/note/", 404),
    get("a dot", "/./note", 400),
    get("two dots", "/note/../note", 400),
    get("two dots that are escaped", "/note/%2e%2e/note", 400),
    get("two dots beyond the top", "/../../../note", 400),
    get("a NUL", "/note%00", 400),
    get("a line break", "/note%0d%0aX:%20y", 400),
    get("a control byte", "/note%01", 400),
    get("DEL", "/note%7f", 400),
    get("a backslash", "/note%5cx", 400),
    get("UTF-8", "/caf%C3%A9", 404),
    get("UTF-8 that is not escaped", "/caf\u00e9", 404),
    get("bytes that are no UTF-8", "/caf%E9", 404),
    get("a percent sign alone", "/100%", 400),
    get("an escape that is none", "/note%zz", 400),
    get("a parameter of the path", "/note;p=1", 404),
    get("a long path", "/" + 4000 * "x", 404),
    get("capitals", "/NOTE", 404),

    # Queries.
    get("a query", "/note?a=b&c", 200),
    get("an empty query", "/note?", 200),
    get("a query with question marks", "/note??a=b?", 200),
    get("a query with broken escapes", "/note?a=%&b=%zz&c=%00%2F..", 200),
    get("a query that is read", "/?missing", 404),
    get("a long query", "/note?a=" + 4000 * "x", 200),

    # Methods.
    other("HEAD of a form", "HEAD", "/note", 200),
    other("HEAD of a result", "HEAD", "{result}", 200, fields={"ETag": "{etag}"}),
    other("HEAD of nothing", "HEAD", "/nothing", 404),
    other("OPTIONS", "OPTIONS", "/note", 204, fields=ALLOW),
    other("PUT", "PUT", "/note", 405, fields=ALLOW),
    other("DELETE", "DELETE", "{result}", 405, fields={"Allow": "GET, HEAD, OPTIONS"}),
    other("PATCH", "PATCH", "/note", 405, fields=ALLOW),
    other("TRACE", "TRACE", "/note", 405),
    other("a method that nobody knows", "FOO", "/note", 501),
    Row("GET with a body", "GET", "/note", (), "text=x", 200),
    post("POST to a page without a form", NOTE, 405, target="/",
         fields={"Allow": "GET, HEAD, OPTIONS"}),
    post("POST to a result", NOTE, 405, target="{result}"),

    # Forms.
    post("a form is sent", NOTE, 303, fields=LOCATION, has='<a href="{base}/note/'),
    post("a form with its key", "prg-key={key}&" + NOTE, 303, fields=LOCATION),
    post("the same form again", "prg-key={key}&" + NOTE, 303, fields=LOCATION),
    post("a form that leads to another page", "text=/note?a=b%26c", 303, target="/away",
         fields={"Location": "{base}/note?a=b&c"}),
    post("a form in chunks", NOTE, 303, how=CHUNKED, fields=LOCATION),
    post("a form that waits for 100 Continue", NOTE, 303, how=EXPECT, fields=LOCATION),
    post("a form in multipart/form-data", PART + "x\r\n--b--\r\n", 303, MULTIPART,
         fields=LOCATION),
    post("multipart/form-data that breaks off", PART + "x", 400, MULTIPART),
    post("a form left blank", "text=", 303, fields=LOCATION),
    post("a form left blank, as JSON", "text=", 422, AS_JSON, has='"pointer": "#/text"'),
    post("a form for JSON", NOTE, 201, AS_JSON, fields=LOCATION),
    post("a form that is named", NOTE, 303, ("Idempotency-Key", '"the same key, twice"'), fields=LOCATION),
    post("the same name again", NOTE, 303, ("Idempotency-Key", '"the same key, twice"'), fields=LOCATION),
    post("an empty body", "", 303, fields=LOCATION),
    post("a form that fails", NOTE, 503, target="/fail", fields={"Retry-After": "30"}),
    post("another type", NOTE, 415, ("Content-Type", "text/plain"), fields=ACCEPT_FORMS),
    post("no type", NOTE, 415, ("Content-Type", None), fields=ACCEPT_FORMS),
    post("a coding", NOTE, 415, ("Content-Encoding", "gzip"),
         fields={"Accept-Encoding": "identity"}),
    post("200 KiB", "text=" + 200 * KIB * "x", 303, fields=LOCATION),
    post("more than the app takes", "text=" + (MIB + 1) * "x", 413, has="1048576"),
    post("more than the app takes, in chunks", "text=" + (MIB + 1) * "x", 413, how=CHUNKED),
    post("more than the web server takes", "text=" + 9 * MIB * "x", 413),
    post("more than the web server takes, in chunks", "text=" + 9 * MIB * "x", 413,
         how=CHUNKED),

    # Who sends it.
    post("another Host", NOTE, 303, ("Host", "evil.example"), fields=LOCATION),
    post("an address in full", NOTE, 303, target="http://evil.example{base}/note",
         fields=LOCATION),
    post("X-Forwarded-Host and others", NOTE, 303, ("X-Forwarded-Host", "evil.example"),
         ("X-Forwarded-Proto", "https"), ("Forwarded", "host=evil.example"), fields=LOCATION),
    post("our own Origin", NOTE, 303, ("Origin", "http://guestbook.example"), fields=LOCATION),
    post("our own Origin, with a port", NOTE, 303, ("Host", "guestbook.example:8080"),
         ("Origin", "http://guestbook.example:8080"), fields=LOCATION),
    post("another Origin", NOTE, 403, ("Origin", "http://evil.example")),
    post("another site", NOTE, 403, ("Sec-Fetch-Site", "cross-site")),
    post("two Origins", NOTE, 400, ("Origin", "http://guestbook.example"),
         ("Origin", "http://evil.example")),
    post("two words on the site", NOTE, 400, ("Sec-Fetch-Site", "same-origin"),
         ("Sec-Fetch-Site", "cross-site")),
    post("two types", NOTE, 400, FORM_FIELD, ("Content-Type", "text/plain")),
    get("Proxy", "/", 200, AS_JSON, ("Proxy", "http://evil.example"), has='"proxy": "none"'),

    # Conditions.
    get("its tag", "{result}", 304, ("If-None-Match", "{etag}"), fields={"ETag": "{etag}"}),
    get("a list with its tag", "{result}", 304, ("If-None-Match", '"a", W/{etag}')),
    get("another tag", "{result}", 200, ("If-None-Match", '"a"')),
    get("two tags in two lines", "{result}", 304, ("If-None-Match", '"a"'),
        ("If-None-Match", "{etag}")),
    get("If-Match of another", "{result}", 412, ("If-Match", '"a"')),
    other("HEAD with its tag", "HEAD", "{result}", 304, ("If-None-Match", "{etag}")),

    # Cookies.
    get("one's own result", "{mine}", 200, ("Cookie", "{cookie}")),
    get("one's own result, without the cookie", "{mine}", 404),
    get("a cookie among 60", "{mine}", 200, ("Cookie", "; ".join(
        [f"c{i}={i}" for i in range(30)] + ["{cookie}"] + [f"d{i}={i}" for i in range(29)]))),
    get("a cookie behind 7000 bytes", "{mine}", 200, ("Cookie", f"c={7000 * 'x'}; {{cookie}}")),
    get("a cookie in a second line", "{mine}", 200, ("Cookie", "c=1"), ("Cookie", "{cookie}")),
    get("Accept in two lines", "/nothing", 404, ("Accept", "text/plain"), AS_JSON,
        fields={"Content-Type": "application/problem+json"}),
]

# What a server does by itself: set-ups, rows (as in a shell's pattern), status, why.
DIFFERENCES = [
    # All of them have limits, and read the path before they hand it on raw.
    ("nginx*", "more than the web server takes*", 413, "its own limit, its own page"),
    ("apache, fcgid", "more than the web server takes", 413, "its own limit, its own page"),
    ("apache, cgid", "more than the web server takes*", 413, "its own limit, its own page"),
    ("lighttpd*", "more than the web server takes*", 413, "its own limit, its own page"),
    ("nginx*", "two dots beyond the top", 400, "it reads the path"),
    ("nginx*", "a NUL", 400, "it reads the path"),
    ("nginx*", "a percent sign alone", 400, "it reads the path"),
    ("nginx*", "an escape that is none", 400, "it reads the path"),
    ("apache*", "two dots beyond the top", 400, "it reads the path"),
    ("apache*", "an escaped slash*", 404, "AllowEncodedSlashes is off by default"),
    ("apache*", "a NUL", 404, "it reads the path"),
    ("apache*", "a percent sign alone", 400, "it reads the path"),
    ("apache*", "an escape that is none", 400, "it reads the path"),
    ("lighttpd*", "a NUL", 400, "it takes no control bytes, escaped or not"),
    ("lighttpd*", "a line break", 400, "it takes no control bytes, escaped or not"),
    ("lighttpd*", "a control byte", 400, "it takes no control bytes, escaped or not"),
    ("lighttpd*", "DEL", 400, "it takes no control bytes, escaped or not"),
    ("lighttpd*", "a query with broken escapes", 400, "nor in the query"),

    ("haproxy", "a NUL", 502, "it decodes the path, and no parameter may hold a NUL"),
    ("haproxy", "UTF-8 that is not escaped", 400, "it takes ASCII alone"),
    ("haproxy", "a percent sign alone", 500, "it decodes the path"),
    ("haproxy", "an escape that is none", 500, "it decodes the path"),
    ("haproxy", "more than the web server takes*", 413, "the limit of the file"),
    ("caddy", "a NUL", 400, "it takes none"),
    ("caddy", "a percent sign alone", 400, "it decodes the path"),
    ("caddy", "an escape that is none", 400, "it decodes the path"),
    ("h2o", "a NUL", 503, "it decodes the path, and no parameter may hold a NUL"),
    ("h2o", "more than the web server takes*", 413, "its own limit, its own page"),

    # Methods.
    ("nginx*", "TRACE", 405, "it never hands TRACE on"),
    ("apache*", "TRACE", 405, "TraceEnable is off, as Debian has it"),
    ("lighttpd*", "a method that nobody knows", 501, "it hands on what it knows"),
    ("lighttpd*", "GET with a body", 400, "it takes none unless told to"),

    # A body whose length is not said.
    ("apache, cgid", "a form in chunks", 411, "it says no length, and no sure end"),
    ("apache, cgid", "more than the app takes, in chunks", 411, "the same"),
    ("apache, proxy", "more than *takes, in chunks", 411, "the same, where it is long"),
    ("apache, fcgid", "more than the web server takes, in chunks", 500,
     "FcgidMaxRequestLen has no better answer"),

    ("haproxy", "more than the app takes, in chunks", 400, "it takes 15 KB in chunks"),

    # A type that is not there.
    ("caddy", "no type", 303, "it says that it is a form's"),

    # Fields that are there twice, which no browser sends.
    ("nginx*", "two tags in two lines", 400, "it takes If-None-Match once"),
    ("apache*", "two Origins", 403, "it joins them with a comma: no origin"),
    ("apache*", "two words on the site", 403, "it joins them with a comma: no word"),
    ("apache*", "two types", 415, "it joins them with a comma: no type"),
    ("apache*", "a cookie in a second line", 404, "it joins them with a comma: no cookie"),
    ("lighttpd*", "two Origins", 403, "it joins them with a comma: no origin"),
    ("lighttpd*", "two words on the site", 403, "it joins them with a comma: no word"),
    ("lighttpd*", "two types", 400, "it takes Content-Type once"),
    ("lighttpd*", "two tags in two lines", 200, "it hands on the first"),
    ("lighttpd*", "an address in full", 400, "it takes no other host than Host"),
    ("haproxy", "an address in full", 400, "it takes no other host than Host"),
    ("caddy", "two Origins", 403, "it joins them with a comma: no origin"),
    ("caddy", "two words on the site", 403, "it joins them with a comma: no word"),
    ("caddy", "a cookie in a second line", 404, "it joins them with a comma: no cookie"),
]


def difference(setup, row):
    """The status that is listed for it; None: none is."""
    found = [status for setups, rows, status, _ in DIFFERENCES
             if fnmatch.fnmatchcase(setup, setups) and fnmatch.fnmatchcase(row, rows)]
    assert len(found) <= 1, f"{row!r} behind {setup} is listed {len(found)} times"
    return found[0] if found else None

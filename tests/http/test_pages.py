"""Pages for readers of any language, any browser, and on paper."""
import json
from urllib.parse import urlencode

from forms import Direct, location
from harness import Place
from page import Page
from runner import equal, status

ANN = {"name": "محمد (Ali)!", "message": "first\r\n\r\nthird & <b>"}
TYPED = ["name", "email", "site", "phone", "password", "postcode", "age", "height", "card"]
OTHERS = ["mood", "colour", "birthday", "wake", "agree", "edition"]


def values(html):
    """The markup of each <dd>, but for its start tag."""
    return [s.partition(">")[2].partition("</dd>")[0] for s in html.split("<dd")[1:]]


def form(t, survey):
    html = status(survey.request("GET", "/"), 200).text
    page = Page(html)
    with t.row("the language and its direction are on <html>"):
        equal(page.elements[0], ("html", {"lang": "en"}))
    for name in TYPED:
        with t.row(f"{name} is written in the direction of what is typed"):
            equal(page.inputs[name].get("dir"), "auto" if name != "card" else None)
    for name in OTHERS:
        with t.row(f"{name} has the direction of the page"):
            equal(page.inputs[name].get("dir"), None)
    with t.row("a textarea begins with a line feed that all browsers drop"):
        assert 'rows="6" dir="auto"' in html and ">\n</textarea>" in html, html
        assert "&#10;" not in html
    with t.row("no control cuts what is pasted"):
        assert "maxlength" not in html
    with t.row("the limit of a long text is in a hint"):
        equal([a for tag, a in page.having("id", "f-story-hint")],
              [{"class": "hint", "id": "f-story-hint"}])
        assert "70000 characters or less" in html
    with t.row("the skip link leads to an element that ELinks knows"):
        equal([tag for tag, _ in page.having("id", "main")], ["div"])


def pasted(t, book):
    for name, most in (("message", 2000), ("name", 80)):
        with t.row(f"nothing of a long {name} is lost, and its length is said"):
            typed = {**ANN, name: "x" * (most + 46)}
            html = status(book.request("GET", location(
                book.request("POST", "/", [], urlencode(typed)))), 200).text
            equal(Page(html).inputs[name]["value"], typed[name])
            assert f"must be {most} characters or less" in html, html


def result(t, app, web):
    to = location(web.post("/", urlencode({**ANN, "stars": "5"})))
    with t.row("the page says its address with the host"):
        page = Page(status(web.get(to), 200).text)
        equal(page.texts["a"][2], f"http://guestbook.example{to}")
    with t.row("its lines are apart without CSS too"):
        equal(values(web.get(to).text)[1], "first<br>\n<br>\nthird &amp; &lt;b&gt;")
        assert 'dir="auto">first<br>\n<br>\nthird' in web.get("/").text
    with t.row("shown values have a direction of their own"):
        html = web.get(to).text
        equal(html.count('<dd class="lines" dir="auto">'), 3)
        assert '<h1 dir="auto">' in html
        assert "<bdi>محمد (Ali)!</bdi>" in web.get("/").text
    for name, params, want in [
            ("https", [("HTTPS", "on"), ("HTTP_HOST", "a.example")], "https://a.example"),
            ("a port", [("HTTP_HOST", "a.example:81")], "http://a.example:81"),
            ("IPv6", [("HTTP_HOST", "[::1]:81")], "http://[::1]:81"),
            ("no Host", [("HTTP_HOST", "")], ""),
            ("a Host that is none", [("HTTP_HOST", 'a"><b>/c')], ""),
            ("a Host with a path", [("HTTP_HOST", "a.example/b")], "")]:
        with t.row(f"the address: {name}"):
            html = status(Direct(app, *params).request("GET", to), 200).text
            equal(Page(html).texts["a"][2], want + to)


def origins(t, bin):
    for origin, host, want in [
            ("https://a.example", "x.example", "https://a.example"),
            ("https://a.example,http://b.example:81", "b.example:81", "http://b.example:81"),
            ("https://a.example,https://ab.example", "b.example", "https://a.example")]:
        with Place(t, bin) as place, t.row(f"the address: --origin {origin} and {host}"):
            app = place.app("--origin", origin)
            to = location(app.request("POST", "/", [], urlencode(ANN)))
            html = Direct(app, ("HTTP_HOST", host)).request("GET", to).text
            equal(Page(html).texts["a"][2], want + to)


def arabic(t, bin):
    with Place(t, bin) as place:
        app = place.app(program="arabic")
        for path in "/", "/nothing":
            with t.row(f"Arabic is written from right to left: {path}"):
                equal(Page(app.request("GET", path).text).elements[0],
                      ("html", {"lang": "ar", "dir": "rtl"}))
        with t.row("the app's hint, then the limit"):
            assert ">اكتب ما تشاء (200 حرف على الأكثر)</p>" in app.request("GET", "/").text
        with t.row("the hint of a program has no limit: JSON has maxlength"):
            fields = json.loads(app.request("GET", "/", [("Accept", "application/json")]).text
                                )["form"]["fields"]
            equal((fields[2]["hint"], fields[2]["maxlength"]), ("اكتب ما تشاء", 200))


def run(t, bin):
    with Place(t, bin) as place:
        book = place.app()
        pasted(t, book)
        result(t, book, place.nginx(book))
        form(t, place.app(program="survey", socket="survey.sock"))
    origins(t, bin)
    arabic(t, bin)

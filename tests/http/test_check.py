"""check: what is wrong with an app's templates is told before it serves."""
from forms import run_command
from harness import Place
from runner import equal

FILE = "mine/mine.mustache"
BLOCKED = "%d: browsers block %s; pages run no scripts, and take styles from stylesheets alone"
LAYOUT = "{{<layout}}\n%s\n{{/layout}}\n"

# What is said of a template: (name, its text, the rest of the line that names it; None: nothing)
TEMPLATES = [
    ("all names are there", "<p>{{title}} {{input.name}}</p>\n", None),
    ("a name that nothing provides", "<p>\n{{input.nmae}}</p>\n", "2: nothing provides 'nmae'"),
    ("blocks of the layout", LAYOUT % "{{$title}}a{{/title}}\n{{$main}}b{{/main}}", None),
    ("a block that the layout has not", LAYOUT % "{{$mian}}b{{/mian}}",
     "2: no template has a block 'mian'"),
    ("a block in one that was given",
     LAYOUT % "{{$main}}{{$inner}}b{{/inner}}{{/main}}" +
     "{{#input}}{{<mine}}{{$inner}}c{{/inner}}{{/mine}}{{/input}}", None),
    ("a block that another one only gives too",
     LAYOUT % "{{$main}}\n{{<layout}}{{$a}}b{{/a}}{{/layout}}\n{{/main}}",
     "3: no template has a block 'a'"),
    ("a script", "<p>a</p>\n{{title}}\n<p>\n<script>alert(1)</script>", BLOCKED % (4, "<script>")),
    ("a script of another file", "<script src='/a.js'></script>", BLOCKED % (1, "<script>")),
    ("a module", "<script type='module' src='/a.js'></script>", BLOCKED % (1, "<script>")),
    ("data for scripts", "<script type='application/ld+json'>{}</script>", None),
    ("a style", "{{#title}}\n<style>a {}</style>{{/title}}", BLOCKED % (2, "<style>")),
    ("an attribute style", "<p class='a'\nstyle='b'>", BLOCKED % (2, "style=")),
    ("a handler", "{{title}}<p>\n<a onClick='b'>", BLOCKED % (2, "a handler of events")),
    ("a broken one", "<p>{{#title}}</p>\n", "1: expected {{/title}} before the end"),
]


def templates(t, place):
    for name, text, said in TEMPLATES:
        with t.row(f"check of a template: {name}"):
            place.write(FILE, text)
            code, words = run_command(place, "check", "--templates", "mine",
                                      program="guestbook")
            want = "ok; templates: mine" if said is None else f"{FILE}:{said}"
            equal((code, words.replace("guestbook: ", "", 1)), (int(said is not None), want + "\n"))


def run(t, bin):
    with Place(t, bin) as place:
        templates(t, place)

"""man.py - the manual pages agree with the source, and their examples work.

usage: python3 -B tests/man/man.py BIN

BIN has the apps and the library of a build without sanitizers.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
from client import DEADLINE     # noqa: E402
from harness import TOP, Place, environment     # noqa: E402
from runner import equal, start_suite     # noqa: E402

LIBS = "-lfcgi -lsqlite3 -ljansson -lsodium -lm -pthread".split()
CC = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", TOP + "/framework"]


def read(*names):
    with open(os.path.join(TOP, *names)) as f:
        return f.read()


def page(name):
    return read("framework", "man", name)


def blocks(text):
    """(the line before it, the text) of each literal block."""
    return re.findall(r"^(.*)\n\.Bd -literal.*\n((?:.*\n)*?)\.Ed$", text, re.MULTILINE)


def run(place, *args):
    """The exit code and the output of a program in the folder of the place."""
    done = subprocess.run(args, capture_output=True, text=True, timeout=DEADLINE,
                          cwd=place.folder, env=environment())
    return done.returncode, done.stdout + done.stderr


# -- examples ---------------------------------------------------------------------

def programs(t, place):
    texts = [text for _, text in blocks(page("prg.3"))]
    with t.row("prg.3 has three examples"):
        equal(len(texts), 3)
    for number, text in enumerate(texts, 1):
        with t.row(f"prg.3: example {number} compiles, and its tables are valid"):
            source, program = place.write("app.c", text.replace(r"\e", "\\")), place.file("app")
            equal(run(place, *CC, "-o", program, source, place.bin + "/libprg.a", *LIBS), (0, ""))
            equal(run(place, program, "check"), (0, "ok; templates: built-in\n"))


def templates(t, place):
    for before, text in blocks(page("prg-template.7")):
        named = re.match(r"\.Pa (\w+\.mustache) ", before)
        with t.row(f"prg-template.7: the example after {before!r} is valid"):
            if named is None:
                source = place.write("part.c", "#include <prg.h>\n" + text)
                equal(run(place, *CC, "-Wno-unused", "-fsyntax-only", source), (0, ""))
                continue
            place.write("templates/" + named[1], text)
            equal(run(place, *place.args("check", "--templates", "templates")),
                  (0, "ok; templates: templates\n"))


# -- lists ------------------------------------------------------------------------

def functions(t):
    with t.row("prg.3 has the functions of prg.h and prg_test.h, in their order"):
        synopsis = page("prg.3").partition(".Sh DESCRIPTION")[0]
        headers = read("framework", "prg.h") + read("framework", "prg_test.h")
        equal(re.findall(r"^\.F[no] (\w+)", synopsis, re.MULTILINE),
              main_first(re.findall(r"^PRG_API [^;(]*?(\w+?)_?\(", headers, re.MULTILINE)))


def main_first(names):
    return ["prg_main"] + [n for n in names if n != "prg_main"]


def members(struct):
    """Those that an app sets."""
    body = re.search(rf"^struct {struct} {{\n(.*?)^}};", read("framework", "prg.h"),
                     re.DOTALL | re.MULTILINE)[1]
    body = re.sub(r"/\*.*?\*/", "", body.partition("Set by the macros")[0], flags=re.DOTALL)
    return set(re.findall(r"(\w+)(?:\)\([^;]*\))?;", body))


def structs(t):
    tagged = set(re.findall(r"\w+", " ".join(re.findall(r"^\.It Fa (.*)", page("prg.3"),
                                                        re.MULTILINE))))
    for struct in ("prg_app", "prg_route", "prg_field"):
        with t.row(f"prg.3 describes each member of struct {struct}"):
            equal(sorted(members(struct) - tagged), ["name"] if struct == "prg_field" and
                  "name" not in tagged else [])


def flags(t, place):
    code, text = run(place, *place.args("--help"))
    with t.row("prg-app.8 has the flags and the commands of --help, in their order"):
        equal(code, 0)
        equal(re.findall(r"^\.It Fl Fl ([\w-]+)", page("prg-app.8"), re.MULTILINE),
              re.findall(r"^  --([\w-]+)", text, re.MULTILINE))
        equal(re.findall(r"^\.It Cm (\w+)", page("prg-app.8"), re.MULTILINE),
              re.findall(r"^  (\w+)", text, re.MULTILINE))


def tool(t, place):
    text, manual = read("tools", "prg"), page("prg.1")
    code, usage = run(place, "sh", TOP + "/tools/prg", "help")
    with t.row("prg.1 has the commands and the flags of prg help, in their order"):
        equal(code, 0)
        equal(re.findall(r"^\.It Cm (\w+)", manual, re.MULTILINE),
              re.findall(r"prg (\w+)", usage))
        equal(re.findall(r"^\.It Fl Fl (\w+)", manual, re.MULTILINE),
              in_order(["name", "program"] + re.findall(r"--(\w+)", usage)))
    with t.row("prg.1 has each server of prg deploy"):
        table = text.partition("servers='")[2].partition("'")[0]
        words = [line.split()[0] for line in table.splitlines()]
        assert len(words) > 10, words
        listed = manual.partition(".It Cm deploy")[2].partition(".It Cm embed")[0]
        equal(sorted(re.findall(r"[\w-]+", " ".join(re.findall(r"^\.Cm (.*)", listed,
                                                              re.MULTILINE)))), sorted(words))


def in_order(words):
    """Each once."""
    return list(dict.fromkeys(words))


def names(t):
    with t.row("prg-template.7 has each name of page/names.h"):
        listed = re.findall(r"\w+", page("prg-template.7").partition(".Sh MESSAGES")[0])
        own = re.findall(r"X\((\w+)\)", read("framework", "page", "names.h"))
        assert len(own) > 50, own
        equal(sorted(set(own) - set(listed)), [])


def variables(t):
    with t.row("prg-template.7 has each variable of prg.css, and no other"):
        css = read("templates", "static", "prg.css")
        own = set(re.findall(r"^  (--[\w-]+):", css, re.MULTILINE))
        tagged = re.findall(r"^\.It (--.*)", page("prg-template.7"), re.MULTILINE)
        assert len(own) > 10, own
        equal(sorted(" ".join(tagged).replace(" ,", "").split()), sorted(own))


def in_header():
    """(name, text) of each message."""
    table = read("framework", "form", "messages.h").partition("#define PRG_MESSAGES(X)")[2]
    rows = re.findall(r'X\(\w+,\s*"(\w+)",\s*"[\w ]*",[\s\\]*((?:"[^"]*"[\s\\]*)+)\)', table)
    return [(name, "".join(re.findall(r'"([^"]*)"', text))) for name, text in rows]


def in_manual():
    listed = page("prg-template.7").partition(".Sh MESSAGES")[2].partition("\n.El\n")[0]
    for item in listed.split("\n.It ")[1:]:
        name, *lines = item.split("\n")
        yield name, " ".join(line for line in lines if not line.startswith(".Pq "))


def messages(t):
    with t.row("prg-template.7 has each message of form/messages.h"):
        assert len(in_header()) > 80, in_header()
        equal(list(in_manual()), in_header())


def main(bin):
    suite = start_suite("man")
    with Place(suite, bin) as place:
        programs(suite, place)
        templates(suite, place)
        functions(suite)
        structs(suite)
        flags(suite, place)
        tool(suite, place)
        names(suite)
        variables(suite)
        messages(suite)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

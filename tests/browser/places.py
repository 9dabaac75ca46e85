"""places.py - starts the apps, each behind a real nginx, for tests that are not Python.

usage: python3 -B tests/browser/places.py BIN

Reads one JSON object a line and answers each with one: {"do": "start", "program": "order"}
gives place, port, store and pid; {"do": "stop", "place": 0} ends it, with "error" if the app
does not end well; {"do": "rows", "place": 0, "sql": "..."} gives rows.  All ends with stdin.
"""
import contextlib
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")

from harness import Place  # noqa: E402


HERE = os.path.dirname(os.path.abspath(__file__))

# Of the apps of the tests: a page that can't be made, and those in this folder.
ENDLESS = "<!DOCTYPE html>\n<p>{{#url}}{{>result}}{{/url}}</p>\n"


class Plain:
    """A suite to which what goes wrong is nothing but an exception."""

    @staticmethod
    def row(_):
        return contextlib.nullcontext()


class Places:
    def __init__(self, bin):
        self.bin, self.open, self.count = bin, {}, 0

    def start(self, program):
        place = Place(Plain, self.bin)
        self.count += 1
        self.open[self.count] = place
        app = place.app(*self.templates(place, program), program=program)
        web = place.nginx(app)
        return {"place": self.count, "port": web.port, "store": app.store, "pid": app.pid}

    @staticmethod
    def templates(place, program):
        """The flags that give the probe templates; other apps have their own."""
        if program != "probe":
            return ()
        place.write("templates/result.mustache", ENDLESS)
        shutil.copy(f"{HERE}/hostile.mustache", place.file("templates"))
        return "--templates", place.file("templates")

    def rows(self, place, sql):
        return {"rows": self.open[place].apps[0].rows(sql)}

    def stop(self, place):
        self.open.pop(place).__exit__()
        return {}

    def stop_all(self):
        for place in list(self.open):
            self.stop(place)


def main(bin):
    places = Places(bin)
    verbs = {"start": places.start, "rows": places.rows, "stop": places.stop}
    try:
        for line in sys.stdin:
            order = json.loads(line)
            try:
                answer = verbs[order.pop("do")](**order)
            except Exception as e:
                answer = {"error": f"{type(e).__name__}: {e}"}
            print(json.dumps(answer), flush=True)
    finally:
        places.stop_all()


if __name__ == "__main__":
    main(sys.argv[1])

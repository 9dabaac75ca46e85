"""runner.py - run the tests of this folder against the programs in a folder.

usage: python3 -B tests/http/runner.py BIN [NAME ...]

NAME is "post" for test_post.py; without one, all.  Each has a function
run(suite, bin).  A line for each row, the totals at the end.
"""
import contextlib
import glob
import importlib
import os
import signal
import sys
import time
import traceback

from harness import allow_many_files


class Suite:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.part = ""

    @contextlib.contextmanager
    def row(self, name):
        """What goes wrong within is a failure of this row alone."""
        try:
            yield
        except Exception as e:
            self.failed += 1
            why = str(e) if isinstance(e, AssertionError) else traceback.format_exc()
            print(f"FAIL {self.part}: {name}: {why or traceback.format_exc()}", flush=True)
        else:
            self.passed += 1
            print(f"ok {self.part}: {name}", flush=True)

    def skip(self, name, why):
        self.skipped += 1
        print(f"skip {self.part}: {name}: {why}", flush=True)

    def run(self, name, bin):
        self.part = name
        start = time.monotonic()
        try:
            importlib.import_module("test_" + name).run(self, bin)
        except Exception:
            self.failed += 1
            print(f"FAIL {name}: it broke off: {traceback.format_exc()}", flush=True)
        print(f"# {name}: {time.monotonic() - start:.1f} s", flush=True)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


def brief(value, other=None):
    """A long value from where it differs."""
    text, other = repr(value), repr(other)
    start = len(os.path.commonprefix([text, other])) if len(text) > 200 else 0
    start = max(0, start - 40)
    return "..." * (start > 0) + text[start:start + 200] + "..." * (len(text) > start + 200)


def equal(got, want, what="it"):
    assert got == want, f"{what} is {brief(got, want)}, not {brief(want, got)}"


def among(got, wanted, what="it"):
    assert got in wanted, f"{what} is {brief(got)}, not one of {wanted!r}"


def has(text, words, what="it"):
    assert words in text, f"no {words!r} in {what}:\n{text[:2000]}"


def lacks(text, words, what="it"):
    assert words not in text, f"{words!r} is in {what}:\n{text[:2000]}"


def status(response, want):
    assert response.status == want, f"not {want}, but {response}"
    return response


def end_by_signal(number, _):
    sys.exit(128 + number)


def main(bin, names):
    here = os.path.dirname(os.path.abspath(__file__))
    names = names or sorted(os.path.basename(p)[5:-3]
                            for p in glob.glob(os.path.join(here, "test_*.py")))
    signal.signal(signal.SIGTERM, end_by_signal)
    allow_many_files()
    suite = Suite()
    for name in names:
        suite.run(name, bin)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    # The tests import this file by its name; the two must be one.
    sys.modules["runner"] = sys.modules["__main__"]
    sys.exit(main(sys.argv[1], sys.argv[2:]))

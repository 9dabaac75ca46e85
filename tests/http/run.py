"""run.py - run the tests of this folder against the programs in a folder.

usage: python3 -B tests/http/run.py BIN [WORD ...]

Runs each test_NAME.py of which the name contains one of the words; without a word, all.
Each has a function run(suite, bin).
"""
import glob
import importlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
from runner import matching, start_suite     # noqa: E402


def main(bin, words):
    names = sorted(os.path.basename(p)[5:-3] for p in glob.glob(HERE + "/test_*.py"))
    suite = start_suite()
    for name in matching(names, words):
        suite.run(name, lambda t: importlib.import_module("test_" + name).run(t, bin))
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))

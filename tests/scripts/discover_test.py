"""tests/discover.py: what ctest is told of the suites of a test program."""

import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests"))

import discover  # noqa: E402: the path comes first

# An expectation of a time below a limit, or near one.
LIMIT = re.compile(r"""(?:EXPECT|ASSERT)_(?:LT|LE|NEAR)\([^;]*?
    (?:_(?:ms|us)"\),\s*\d|_ms\(|_ms\[|phase_s"|now_ticks\(\)\s-|elapsed_s\()""", re.VERBOSE)

LISTING = """Running main() from gtest_main.cc
RunTest.
  IsQuick
  OnCitusItIsQuick
  OfCitusbench
Small/Accuracy.
  Holds/0  # GetParam() = 4-byte object <01-00 00-00>
  Holds/1  # GetParam() = 4-byte object <02-00 00-00>
CitusRunTest.
  Runs
ComposeRun.
  Runs
"""


class DiscoverTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sources = pathlib.Path(folder.name)

    def registered(self, label="cluster", timed=()):
        options = type("Options", (), {"label": label, "program": "test_it", "results": pathlib.Path("/results")})
        return discover.registration(options, discover.suites_of(LISTING), set(timed))

    def test_a_suite_is_one_ctest_test(self):
        self.assertEqual(discover.suites_of(LISTING)["Small/Accuracy"], ["Holds/0", "Holds/1"])
        text = self.registered("unit")
        self.assertEqual(text.count("add_test("), 4)
        self.assertIn('add_test([=[Small/Accuracy]=] "test_it" "--gtest_filter=Small/Accuracy.*" '
                      '"--gtest_output=xml:/results/unit.Small-Accuracy.xml")', text)

    def test_what_needs_citus_is_a_part_with_its_own_label(self):
        text = self.registered()
        self.assertIn('"--gtest_filter=RunTest.IsQuick:RunTest.OfCitusbench"', text)
        self.assertIn('add_test([=[RunTest.Citus]=] "test_it" "--gtest_filter=RunTest.OnCitusItIsQuick"', text)
        self.assertIn('set_tests_properties([=[RunTest.Citus]=] PROPERTIES LABELS "cluster;citus")', text)
        self.assertIn('set_tests_properties([=[CitusRunTest]=] PROPERTIES LABELS "cluster;citus")', text)
        self.assertIn('set_tests_properties([=[RunTest]=] PROPERTIES LABELS "cluster")', text)
        self.assertIn('set_tests_properties([=[ComposeRun]=] PROPERTIES LABELS "cluster;compose")', text)

    def test_a_marked_suite_has_the_machine_for_itself(self):
        self.assertNotIn("RUN_SERIAL", self.registered())
        (self.sources / "a_test.cpp").write_text("class Accuracy {\n};\nMEASURES_TIME(Accuracy);\n")
        text = self.registered(timed=discover.marked_suites(self.sources))
        self.assertIn('set_tests_properties([=[Small/Accuracy]=] PROPERTIES RUN_SERIAL "TRUE")', text)
        self.assertEqual(text.count("RUN_SERIAL"), 1)

    def test_where_a_time_is_compared_with_a_limit_the_mark_is_not_forgotten(self):
        marked = 0
        for path in sorted(path for label in ("unit", "db", "cluster") for path in (TOP / "tests" / label).glob("*.cpp")):
            text = path.read_text()
            if LIMIT.search(text):
                self.assertTrue(discover.MARK.search(text), f"{path.name}: no MEASURES_TIME(…)")
                marked += 1
        self.assertGreater(marked, 9)


if __name__ == "__main__":
    unittest.main()

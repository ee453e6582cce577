"""scripts/test_parts/count.py: tests are counted one by one, and what failed is named."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent

JUNIT = """<testsuite>
 <testcase name="RunTest" status="fail"><failure message="Failed"/></testcase>
 <testcase name="Crash" status="fail"><failure message="SEGFAULT"/></testcase>
 <testcase name="Claims" status="run"/>
</testsuite>
"""
RUN = """<testsuites><testsuite name="RunTest">
 <testcase name="IsWell" status="run" result="completed"/>
 <testcase name="IsIll" status="run" result="completed">
  <failure message="/a/run_test.cpp:12&#x0A;Value of: x&#x0A;"/></testcase>
 <testcase name="Waits" status="run" result="skipped">
  <skipped message="/a/run_test.cpp:9&#x0A;Citus is not installed here&#x0A;"/></testcase>
 <testcase name="IsLeftOut" status="notrun" result="suppressed"/>
</testsuite></testsuites>
"""


class CountTest(unittest.TestCase):
    def test_each_test_counts_once(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "junit.xml").write_text(JUNIT)
            (folder / "unit.RunTest.xml").write_text(RUN)
            done = subprocess.run([sys.executable, TOP / "scripts" / "test_parts" / "count.py", folder / "junit.xml",
                                   folder, "unit", folder / "counts"], text=True, stdout=subprocess.PIPE, check=True)
            self.assertEqual((folder / "counts").read_text(), "2 2 1\n")
        self.assertEqual(done.stdout.splitlines(), [
            "skipped, Citus is not installed here: 1", "  RunTest.Waits",
            "FAILED RunTest.IsIll: Value of: x", "FAILED Crash: SEGFAULT"])


if __name__ == "__main__":
    unittest.main()

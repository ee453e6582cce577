"""scripts/test: its steps, its table and its closing line, with checks that only succeed or fail."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent

CTEST = """
add_test(Quick "/bin/true")
set_tests_properties(Quick PROPERTIES LABELS "unit")
add_test(Slow "{slow}")
set_tests_properties(Slow PROPERTIES LABELS "cluster;citus")
"""


class TestTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        for name in ("bench", "workloads", "tests", "bin", "build/ci/tests/results", "build/ci/hlog/node_modules"):
            (self.top / name).mkdir(parents=True)
        (self.top / "build" / "ci" / "build.ninja").touch()
        (self.top / "scripts").mkdir()
        shutil.copy(TOP / "scripts" / "test", self.top / "scripts")
        shutil.copytree(TOP / "scripts" / "test_parts", self.top / "scripts" / "test_parts")
        shutil.copy(TOP / ".clang-format", self.top)
        for name in ("scripts/setup", "scripts/tidy", "bin/cmake", "bin/npm"):
            self.program(name, "#!/bin/sh\n")
        self.let_tests_be("/bin/true")

    def program(self, name, text):
        (self.top / name).write_text(text)
        (self.top / name).chmod(0o755)

    def let_tests_be(self, slow):
        (self.top / "build" / "ci" / "CTestTestfile.cmake").write_text(CTEST.format(slow=slow))

    def run_it(self, *arguments):
        environment = {**os.environ, "PATH": f"{self.top}/bin:{os.environ['PATH']}"}
        done = subprocess.run([self.top / "scripts" / "test", *arguments], env=environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        lines = done.stdout.splitlines()
        header = lines.index(f"{'step':<14} {'seconds':>7} {'passed':>7} {'failed':>7} {'skipped':>7}")
        rows = {words[0]: [int(word) for word in words[2:]] for line in lines[header + 1:-2] if (words := line.split())}
        return done.returncode, rows, lines[-1], done.stdout

    def test_each_step_has_a_row_and_the_last_line_counts(self):
        code, rows, last, text = self.run_it("--tidy")
        self.assertEqual(code, 0, text)
        steps = ["formatting", "build", "headers", "clang-tidy", "unit", "cluster"]
        self.assertEqual([step for step in rows if step != "packages"], steps)
        self.assertEqual(last, f"{len(rows)} passed, 0 failed, 0 skipped")

    def test_it_goes_on_behind_a_failure_and_names_it(self):
        self.let_tests_be("/bin/false")
        (self.top / "bench" / "a.cpp").write_text("int   a ;\n")
        code, rows, last, text = self.run_it()
        self.assertEqual(code, 1)
        self.assertEqual((rows["formatting"], rows["unit"], rows["cluster"]), ([0, 1, 0], [1, 0, 0], [0, 1, 0]))
        self.assertRegex(last, r"^\d+ passed, 2 failed, 0 skipped$")
        self.assertIn("fix with: clang-format -i bench/a.cpp", text)
        self.assertIn("FAILED Slow", text)

    def test_a_failed_build_is_the_end(self):
        self.program("bin/cmake", "#!/bin/sh\nexit 1\n")
        code, rows, last, _ = self.run_it()
        self.assertEqual(code, 1)
        self.assertEqual(rows["build"], [0, 1, 0])
        self.assertNotIn("unit", rows)
        self.assertRegex(last, r"^\d+ passed, 1 failed, 0 skipped$")

    def test_arguments_go_to_ctest(self):
        _, rows, _, _ = self.run_it("-R", "Slow")
        self.assertIn("cluster", rows)
        self.assertNotIn("unit", rows)

    def test_all_runs_what_ci_leaves_out(self):
        _, rows, _, _ = self.run_it("--all")
        self.assertLessEqual({"clang-tidy", "clang-analyzer", "perf"}, rows.keys())


if __name__ == "__main__":
    unittest.main()

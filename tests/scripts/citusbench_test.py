"""scripts/citusbench: what it says while it builds, with a cmake that only prints."""

import os
import pathlib
import pty
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent

CMAKE = r"""#!/bin/bash
if [[ $1 == --preset ]]; then
    mkdir -p build/release
    printf 'CMAKE_HOME_DIRECTORY:INTERNAL=%s\n' "$PWD" >build/release/CMakeCache.txt
    touch build/release/build.ninja
    exit 0
fi
cat "$PLAN"
mkdir -p "$2/bench"
printf '#!/bin/sh\necho it runs\n' >"$2/bench/citusbench"
chmod +x "$2/bench/citusbench"
exit "${CODE:-0}"
"""


class CitusbenchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        (self.top / "scripts").mkdir()
        (self.top / "bin").mkdir()
        (self.top / "CMakePresets.json").touch()
        shutil.copy(TOP / "scripts" / "citusbench", self.top / "scripts")
        self.program("scripts/setup", "#!/bin/sh\n")
        self.program("bin/cmake", CMAKE)
        self.plan([f"[{n}/20] Building CXX object {n}.o" for n in range(1, 20)] + ["[20/20] Linking CXX executable"])

    def program(self, name, text):
        (self.top / name).write_text(text)
        (self.top / name).chmod(0o755)

    def plan(self, lines):
        (self.top / "plan").write_text("".join(f"{line}\n" for line in lines))

    def run_it(self, stderr=subprocess.PIPE, **more):
        environment = {**os.environ, "PATH": f"{self.top}/bin:{os.environ['PATH']}", "PLAN": f"{self.top}/plan",
                       "XDG_CACHE_HOME": f"{self.top}/cache", **more}
        return subprocess.run([self.top / "scripts" / "citusbench"], env=environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=stderr, timeout=60)

    def test_in_a_pipe_it_writes_a_plain_line_for_each_quarter(self):
        done = self.run_it()
        self.assertEqual((done.returncode, done.stdout), (0, "it runs\n"))
        lines = done.stderr.splitlines()
        self.assertRegex(lines[0], r"^building citusbench for the first time: about \d+ s on \d+ processors…$")
        self.assertEqual([line.split(",")[0] for line in lines[1:]],
                         ["  5 of 20", "  10 of 20", "  15 of 20", "  20 of 20"])
        self.assertNotIn("\r", done.stderr)

    def test_on_a_terminal_it_writes_in_place_and_leaves_nothing(self):
        reader, writer = pty.openpty()
        done = self.run_it(stderr=writer)
        os.close(writer)
        text = os.read(reader, 65536).decode()
        os.close(reader)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(text.count("\n"), 1, "the announcement alone has a line of its own")
        for number in range(1, 21):
            self.assertIn(f"\r\x1b[K  {number} of 20, ", text)
        self.assertTrue(text.endswith("\r\x1b[K"))

    def test_with_nothing_to_compile_it_is_silent(self):
        self.plan(["ninja: no work to do."])
        self.assertEqual(self.run_it().stderr.splitlines()[1:], [])
        self.plan(["[0/2] Re-checking globbed directories..."])
        self.assertEqual(self.run_it().stderr, "")

    def test_the_next_build_from_nothing_says_how_long_the_last_took(self):
        self.run_it()
        shutil.rmtree(self.top / "build")
        (self.top / "cache" / "citusbench" / "build-seconds").write_text("93\n")
        self.assertTrue(self.run_it().stderr.startswith("building citusbench, which took 93 s the last time…\n"))

    def test_a_failed_build_shows_its_output(self):
        self.plan(["[1/2] Building CXX object a.o", "a.cpp:1: error: no"])
        done = self.run_it(CODE="1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("a.cpp:1: error: no\n", done.stderr)
        self.assertIn("scripts/citusbench: the build failed; its output is above\n", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""scripts/test_parts: a key changes with whatever can change the answer, and with nothing else."""

import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "scripts"))

from test_parts import clean_cache, tidy_check  # noqa: E402: the path comes first
from test_parts.many import run_all  # noqa: E402


class CleanCacheTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.clone = self.make_clone(pathlib.Path(folder.name).resolve() / "one")
        self.other = self.make_clone(pathlib.Path(folder.name).resolve() / "two")

    @staticmethod
    def make_clone(top):
        (top / "bench" / "core").mkdir(parents=True)
        (top / "bench" / "core" / "a.cpp").write_text('#include "core/a.hpp"\n')
        (top / "bench" / "core" / "a.hpp").write_text('#pragma once\n#include "core/b.hpp"\n')
        (top / "bench" / "core" / "b.hpp").write_text("#pragma once\n#include <vector>\n")
        return top

    def key(self, top, tool="1", flags=("-O2",)):
        clean_cache.content_of.cache_clear()
        clean_cache.candidates.cache_clear()
        with mock.patch.object(clean_cache, "TOP", top):
            return clean_cache.key_of(tool, ["checks"], [top / "bench" / "core" / "a.cpp"],
                                      [f"-I{top}/bench", *flags])

    def test_another_clone_with_the_same_content_has_the_same_key(self):
        self.assertEqual(self.key(self.clone), self.key(self.other))

    def test_a_change_anywhere_changes_it(self):
        before = self.key(self.clone)
        self.assertNotEqual(before, self.key(self.clone, tool="2"))
        self.assertNotEqual(before, self.key(self.clone, flags=("-O2", "-DX")))
        for name in ("a.cpp", "a.hpp", "b.hpp"):
            path = self.other / "bench" / "core" / name
            text = path.read_text()
            path.write_text(text + "\n")
            self.assertNotEqual(before, self.key(self.other), name)
            path.write_text(text)

    def test_only_what_is_clean_is_remembered(self):
        with tempfile.TemporaryDirectory() as name:
            cache = clean_cache.CleanCache(pathlib.Path(name))
            with mock.patch("builtins.print"):
                self.assertFalse(run_all("x", [("bad", lambda: "found"), ("good", lambda: "")], cache))
            self.assertFalse(cache.has("bad"))
            self.assertTrue(cache.has("good"))

    def test_findings_in_a_batch_have_the_place_of_the_source(self):
        first, second = self.clone / "bench" / "core" / "a.cpp", self.clone / "bench" / "core" / "b.cpp"
        second.write_text("int x;\nint y;\n")
        batch = tidy_check.Batch([first, second])
        with mock.patch.object(tidy_check, "TOP", self.clone):
            self.assertEqual(batch.located("/tmp/batch.cpp:3:5: error: y", "/tmp/batch.cpp"),
                             "bench/core/b.cpp:2:5: error: y")

    def test_what_a_batch_hides_is_found_in_the_text(self):
        path = self.clone / "bench" / "core" / "a.cpp"
        path.write_text("#include <map>\n#include <map>\nusing std::map; // map\nnamespace fs = std::filesystem;\n")
        with mock.patch.object(tidy_check, "TOP", self.clone):
            self.assertEqual(tidy_check.found_in_text(path).splitlines(), [
                "bench/core/a.cpp:2:1: error: #include of map a second time",
                "bench/core/a.cpp:3:1: error: map is declared here and not used",
                "bench/core/a.cpp:4:1: error: fs is declared here and not used"])


if __name__ == "__main__":
    unittest.main()

"""What the tests of scripts/claims share."""

import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = TOP / "tests" / "claims" / "sample"
sys.path.insert(0, str(TOP / "scripts"))

from claims_parts import table  # noqa: E402: the path comes first


class ClaimsCase(unittest.TestCase):
    """Has the results of a run on Citus in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.results = self.work / "results"
        self.run_folder = self.results / "claims" / "citus" / "000-sample" / "run"
        shutil.copytree(SAMPLE / "claims", self.results / "claims")

    def claims(self, *arguments, scenarios=SAMPLE / "scenarios", **environment):
        return subprocess.run([TOP / "scripts" / "claims", "--results", self.results, "--page", self.work / "CLAIMS.md",
                               "--scenarios", scenarios, *arguments], text=True, capture_output=True,
                              env={**os.environ, **environment})

    def checked(self, code=0):
        done = self.claims("--check-only")
        self.assertEqual(done.returncode, code, done.stderr)
        return self.rows()

    def rows(self):
        return table.read(self.results / "claims.csv")

    def verdicts(self):
        return [row["verdict"] for row in self.checked()]

    def edit(self, file, pattern, replacement):
        path = self.run_folder / file
        text, count = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
        self.assertGreater(count, 0, f"{file} has nothing like {pattern}")
        path.write_text(text)

    def set_cell(self, file, column, value, **cells):
        path = self.run_folder / file
        with path.open(newline="") as opened:
            reader = csv.DictReader(opened)
            columns, rows = reader.fieldnames, list(reader)
        hit = [row for row in rows if all(row[name] == wanted for name, wanted in cells.items())]
        self.assertGreater(len(hit), 0)
        for row in hit:
            row[column] = value
        with path.open("w", newline="") as opened:
            writer = csv.DictWriter(opened, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

"""clang-tidy over batches of sources: one after the other in one file, so that headers are read once for all.

They are not included but copied, because some checks look at the main file alone (unused using declarations,
constants without a use). Three things such a file cannot show of each source, so they are looked for in its text:
the same #include twice, and a using declaration or an alias of a namespace that only another source uses.
"""

import pathlib
import re
import subprocess
import tempfile

from test_parts.clean_cache import key_of
from test_parts.compile_units import INCLUDE, TOP, all_files
from test_parts.many import run_all

LOCATION = re.compile(r"^(/[^:\n]+):(\d+):(\d+): ", re.MULTILINE)
NAMED = re.compile(r"^\s*(?:using [\w:]*::(\w+);|namespace (\w+) = [\w:]+;)", re.MULTILINE)
NO_CODE = re.compile(r"//[^\n]*|^\s*#\s*include[^\n]*", re.MULTILINE)
OUR_DUPLICATES = "-readability-duplicate-include"


class Batch:
    """The text of several sources as one, and where each of its lines comes from."""

    def __init__(self, sources):
        self.text, self.origin = "", []
        for source in sources:
            lines = source.read_text().splitlines()
            self.text += "\n".join(lines) + "\n"
            self.origin += [(source, number) for number in range(1, len(lines) + 1)]

    def located(self, output, path):
        """The findings with places of the sources instead of the batch, relative to the top."""
        def place(match):
            name, line, column = match[1], int(match[2]), match[3]
            if name == str(path):
                name, line = self.origin[line - 1]
            name = str(name).removeprefix(f"{TOP}/")
            return f"{name}:{line}:{column}: "
        return LOCATION.sub(place, output)


def found_in_text(path):
    """Findings that a batch cannot show, as text; "" for none."""
    text = path.read_text()
    code = NO_CODE.sub("", text)
    found, seen = [], set()
    for match in INCLUDE.finditer(text):
        if match[1] in seen:
            found.append((match.start(1), f"#include of {match[1]} a second time"))
        seen.add(match[1])
    for match in NAMED.finditer(code) if path.suffix == ".cpp" else []:
        name = match[1] or match[2]
        if len(re.findall(rf"\b{name}\b", code)) == len(re.findall(rf"::{name};|namespace {name} =", code)):
            found.append((text.find(match[0].strip()), f"{name} is declared here and not used"))
    return "\n".join(f"{path.relative_to(TOP)}:{text.count(chr(10), 0, at) + 1}:1: error: {what}"
                     for at, what in found)


class TidyCheck:
    def __init__(self, units, analyzer):
        self.units, self.analyzer = units, analyzer
        self.checks = "-*,clang-analyzer-*" if analyzer else OUR_DUPLICATES
        self.version = subprocess.run(["clang-tidy", "--version"], check=True, text=True,
                                      stdout=subprocess.PIPE).stdout
        own = pathlib.Path(__file__).read_text()
        self.options = [self.checks, (TOP / ".clang-tidy").read_text(), own]

    def examine(self, unit):
        batch = Batch(unit.sources)
        with tempfile.NamedTemporaryFile("w", suffix=".cpp", prefix="citusbench-tidy-") as file:
            file.write(batch.text)
            file.flush()
            folders = [f"-iquote{folder}" for folder in dict.fromkeys(source.parent for source in unit.sources)]
            done = subprocess.run(["clang-tidy", "--quiet", f"--config-file={TOP}/.clang-tidy",
                                   f"--checks={self.checks}", file.name, "--", *unit.flags, *folders],
                                  cwd=TOP, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            found = done.returncode != 0 or re.search(r"(warning|error): ", done.stdout)
            return batch.located(done.stdout + (done.stderr if not done.stdout else ""), file.name).rstrip() or \
                f"clang-tidy ended with {done.returncode}" if found else ""

    def run(self, cache):
        jobs = [(key_of(self.version, self.options, unit.sources, unit.flags), lambda unit=unit: self.examine(unit))
                for unit in self.units]
        # Those that take longest first.
        jobs_in_order = [job for _, job in sorted(zip(self.units, jobs), key=lambda pair: -len(pair[0].sources))]
        clean = run_all("clang-analyzer" if self.analyzer else "clang-tidy", jobs_in_order, cache)
        texts = [] if self.analyzer else [found_in_text(path) for path in all_files(".cpp") + all_files(".hpp")]
        for found in filter(None, texts):
            print(found)
        return clean and not any(texts)

"""Each header of bench/ and workloads/ compiles alone. In a batch only the first source shows that for its own."""

import subprocess

from test_parts.clean_cache import key_of
from test_parts.compile_units import TOP, all_files
from test_parts.many import run_all


class HeaderCheck:
    def __init__(self, units):
        # Every header may use what any module may: what is checked is that it names it.
        self.flags = list(dict.fromkeys(self.pairs(flag for unit in units for flag in unit.flags)))
        self.flags = [word for pair in self.flags for word in pair]
        self.compiler = units[0].compiler
        self.version = subprocess.run([self.compiler, "--version"], check=True, text=True,
                                      stdout=subprocess.PIPE).stdout

    @staticmethod
    def pairs(words):
        """Options that have their value as a word of its own, with it."""
        words = iter(words)
        return [(word, next(words)) if word in ("-isystem", "-I", "-include") else (word,) for word in words]

    def compile(self, header):
        command = [self.compiler, *self.flags, "-Werror", "-fsyntax-only", "-x", "c++", "-"]
        done = subprocess.run(command, cwd=TOP, text=True, input=f'#include "{header}"\n', check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return ""
        return f"{header.relative_to(TOP)} does not compile alone:\n{done.stdout.rstrip()}"

    def run(self, cache):
        jobs = [(key_of(self.version, ["header"], [header], self.flags), lambda header=header: self.compile(header))
                for header in all_files(".hpp")]
        return run_all("headers", jobs, cache)

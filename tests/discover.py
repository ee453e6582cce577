#!/usr/bin/env python3
"""Writes the file by which ctest knows the tests of one test program: one ctest test for each suite of gtest,
so that what a suite prepares (SetUpTestSuite) is prepared once.

  discover.py --program PROGRAM --label LABEL --sources FOLDER --results FOLDER --output FILE

The build calls it after linking PROGRAM. What a suite's name and its sources say becomes a property:

  Citus in the name of a suite or a test   the label citus; other tests of that suite are a ctest test of their own
  ComposeRun…                              the label compose: it starts containers
  MEASURES_TIME(Suite) in FOLDER           it has the machine for itself (tests/support/measures_time.hpp)

Each ctest test leaves its results in --results, as LABEL.SUITE.xml; scripts/test counts them.
"""

import argparse
import pathlib
import re
import subprocess

# "Citus" and not "Citusbench".
CITUS = re.compile(r"Citus(?!bench)")
MARK = re.compile(r"^\s*MEASURES_TIME\((\w+)\)", re.MULTILINE)
# Seconds that a suite may take whatever it does, and for each of its tests.
TIMEOUT_S, TIMEOUT_PER_TEST_S = 240, 60


def suites_of(listing):
    """{suite: [test, …]} of the text that --gtest_list_tests prints."""
    suites = {}
    for line in listing.splitlines():
        name = line.split("#")[0].rstrip()
        if name.startswith("  "):
            suites[suite].append(name.strip())
        elif name.endswith("."):
            suite = name[:-1]
            suites[suite] = []
    return suites


def parts_of(label, suite, tests):
    """[(name of the ctest test, tests, whether it needs Citus)]: one part, or two of a suite of both kinds."""
    needs = [test for test in tests if label != "unit" and CITUS.search(f"{suite}.{test}")]
    rest = [test for test in tests if test not in needs]
    if needs and rest:
        return [(suite, rest, False), (f"{suite}.Citus", needs, True)]
    return [(suite, tests, bool(needs))]


def marked_suites(folder):
    """The suites that MEASURES_TIME names in the sources of `folder`."""
    return {name for path in sorted(folder.glob("*.[ch]pp")) for name in MARK.findall(path.read_text())}


def base_of(suite):
    """The suite's name in the source, of Instantiation/Suite/0 as gtest prints it."""
    words = [word for word in suite.split("/") if not word.isdigit()]
    return words[-1]


def properties_of(label, suite, tests, needs_citus, timed):
    labels = [label, *(["citus"] if needs_citus else []), *(["compose"] if suite.startswith("ComposeRun") else [])]
    properties = {"LABELS": ";".join(labels), "TIMEOUT": TIMEOUT_S + TIMEOUT_PER_TEST_S * len(tests)}
    if base_of(suite) in timed:
        properties["RUN_SERIAL"] = "TRUE"
    return properties


def registration(options, suites, timed):
    lines = []
    for suite, tests in suites.items():
        for name, part, needs_citus in parts_of(options.label, suite, tests):
            whole = part == tests
            wanted = f"{suite}.*" if whole else ":".join(f"{suite}.{test}" for test in part)
            results = options.results / f"{options.label}.{name.replace('/', '-')}.xml"
            lines.append(f'add_test([=[{name}]=] "{options.program}" "--gtest_filter={wanted}" '
                         f'"--gtest_output=xml:{results}")')
            for key, value in properties_of(options.label, suite, part, needs_citus, timed).items():
                lines.append(f'set_tests_properties([=[{name}]=] PROPERTIES {key} "{value}")')
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--label", required=True)
    for folder in ("--program", "--sources", "--results", "--output"):
        parser.add_argument(folder, required=True, type=pathlib.Path)
    options = parser.parse_args()
    listing = subprocess.run([options.program, "--gtest_list_tests"], check=True, text=True, timeout=60,
                             stdout=subprocess.PIPE).stdout
    suites = suites_of(listing)
    timed = marked_suites(options.sources)
    unknown = timed - {base_of(suite) for suite in suites}
    if unknown:
        parser.error(f"MEASURES_TIME names suites without a test: {', '.join(sorted(unknown))}")
    options.results.mkdir(parents=True, exist_ok=True)
    options.output.write_text(registration(options, suites, timed))


if __name__ == "__main__":
    main()

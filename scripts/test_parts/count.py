#!/usr/bin/env python3
"""Counts what a call of ctest did, by TEST of gtest.

  count.py JUNIT RESULTS LABEL SUMMARY

JUNIT is what ctest --output-junit wrote, RESULTS the folder of the XML files of gtest (LABEL.SUITE.xml). A ctest
test without such a file counts as one. Prints what failed and, by reason, what was skipped; appends the line
"passed failed skipped" to SUMMARY.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


class Counts:
    def __init__(self):
        self.passed = 0
        self.failed = []  # (name, the first line of its message)
        self.skipped = {}  # reason: [name, …]

    def skip(self, name, reason):
        self.skipped.setdefault(reason or "no reason given", []).append(name)


def first_line(text):
    """Of gtest's message: the first is where it happened, which the whole output shows."""
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[1] if len(lines) > 1 and ".cpp:" in lines[0] else (lines[0] if lines else "")


def count_gtest(root, counts):
    """Adds every TEST of a file of gtest; how many failed."""
    failed = 0
    for suite in root.iter("testsuite"):
        # What failed in SetUpTestSuite stands at the suite, or in a testcase without a name.
        for case in suite.findall("testcase"):
            name = f"{suite.get('name')}.{case.get('name') or '(set-up)'}"
            failure, skipped = case.find("failure"), case.find("skipped")
            if failure is not None:
                counts.failed.append((name, first_line(failure.get("message"))))
                failed += 1
            elif skipped is not None or case.get("result") == "skipped":
                counts.skip(name, first_line(skipped.get("message") if skipped is not None else ""))
            elif case.get("status") == "run":
                counts.passed += 1
    return failed


def count(junit, results, label):
    counts = Counts()
    for case in ElementTree.parse(junit).getroot().iter("testcase"):
        name, status = case.get("name"), case.get("status")
        ran_well = status == "run"
        path = results / f"{label}.{name.replace('/', '-')}.xml"
        failed = 0
        if path.exists():
            failed = count_gtest(ElementTree.parse(path).getroot(), counts)
        elif ran_well:
            counts.passed += 1
        elif status in ("notrun", "disabled"):
            counts.skip(name, "ctest did not run it")
        if status == "fail" and failed == 0:
            # It crashed, ran into its time limit, or failed outside of a test.
            reason = case.find("failure")
            counts.failed.append((name, reason.get("message") or "failed" if reason is not None else "failed"))
    return counts


def main():
    junit, results, label, summary = sys.argv[1:]
    counts = count(pathlib.Path(junit), pathlib.Path(results), label)
    for reason, names in sorted(counts.skipped.items()):
        print(f"skipped, {reason}: {len(names)}")
        for name in names:
            print(f"  {name}")
    for name, message in counts.failed:
        print(f"FAILED {name}: {message}")
    skipped = sum(len(names) for names in counts.skipped.values())
    with open(summary, "a", encoding="utf-8") as file:
        file.write(f"{counts.passed} {len(counts.failed)} {skipped}\n")


if __name__ == "__main__":
    main()

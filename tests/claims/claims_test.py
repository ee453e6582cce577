"""scripts/claims: what it makes of the files of a recorded run, and of files that were broken."""

import re
import shutil
import sys
import unittest

sys.dont_write_bytecode = True

from claims_case import SAMPLE, TOP, ClaimsCase  # noqa: E402: no bytecode of it, either
from claims_parts import table  # noqa: E402
from claims_parts.check import ClaimChecker  # noqa: E402
from claims_parts.results import Run  # noqa: E402
from claims_parts.scenario import Scenario, all_scenarios  # noqa: E402
from runtime_test import RealContainersTest, RuntimeTest  # noqa: E402, F401: one program runs all

LOST, OUTAGE, READS, DISKS = range(4)


class ClaimsTest(ClaimsCase):
    def test_a_sound_run_is_checked_by_its_figures(self):
        rows = self.checked()
        self.assertEqual([row["verdict"] for row in rows], ["holds", "holds", "holds in part", "not tested"])
        self.assertRegex(rows[LOST]["answer"], r"^0 of \d{4} lost$")
        self.assertRegex(rows[OUTAGE]["answer"], r"^10\.\d s$")
        self.assertEqual(rows[READS]["answer"], "100 % and 0 %")
        self.assertRegex(rows[LOST]["take"], r"^\d{4} rows are there\.$")
        self.assertEqual(rows[LOST]["command"], "scripts/claims --only 000-sample --engine citus")
        self.assertIn("Citus 13", rows[LOST]["versions"])

    def test_a_lost_row_is_found(self):
        self.set_cell("verify.csv", "count", "1", check="lost")
        self.set_cell("verify.csv", "verdict", "fail", check="lost")
        rows = self.checked()
        self.assertEqual(rows[LOST]["verdict"], "does not hold")
        self.assertRegex(rows[LOST]["answer"], r"^1 of")
        self.assertEqual(rows[LOST]["take"], "Rows get lost.")
        self.assertEqual(rows[OUTAGE]["verdict"], "holds")

    def test_a_check_of_an_older_run_is_found_by_its_new_name(self):
        self.edit("verify.csv", "^lost,pass,0", "wrong_side,fail,7")
        self.assertEqual(Run(self.run_folder).check("misrouted"), 7)

    def test_the_old_name_of_an_option_is_accepted(self):
        done = self.claims("--judge-only")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.rows()), 4)

    def test_an_outage_longer_than_claimed_is_found(self):
        self.set_cell("recovery.csv", "unavailable_ms", "12500", fault="2", operation="write", key_group="affected")
        self.assertEqual(self.verdicts()[:2], ["holds", "does not hold"])

    def test_the_other_fault_s_outage_is_another(self):
        self.set_cell("recovery.csv", "unavailable_ms", "12500", fault="1", operation="write", key_group="affected")
        self.assertEqual(self.verdicts()[OUTAGE], "holds")

    def test_failing_reads_are_found(self):
        self.set_cell("timeline.csv", "ok", "0", operation="latest")
        self.assertEqual(self.verdicts()[READS], "does not hold")

    def test_what_is_missing_is_no_verdict(self):
        self.set_cell("verify.csv", "verdict", "unknown", check="lost")
        self.set_cell("recovery.csv", "unavailable_ms", "", fault="2", operation="write", key_group="affected")
        (self.run_folder / "timeline.csv").unlink()
        rows = self.checked()
        self.assertEqual([row["verdict"] for row in rows[:3]], ["not answered"] * 3)
        self.assertIn("unknown", rows[LOST]["answer"])
        self.assertIn("unavailable_ms has no value", rows[OUTAGE]["answer"])
        self.assertIn("there is no timeline.csv", rows[READS]["answer"])

    def test_a_run_that_did_not_complete_is_no_verdict(self):
        self.edit("run.json", '"status": "complete"', '"status": "interrupted"')
        rows = self.checked(code=1)
        self.assertEqual({row["verdict"] for row in rows}, {"not answered"})
        self.assertIn("interrupted", rows[0]["answer"])

    def test_a_run_that_fails_to_start_is_named_and_costs_no_earlier_row(self):
        failed = self.claims("--citusbench", shutil.which("false"))
        self.assertEqual(failed.returncode, 1)
        self.assertIn("000-sample, run: citusbench ended with exit code 1", failed.stderr)
        self.assertEqual({row["verdict"] for row in self.rows()}, {"not answered"})
        (self.results / "claims.csv").unlink()
        before = self.checked()
        again = self.claims("--engine", "citus", "--citusbench", shutil.which("false"))
        self.assertEqual(again.returncode, 1)
        self.assertEqual(self.rows(), before)

    def test_only_keeps_the_rows_of_the_others(self):
        scenarios = self.work / "scenarios"
        shutil.copytree(SAMPLE / "scenarios", scenarios)
        shutil.copy(scenarios / "000-sample.ini", scenarios / "001-other.ini")
        shutil.copytree(self.run_folder.parent, self.run_folder.parents[1] / "001-other")
        self.assertEqual(self.claims("--check-only", scenarios=scenarios).returncode, 0)
        both = self.rows()
        self.assertEqual(len(both), 8)
        self.set_cell("verify.csv", "count", "1", check="lost")
        done = self.claims("--check-only", "--only", "000", scenarios=scenarios)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.rows()[4:], both[4:])
        self.assertEqual(self.rows()[LOST]["verdict"], "does not hold")
        self.assertIn("001-other", (self.work / "CLAIMS.md").read_text())

    def test_what_needs_much_is_run_only_by_its_whole_name(self):
        scenarios = self.work / "scenarios"
        shutil.copytree(SAMPLE / "scenarios", scenarios)
        large = (scenarios / "000-sample.ini").read_text().replace("#\n", "#\n#: needs a week\n", 1)
        (scenarios / "000-sample-large.ini").write_text(large)
        shutil.copytree(self.run_folder.parent, self.run_folder.parents[1] / "000-sample-large")
        for arguments, ran in (((), "000-sample"), (("--only", "000"), "000-sample"),
                               (("--only", "000-sample-l"), None), (("--only", "000-sample-large"), "000-sample-large")):
            done = self.claims("--check-only", *arguments, scenarios=scenarios)
            self.assertEqual(done.returncode, 0, done.stderr)
            left_out = "000-sample-large: left out, as it needs a week; --only 000-sample-large runs it"
            self.assertEqual(left_out in done.stdout, ran != "000-sample-large", arguments)
            self.assertEqual({row["scenario"] for row in self.rows()}, {ran} if ran else set(), arguments)
            (self.results / "claims.csv").unlink(missing_ok=True)

    def test_a_mistake_is_one_line_and_touches_nothing(self):
        for arguments, part in ((("--only", "9"), "no scenario begins with '9'; there are 000-sample"),
                                (("--only", ""), "no scenario begins with ''"),
                                (("--engine", "mysql"), "--engine"),
                                (("--citusbench", "/nowhere"), "there is no such program"),
                                (("--onyl", "000"), "--onyl")):
            done = self.claims(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(part, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertFalse((self.results / "claims.csv").exists())

    def test_a_line_that_is_not_understood_is_named(self):
        scenarios = self.work / "scenarios"
        scenarios.mkdir()
        (scenarios / "000-bad.ini").write_text("# Bad.\n#: answers nothing\n")
        done = self.claims(scenarios=scenarios)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
        self.assertIn("000-bad.ini:2: not understood", done.stderr)


class RealScenariosTest(ClaimsCase):
    """Those of workloads/scenarios/, and the page that was made of them."""

    def setUp(self):
        super().setUp()
        self.scenarios = all_scenarios(TOP / "workloads" / "scenarios")

    def test_every_claim_has_a_rule_or_a_reason_why_not(self):
        self.assertGreater(len(self.scenarios), 15)
        for scenario in self.scenarios:
            self.assertTrue(scenario.title, scenario.name)
            for claim in scenario.claims:
                self.assertTrue(claim.untested or claim.holds and claim.answer, f"{scenario.name}: {claim.text}")
                expressions = [claim.holds, claim.in_part] if claim.holds else []
                for text in (claim.answer, claim.untested):
                    expressions += [found.partition(" | ")[0] for found in re.findall(r"\{([^{}]*)\}", text)]
                for expression in expressions + [condition for condition, _ in scenario.takes]:
                    compile(expression, scenario.name, "eval")

    def test_the_page_is_that_of_the_table_and_has_every_claim(self):
        rows = table.read(TOP / "results" / "claims.csv")
        self.assertEqual((TOP / "docs" / "CLAIMS.md").read_text(), table.page(rows))
        listed = {(row["scenario"], row["claim"]) for row in rows}
        for scenario in self.scenarios:
            for claim in scenario.claims:
                self.assertIn((scenario.name, claim.text), listed)

    def verdict_on_connections(self, of_writer1, of_writer2):
        samples = [f"1.0,{name},{metric},{value}\n"
                   for name, number in (("writer1", of_writer1), ("writer2", of_writer2))
                   for metric, value in (("connections_active", 1), ("connections_idle", number - 1))]
        (self.run_folder / "monitor.csv").write_text("elapsed_s,node,metric,value\n" + "".join(samples))
        claim = next(claim for scenario in self.scenarios for claim in scenario.claims
                     if claim.text == "The balancer spreads connections evenly over the writers")
        return ClaimChecker({"nginx": Run(self.run_folder)}).verdict(claim)

    def test_connections_are_spread_evenly_where_the_writers_have_about_as_many(self):
        for numbers, verdict in (((13, 13), "holds"), ((12, 15), "holds"), ((15, 12), "holds"),
                                 ((6, 24), "does not hold"), ((24, 6), "does not hold"), ((12, 16), "does not hold"),
                                 ((1, 16), "does not hold"), ((2, 2), "does not hold")):
            self.assertEqual(self.verdict_on_connections(*numbers)[0], verdict, numbers)
        answer = self.verdict_on_connections(6, 24)[1]
        self.assertIn("Of 16 connections 6.0 on average (writer1), 24.0 on average (writer2)", answer)

    def test_no_file_without_claims_is_taken_for_a_scenario(self):
        self.assertEqual(Scenario(TOP / "workloads" / "scenarios" / "ha.ini").claims, [])


if __name__ == "__main__":
    unittest.main()

"""scripts/claims --runtime: what containers say stands beside what local processes said."""

import csv
import json
import shutil
import sys
import unittest

from claims_case import SAMPLE, TOP, ClaimsCase
from claims_parts import table
from claims_parts.containers import number_in, obstacle
from claims_parts.scenario import all_scenarios

# Instead of citusbench: the recorded run, which says of its runtime what a run says.
PROGRAM = """#!{python}
import json, pathlib, shutil, sys
words = sys.argv[1:]
target = pathlib.Path(words[words.index("--results") + 1]) / "run"
shutil.copytree("{sample}", target)
info = json.loads((target / "run.json").read_text())
info["runtime"] = "compose" if "--runtime=compose" in words else "local"
(target / "run.json").write_text(json.dumps(info))
"""


class RuntimeTest(ClaimsCase):
    def setUp(self):
        super().setUp()
        shutil.copytree(SAMPLE / "scenarios", self.work / "scenarios")
        self.program = self.work / "program"
        self.program.write_text(PROGRAM.format(python=sys.executable, sample=self.run_folder))
        self.program.chmod(0o755)
        self.recordings = self.results / "claims"

    def of(self, *arguments, code=0):
        done = self.claims(*arguments, scenarios=self.work / "scenarios")
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def run_on(self, runtime, program=None, code=0):
        return self.of("--runtime", runtime, "--engine", "citus", "--citusbench", program or self.program, code=code)

    def page(self):
        return (self.work / "CLAIMS.md").read_text()

    def rows_of(self, runtime):
        return [row for row in self.rows() if row["runtime"] == runtime]

    def add(self, name, *lines):
        """Another scenario, with lines of its own."""
        sample = (SAMPLE / "scenarios" / "000-sample.ini").read_text()
        (self.work / "scenarios" / f"{name}.ini").write_text(sample.replace("#\n", "#\n" + "\n".join(lines) + "\n", 1))

    def test_rows_and_results_of_containers_stand_beside_the_local_ones(self):
        self.run_on("local")
        local = self.rows()
        self.assertEqual([row["runtime"] for row in local], ["local"] * 4)
        (self.recordings / "citus" / "000-sample" / "run" / "mark").touch()
        self.run_on("compose")
        self.assertEqual(self.rows_of("local"), local)
        self.assertEqual(len(self.rows_of("compose")), 4)
        self.assertTrue((self.recordings / "citus" / "000-sample" / "run" / "mark").exists())
        kept = self.recordings / "citus-compose" / "000-sample" / "run" / "run.json"
        self.assertEqual(json.loads(kept.read_text())["runtime"], "compose")
        self.run_on("local")
        self.assertEqual(len(self.rows_of("compose")), 4)

    def test_the_command_repeats_it_on_the_same_runtime(self):
        self.run_on("local")
        self.run_on("compose")
        for runtime, words, option in (("local", "--engine citus", ""),
                                       ("compose", "--engine citus --runtime compose", " --runtime=compose")):
            for row in self.rows_of(runtime):
                self.assertEqual(row["command"], f"scripts/claims --only 000-sample {words}")
                self.assertTrue(row["runs"].endswith(f"000-sample.ini --engine=citus{option}"), row["runs"])

    def test_the_page_shows_a_runtime_that_is_not_local(self):
        self.run_on("local")
        self.assertNotIn("citus (", self.page())
        self.run_on("compose")
        self.assertIn("| claim | on citus | measured |", self.page())
        self.assertIn("| claim | on citus (compose) | measured |", self.page())
        self.assertIn("| No write is lost | citus (compose) | **holds** |", self.page())
        self.assertIn("Repeat with `scripts/claims --only 000-sample --engine citus --runtime compose`", self.page())

    def test_what_to_take_names_containers_where_it_is_theirs_alone(self):
        self.run_on("compose")
        self.assertIn("rows are there. ([000-sample](#000-sample), compose)", self.page())
        self.run_on("local")
        self.assertIn("rows are there. ([000-sample](#000-sample))\n", self.page())
        self.assertEqual(self.page().count("rows are there. ("), 1)

    def test_the_results_of_the_last_time_are_those_of_the_runtime(self):
        missing = self.of("--check-only", "--engine", "citus", "--runtime", "compose", code=1)
        self.assertIn("no results of engine citus and runtime compose", missing.stderr)
        self.run_on("compose")
        self.of("--check-only")
        self.of("--check-only", "--runtime", "compose")
        self.assertEqual({row["verdict"] for row in self.rows_of("compose")},
                         {row["verdict"] for row in self.rows_of("local")})
        self.assertEqual((len(self.rows_of("compose")), len(self.rows_of("local"))), (4, 4))

    def test_a_run_in_containers_that_fails_costs_no_row(self):
        self.run_on("local")
        local = self.rows()
        self.run_on("compose", shutil.which("false"), code=1)
        self.assertEqual(self.rows_of("local"), local)
        text = {(row["verdict"], row["command"]) for row in self.rows_of("compose")}
        self.assertEqual(text, {("not answered", "scripts/claims --only 000-sample --engine citus --runtime compose")})
        self.run_on("compose")
        both = self.rows()
        self.run_on("compose", shutil.which("false"), code=1)
        self.assertEqual(self.rows(), both)

    def test_a_table_without_the_column_is_one_of_local_processes(self):
        self.run_on("local")
        rows, path = self.rows(), self.results / "claims.csv"
        with path.open("w", newline="") as file:
            columns = [column for column in table.COLUMNS if column != "runtime"]
            writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        self.assertNotIn("runtime", path.read_text().partition("\n")[0].split(","))
        self.assertEqual(self.rows(), rows)
        self.run_on("compose")
        self.assertEqual(self.rows_of("local"), rows)
        self.assertEqual(len(self.rows()), 8)

    def test_what_containers_cannot_do_is_left_out_with_the_reason(self):
        self.add("000-kept", "#: cluster started --workers=4", "#: run load --dsn={entry}")
        self.add("000-six", "workers = 6 # a worker more for each triple", "#: needs a week")
        self.add("000-four", "workers = 4")
        self.add("000-three", "workers = 4", "#: run few --workers 3")
        self.add("000-clusters", "#: run many --topology=dual-cluster --clusters=3")
        text = self.run_on("compose").stdout
        for name, why in (("kept", "its step started is `citusbench cluster up`, which starts local processes only"),
                          ("six", "its step run takes --workers=6, and compose.yml has 4 for active-active"),
                          ("three", "its step few takes --workers=3, and compose.yml has 4 for active-active"),
                          ("clusters", "its step many takes --clusters=3, and compose.yml has 2 for dual-cluster")):
            self.assertIn(f"000-{name}: left out, as {why}; --only 000-{name} --runtime local runs it\n", text)
        self.assertEqual(text.count("left out"), 4)
        self.assertEqual({row["scenario"] for row in self.rows()}, {"000-sample", "000-four"})
        local = self.of("--only", "000-three", "--citusbench", self.program)
        self.assertNotIn("left out", local.stdout)

    def test_a_prefix_of_what_containers_cannot_do_runs_nothing_and_is_no_mistake(self):
        self.add("000-kept", "#: cluster started", "#: run load --dsn={entry}")
        text = self.of("--runtime", "compose", "--only", "000-k", "--citusbench", self.program).stdout
        self.assertEqual((text.count("\n"), "000-kept: left out, as" in text), (1, True))
        self.assertFalse((self.results / "claims.csv").exists())

    def test_what_containers_cannot_do_is_refused_by_its_whole_name(self):
        self.add("000-six", "workers = 6")
        for only in ("000-six", "000-sample,000-six"):
            done = self.of("--runtime", "compose", "--only", only, "--citusbench", self.program, code=2)
            self.assertEqual(done.stderr, "claims: --runtime compose: 000-six cannot be done in containers, as its "
                             "step run takes --workers=6, and compose.yml has 4 for active-active; "
                             "use --runtime local\n")
        self.assertFalse((self.results / "claims.csv").exists())

    def test_containers_have_no_fdw(self):
        done = self.of("--runtime", "compose", "--engine", "fdw", "--citusbench", self.program, code=2)
        self.assertEqual((done.stderr.count("\n"), "--engine fdw" in done.stderr), (1, True))


class RealContainersTest(unittest.TestCase):
    """compose.yml and workloads/scenarios/."""

    def setUp(self):
        self.compose = (TOP / "compose.yml").read_text()

    def test_the_workers_of_each_profile_are_counted(self):
        for profile, workers in (("active-active", 4), ("multi-master", 4), ("dual-cluster", 3), ("active-passive", 3),
                                 ("active-passive-replicas", 2), ("spatial-ha", 3), ("single", 0)):
            self.assertEqual(number_in(self.compose, profile, "workers"), workers, profile)
        self.assertEqual(number_in(self.compose, "multi-master", "writers"), 2)
        self.assertEqual(number_in(self.compose, "dual-cluster", "clusters"), 2)

    def test_a_scenario_is_left_out_for_its_cluster_or_its_number_of_workers(self):
        scenarios = all_scenarios(TOP / "workloads" / "scenarios")
        why = {scenario.name: obstacle(scenario, self.compose) for scenario in scenarios}
        kept = {scenario.name for scenario in scenarios if any(step.kind == "cluster" for step in scenario.steps)}
        self.assertEqual(len(kept), 8)
        self.assertEqual({name for name in why if "cluster up" in why[name]}, kept)
        self.assertEqual({name for name in why if "--workers=" in why[name]},
                         {"000-six-workers", "000-more-workers", "002-dual-clusters"})
        # compose.yml has the four that it asks for.
        self.assertEqual(why["000-copies"], "")

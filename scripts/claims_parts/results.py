"""What the files of a run say, as the expressions of scenarios see it.

A value that is not there is an error, never a number: a claim is not checked by what is missing.
"""

import csv
import functools
import json

from .scenario import ClaimsError

# Checks in the verify.csv of an older citusbench.
OLD_CHECKS = {"wrong_side": "misrouted"}

# timeline.csv has only the names of operations.
WRITES = {"post", "mark_read", "edit", "delete", "insert", "insert_10", "insert_100", "place_order", "update_status"}


def _is_of(operation, kind):
    if operation == "all":
        return False
    return kind in ("all", operation) or kind == ("write" if operation in WRITES else "read")


def _rows(path):
    if not path.exists():
        raise ClaimsError(f"{path.parent.name}: there is no {path.name}")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _number(row, column, where):
    if row[column] == "":
        raise ClaimsError(f"{where}: {column} has no value")
    return float(row[column])


class Folder:
    """A folder with results of a step."""

    def __init__(self, folder):
        self.folder = folder
        self.name = folder.name

    @functools.cache
    def table(self, name):
        rows = _rows(self.folder / name)
        if name == "verify.csv":
            return [{**row, "check": OLD_CHECKS.get(row["check"], row["check"])} for row in rows]
        return rows

    def row(self, file, **cells):
        for row in self.table(file):
            if all(row[column] == value for column, value in cells.items()):
                return row
        wanted = ", ".join(f"{column} {value}" for column, value in cells.items())
        raise ClaimsError(f"{self.name}: {file} has no row with {wanted}")

    @functools.cached_property
    def status(self):
        """`citusbench cluster status --format json`, taken after the step."""
        return json.loads((self.folder / "status.json").read_text())


class Cluster(Folder):
    """A cluster that was started for the runs after it."""

    runtime = "local"  # `citusbench cluster up` knows no other

    @property
    def engine(self):
        return self.status["engine"]

    @property
    def up_s(self):
        """How long `citusbench cluster up` took."""
        return json.loads((self.folder / "up.json").read_text())["seconds"]


class Fault:
    """What a fault did; the first has number 1."""

    def __init__(self, run, number):
        self.run = run
        self.number = number
        times = run.info["faults"]["happened"][number - 1]
        self.nodes = times["nodes"]
        self.confirmed_s = times["confirmed_s"]
        self.heal_started_s = times["heal_started_s"]
        self.healed_s = times["healed_s"]

    def _value(self, column, operation, keys):
        row = self.run.row("recovery.csv", fault=str(self.number), operation=operation, key_group=keys)
        return _number(row, column, f"{self.run.name}: fault {self.number}, {operation}")

    def outage(self, operation="all", keys="all"):
        """Seconds for which nothing was ok."""
        return self._value("unavailable_ms", operation, keys) / 1e3

    def ok_share(self, operation="all", keys="all"):
        """In percent of what was due between the fault and the end of the healing."""
        scheduled = self._value("scheduled", operation, keys)
        if not scheduled:
            raise ClaimsError(f"{self.run.name}: fault {self.number}: no {operation} was due")
        return 100 * self._value("ok", operation, keys) / scheduled

    def while_down(self, operation="all", outcome="ok"):
        """In percent of what was due while the nodes were down: whole intervals of timeline.csv
        between the fault and the start of the healing."""
        begun = sorted({float(row["elapsed_s"]) for row in self.run.table("timeline.csv")})
        length = min(later - earlier for earlier, later in zip(begun, begun[1:]))
        rows = [row for row in self.run.table("timeline.csv")
                if _is_of(row["operation"], operation) and (row["key_group"], row["entry"]) == ("all", "all")
                and self.confirmed_s <= float(row["elapsed_s"]) <= self.heal_started_s - length]
        scheduled = sum(int(row["scheduled"]) for row in rows)
        if not scheduled:
            raise ClaimsError(f"{self.run.name}: fault {self.number}: timeline.csv has no {operation} within it")
        return 100 * sum(int(row[outcome]) for row in rows) / scheduled


class Run(Folder):
    """A run, or a suite."""

    def __init__(self, folder):
        super().__init__(folder)
        self.info = json.loads((folder / "run.json").read_text())
        if self.info["status"] != "complete":
            raise ClaimsError(f"{self.name}: the run is {self.info['status']}: {self.info['failure'] or ''}")

    @property
    def engine(self):
        return self.info["labels"]["engine"]

    @property
    def runtime(self):
        """A run on a cluster that was there already does not say; the kept one has local processes."""
        return self.info.get("runtime", "local")

    def _cell(self, column, phase, operation, keys, entry):
        row = self.row("summary.csv", phase=phase, operation=operation, key_group=keys, entry=entry)
        return _number(row, column, f"{self.name}: {phase}, {operation}, {keys}, {entry}")

    def count(self, outcome, phase="during", operation="all", keys="all", entry="all"):
        """Operations: `scheduled`, `ok`, `failed`, `unknown` or `skipped`."""
        return int(self._cell(outcome, phase, operation, keys, entry))

    def ok_share(self, phase="during", operation="all", keys="all", entry="all"):
        """In percent of what was due."""
        scheduled = self.count("scheduled", phase, operation, keys, entry)
        if not scheduled:
            raise ClaimsError(f"{self.name}: {phase}, {operation}, {keys}, {entry}: nothing was due")
        return 100 * self.count("ok", phase, operation, keys, entry) / scheduled

    def rate(self, phase="steady", operation="all", keys="all", entry="all"):
        """Operations per second that were ok."""
        return self._cell("ok_per_s", phase, operation, keys, entry)

    def ms(self, quantile="p99", phase="during", operation="all", keys="all", entry="all"):
        """Response time of the operations that were ok."""
        return self._cell(f"response_{quantile}_us", phase, operation, keys, entry) / 1e3

    def fault(self, number):
        return Fault(self, number)

    @property
    def faults(self):
        return [Fault(self, number + 1) for number in range(len(self.info["faults"]["happened"]))]

    def check(self, name):
        """How many the verification found."""
        row = self.row("verify.csv", check=name)
        if row["verdict"] not in ("pass", "fail"):
            raise ClaimsError(f"{self.name}: verify.csv: {name} is {row['verdict']}: {row['detail']}")
        return int(row["count"])

    @property
    def lost(self):
        return self.check("lost")

    @property
    def sound(self):
        """Every check of the verification was finished and held."""
        return all(row["verdict"] == "pass" for row in self.table("verify.csv") if row["verdict"] != "skipped")

    @property
    def acknowledged(self):
        """Writes that were ok, in all phases of summary.csv."""
        return sum(int(row["ok"]) for row in self.table("summary.csv")
                   if (row["operation"], row["key_group"], row["entry"]) == ("write", "all", "all"))

    def monitored(self, metric, node):
        """The samples of a node, those of the warm-up left out."""
        values = [float(row["value"]) for row in self.table("monitor.csv")
                  if row["node"] == node and row["metric"] == metric and float(row["elapsed_s"]) >= 0]
        if not values:
            raise ClaimsError(f"{self.name}: monitor.csv has no {metric} of {node}")
        return values

    def connections(self, node):
        """Client back ends of a node, on average; those of Citus and of the sampling are among them."""
        return sum(sum(values) / len(values) for values in
                   (self.monitored(metric, node) for metric in ("connections_active", "connections_idle")))

    @property
    def answers_checked(self):
        return self.info["client_cost"]["check_answers"]["checked"]

    def suite(self, operation, condition="single", column="service_p50_us"):
        """A cell of suite.csv."""
        row = self.row("suite.csv", operation=operation, condition=condition)
        return _number(row, column, f"{self.name}: {condition}, {operation}")

    @property
    def not_ok(self):
        """Executions of a suite that were not ok."""
        return sum(int(row["scheduled"]) - int(row["ok"]) for row in self.table("suite.csv"))

    def placements(self):
        """By node that holds any: copies of shards it should hold."""
        return {node["name"]: node["placements"] for node in self.status["nodes"] if node["placements"]}

    def shard_rows(self, table):
        """Rows of each shard of a table, in the order of the shards."""
        return [shard["rows"] for shard in self.status["shards"] if shard["table"].split(".")[-1] == table]

    def node_rows(self):
        """By worker: rows of all copies that it holds."""
        return {node["name"]: int(node["rows"] or 0) for node in self.status["nodes"] if "worker" in node["name"]}

    @property
    def stored_bytes(self):
        """Of all copies of all distributed shards, indexes included."""
        return sum(placement["bytes"] for shard in self.status["shards"] for placement in shard["placements"]
                   if shard["kind"] == "distributed")

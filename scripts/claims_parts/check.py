"""Checks claims by the results of their scenario."""

import datetime
import re
import shlex

from .execute import words_of
from .results import Run
from .scenario import ClaimsError

HOLDS = "holds"
IN_PART = "holds in part"
HOLDS_NOT = "does not hold"
NOT_TESTED = "not tested"
NOT_ANSWERED = "not answered"


def average(values):
    values = list(values)
    return sum(values) / len(values)


FUNCTIONS = {function.__name__: function
             for function in (abs, all, any, average, float, int, len, max, min, set, sorted, str, sum)}


class ClaimChecker:
    def __init__(self, results):
        self._results = results
        runs = {name: result for name, result in results.items() if isinstance(result, Run)}

        def listed(form, names, values):
            """"50 % (w1), 100 % (w2)", for a form like "%.0f %%"."""
            return ", ".join(f"{form % value} ({name})" for name, value in zip(names, values))

        def by_run(form, values):
            return listed(form, [name.replace("_", " ") for name in runs], values)

        def by_fault(form, faults, values):
            return listed(form, ["+".join(fault.nodes) for fault in faults], values)

        self._names = {**FUNCTIONS, **results, "runs": list(runs.values()), "listed": listed, "by_run": by_run,
                       "by_fault": by_fault}

    def value(self, expression):
        try:
            return eval(expression, {"__builtins__": {}, **self._names})  # the project's own files
        except ClaimsError:
            raise
        except Exception as error:
            raise ClaimsError(f"{expression}: {error!r}") from None

    def fill(self, text):
        """Replaces {expression} and {expression | format}."""
        def value(match):
            expression, _, form = match[1].partition(" | ")
            return format(self.value(expression), form.strip())
        filled = re.sub(r"\{([^{}]*)\}", value, text)
        return re.sub(r"(?<![\d.])\d{5,}", lambda match: f"{int(match[0]):,}", filled)

    def verdict(self, claim):
        """The verdict and the answer."""
        if claim.untested:
            return NOT_TESTED, self.fill(claim.untested)
        try:
            verdict = (HOLDS if self.value(claim.holds) else IN_PART if self.value(claim.in_part) else HOLDS_NOT)
            return verdict, self.fill(claim.answer)
        except ClaimsError as error:
            return NOT_ANSWERED, f"the files of the run do not say: {error}"

    def take(self, scenario):
        """What a reader should take from it: the first sentence whose condition is true."""
        try:
            return next((self.fill(text) for condition, text in scenario.takes if self.value(condition)), "")
        except ClaimsError:
            return ""


def versions_of(runs):
    """"Citus 13.2.2, PostgreSQL 15.20, …": what the answer depends on."""
    info = runs[0].info
    settings = info["servers"][0]["settings"]
    names = [f"Citus {settings['citus.version']}"] if settings.get("citus.version") else []
    names.append(f"PostgreSQL {settings['server_version'].split()[0]}")
    if info["labels"]["workload"] == "spatial":
        names.append(f"PostGIS {info['servers'][0]['extensions'].get('postgis', '')}")
    for node in info["nodes"]:
        for program in node["runs"].split(" under "):
            name, _, version = program.partition(" ")
            text = f"{name} {version.split('-')[0]}".strip()
            if name != "PostgreSQL" and text not in names:
                names.append(text)
    return ", ".join(names)


def commands_of(scenario, shared):
    config = f"workloads/scenarios/{scenario.path.name}"
    commands = []
    down = "scripts/citusbench cluster down"
    for step in scenario.steps:
        if step.kind == "cluster" and commands:
            commands.append(down)
        words = [re.sub(r"^--dsn=\{(\w+)\}$", r"--dsn=DSN_OF_\1", word)
                 for word in words_of(scenario, step, config, shared)]
        command = "scripts/citusbench " + shlex.join(words)
        if step.meanwhile:
            command += f" # and after {step.meanwhile[0]:.0f} s: cluster {shlex.join(step.meanwhile[1])}"
        commands.append(command)
    if any(step.kind == "cluster" for step in scenario.steps):
        commands.append(down)
    return "\n".join(commands)


def lateness(runs):
    """The worst 99.9th percentile of how late operations were sent, in ms; a suite has no schedule."""
    return max((run.info["trust"]["send_lag_us"]["p999"] for run in runs if run.info.get("trust")), default=0) / 1e3


def repeating(scenario, engine, runtime):
    """The command that makes a row again; `engine` may be None."""
    words = ["scripts/claims", "--only", scenario.name]
    words += ["--engine", engine] if engine else []
    words += ["--runtime", runtime] if runtime != "local" else []
    return shlex.join(words)


def check(scenario, results, shared):
    """Rows of claims.csv."""
    runs = [result for result in results.values() if isinstance(result, Run)]
    engine, runtime = runs[0].engine, runs[0].runtime
    checker = ClaimChecker(results)
    rows = []
    for claim in scenario.claims:
        verdict, answer = checker.verdict(claim)
        rows.append({"scenario": scenario.name, "claim": claim.text, "engine": engine, "runtime": runtime,
                     "verdict": verdict, "answer": answer, "tested": scenario.title, "take": checker.take(scenario),
                     "command": repeating(scenario, engine, runtime),
                     "runs": commands_of(scenario, shared), "send_lag_p999_ms": f"{lateness(runs):.1f}",
                     "versions": versions_of(runs), "date": runs[0].info["started_at"][:10]})
    return rows


def not_answered(scenario, engine, runtime, why):
    """Rows of a scenario that could not be run."""
    return [{"scenario": scenario.name, "claim": claim.text, "engine": engine or "auto", "runtime": runtime,
             "verdict": NOT_ANSWERED, "answer": f"the run could not be done: {why}", "tested": scenario.title,
             "take": "", "command": repeating(scenario, engine, runtime), "runs": "",
             "send_lag_p999_ms": "", "versions": "", "date": datetime.date.today().isoformat()}
            for claim in scenario.claims]

"""Runs the steps of a scenario, and keeps their results under results/claims/ENGINE/SCENARIO/, those of
containers under results/claims/ENGINE-compose/SCENARIO/."""

import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

from .results import Cluster, Run
from .scenario import ClaimsError

# 3: what was checked did not hold, which is an answer.
CODES_WITH_ANSWER = (0, 3)


def option_words(engine, runtime):
    """The options of citusbench, whose default runtime is local."""
    return ([f"--engine={engine}"] if engine else []) + ([f"--runtime={runtime}"] if runtime != "local" else [])


def folder_of(results, engine, runtime):
    """Without the runtime where it is local: results from before there was another stay where they are."""
    return results / (engine if runtime == "local" else f"{engine}-{runtime}")


def words_of(scenario, step, config, shared):
    """The arguments of `citusbench`; with a kept cluster a run needs no engine and runtime."""
    if step.kind == "cluster":
        return ["cluster", "up", *step.options, *shared]
    begin = ["suite", step.options[0]] if step.kind == "suite" else []
    options = step.options[1:] if step.kind == "suite" else step.options
    on_kept = any(option.startswith("--dsn={") for option in options)
    return [*begin, "--config", config, *options, *([] if on_kept else shared)]


class Executor:
    """Runs one scenario; to be used as a context, whose end removes the cluster that is kept."""

    def __init__(self, program, top, results, shared):
        self._program = str(program)
        self._top = top
        self._results = results
        self._shared = shared
        self._dsn = None  # of the nodes of the kept cluster
        self._companion = None  # a command that runs beside a run

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._companion and self._companion.poll() is None:
            os.killpg(self._companion.pid, signal.SIGINT)
            self._companion.wait()
        self._down()

    def execute(self, scenario, step):
        """The step's results, in a folder with the step's name."""
        work = self._results / ".new"
        if work.exists():
            shutil.rmtree(work)
        work.mkdir(parents=True)
        words = words_of(scenario, step, str(scenario.path), self._shared)
        if step.kind == "cluster":
            self._up(scenario, step, words, work)
            return self._kept_as(scenario, step, work, Cluster)
        words = [self._with_dsn(word) for word in words]
        command = [*words, "--results", str(work), "--label", scenario.name, "--progress", "none"]
        self._companion = companion = self._start_companion(step)
        begun = time.monotonic()
        done = self._call(command)
        if companion:
            companion.wait()
            if companion.returncode:
                raise ClaimsError(self._failure(scenario, step, companion.returncode, self._log_of(companion)))
        folders = [path for path in work.iterdir() if path.is_dir()]
        if done.returncode not in CODES_WITH_ANSWER or len(folders) != 1:
            raise ClaimsError(self._failure(scenario, step, done.returncode, done.stdout))
        if self._dsn:
            self._take_status(folders[0])
        print(f"    {time.monotonic() - begun:.0f} s", flush=True)
        return self._kept_as(scenario, step, folders[0], Run)

    def _call(self, words):
        with subprocess.Popen([self._program, *words], cwd=self._top, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, start_new_session=True) as process:
            try:
                output, _ = process.communicate()
            except KeyboardInterrupt:
                # Once: subprocess.run() would kill it, and its cluster would stay.
                process.send_signal(signal.SIGINT)
                process.communicate()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    @staticmethod
    def _failure(scenario, step, code, output):
        lines = [line for line in output.strip().splitlines() if line.strip()] or ["it said nothing"]
        causes = [line for line in lines if line.startswith(("citusbench:", "FAILED:"))] or lines[-1:]
        return f"{scenario.name}, {step.name}: citusbench ended with exit code {code}: {causes[-1]}"

    def _up(self, scenario, step, words, work):
        self._down()
        begun = time.monotonic()
        done = self._call(words)
        seconds = time.monotonic() - begun
        if done.returncode:
            raise ClaimsError(self._failure(scenario, step, done.returncode, done.stdout))
        self._dsn = {}
        for line in done.stdout.splitlines():
            if match := re.match(r'(\S+) .* psql "(.*)"', line):
                self._dsn[match[1]] = match[2]
                if " entry " in line:
                    self._dsn["entry"] = match[2]
        (work / "up.json").write_text(json.dumps({"seconds": seconds, "command": words}))
        self._take_status(work)

    def _down(self):
        if self._dsn:
            self._dsn = None
            done = self._call(["cluster", "down"])
            if done.returncode:
                raise ClaimsError(f"citusbench cluster down ended with exit code {done.returncode}: "
                                  f"{done.stdout.strip()}")

    def _take_status(self, folder):
        # Exit code 1 is a cluster that is not healthy, which the document says, too.
        done = subprocess.run([self._program, "cluster", "status", "--format", "json"], cwd=self._top,
                              stdout=subprocess.PIPE, text=True)
        (folder / "status.json").write_text(done.stdout)

    def _with_dsn(self, word):
        match = re.fullmatch(r"--dsn=\{(\w+)\}", word)
        if not match:
            return word
        if match[1] == "replicas":
            return "--dsn=" + self._replicas()
        if not self._dsn or match[1] not in self._dsn:
            raise ClaimsError(f"{word}: no cluster with such a node was started before")
        return "--dsn=" + self._dsn[match[1]]

    def _replicas(self):
        """HAProxy's port that leads to standbys; only the cluster's own file knows it."""
        entry = self._dsn["entry"]
        folder = pathlib.Path(re.search(r"passfile=(\S+)", entry)[1]).parent.parent
        nodes = json.loads((folder / "state.json").read_text())["nodes"]
        port = next(node["more_ports"][1] for node in nodes if node["name"] == "lb")
        return re.sub(r"port=\d+", f"port={port}", entry)

    def _start_companion(self, step):
        if not step.meanwhile:
            return None
        start, command = step.meanwhile
        log = tempfile.NamedTemporaryFile("w+", prefix="citusbench-claims-")
        call = shlex.join([self._program, "cluster", *command])
        companion = subprocess.Popen(["sh", "-c", f"sleep {start}; exec {call}"], cwd=self._top, stdout=log,
                                     stderr=subprocess.STDOUT, start_new_session=True)
        companion.log = log
        return companion

    @staticmethod
    def _log_of(companion):
        companion.log.seek(0)
        return companion.log.read()

    def _kept_as(self, scenario, step, folder, kind):
        result = kind(folder)
        target = folder_of(self._results, result.engine, result.runtime) / scenario.name / step.name
        if target.exists():
            shutil.rmtree(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, target)
        return kind(target)


def recorded(scenario, results, engine, runtime):
    """The results of the last time."""
    found = {}
    for step in scenario.steps:
        folder = folder_of(results, engine, runtime) / scenario.name / step.name
        if not folder.is_dir():
            raise ClaimsError(f"{scenario.name}, {step.name}: no results of engine {engine} and runtime {runtime} "
                              "are there")
        found[step.name] = (Cluster if step.kind == "cluster" else Run)(folder)
    return found

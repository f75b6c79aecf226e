#!/usr/bin/env python3
"""run_action.py ACTION.YML [INPUT=VALUE...] -- runs the steps of a composite action as GitHub's runner does, as far as ours
need it, and prints its outputs as NAME=VALUE; ends as the first step that fails

Fails where the runner would, and where it would not but should: an input that is not declared or not used, an expression in
a script, an expression that is none of inputs.NAME, steps.ID.outputs.NAME, github.token and github.repository.
"""
import os
import re
import subprocess
import sys
import tempfile

import yaml

path = os.path.realpath(sys.argv[1])
with open(path, encoding="utf-8") as file:
    action = yaml.safe_load(file)
given = dict(word.split("=", 1) for word in sys.argv[2:])
used = set()
steps = {}


def fail(words):
    sys.exit(f"run_action.py: {words}")


def value_of(expression):
    part = expression.strip().split(".")
    if part[0] == "inputs" and part[1] in action["inputs"]:
        used.add(part[1])
        return str(given.get(part[1], expand(str(action["inputs"][part[1]].get("default", "")))))
    if part[0] == "steps" and part[1] in steps and part[2] == "outputs":
        return steps[part[1]].get(part[3], "")
    if expression.strip() in ("github.token", "github.repository"):
        return {"token": "secret", "repository": "owner/firmware"}[part[1]]
    return fail(f"an unknown expression: {expression}")


def expand(text):
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: value_of(found.group(1)), text)


def is_wanted(step):
    if "if" not in step:
        return True
    name, value = re.fullmatch(r"(\S+) == '(.*)'", step["if"]).groups()
    return value_of(name) == value


def run(step):
    if "${{" in step["run"]:
        fail(f"an expression in a script: {step['run']}")
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as output:
        environment = {**os.environ, "GITHUB_ACTION_PATH": os.path.dirname(path), "GITHUB_OUTPUT": output.name}
        environment.update({name: expand(str(value)) for name, value in step.get("env", {}).items()})
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], env=environment,
                              stdout=sys.stderr, check=False)
        lines = output.read().splitlines()
    if "id" in step:
        steps[step["id"]] = dict(line.split("=", 1) for line in lines)
    return done.returncode


def outputs():
    return [f"{name}={expand(output['value'])}" for name, output in action["outputs"].items()]


for name in given:
    if name not in action["inputs"]:
        fail(f"no such input: {name}")
if action["runs"]["using"] != "composite":
    fail("no composite action")
status = 0
for step in action["runs"]["steps"]:
    if status == 0 and is_wanted(step):
        status = run(step)
if "check" in steps:
    print("\n".join(outputs()))
unused = set(action["inputs"]) - used
if status == 0 and unused and given.get("issue") != "false":
    fail(f"inputs that nothing uses: {unused}")
sys.exit(status)

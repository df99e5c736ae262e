"""Runs the stock az once per line of JSON on stdin, each in a fork of a process that has its modules loaded.

A line is {"argv": [...], "cwd": "..."}; the answer is {"code": 0, "stdout": "...", "stderr": "..."}. A fork has what
a new process would have, but for the second it takes Python to import the Azure CLI.
"""

import importlib
import json
import os
import runpy
import sys
import tempfile

MODULES = """
azure.cli.core azure.cli.core.commands azure.cli.core.aaz azure.cli.core.breaking_change azure.cli.core.extension
azure.cli.core.auth.identity azure.cli.core.commands.client_factory azure.core.pipeline.transport requests msal
azure.mgmt.containerregistry azure.mgmt.containerregistrytasks azure.mgmt.authorization azure.mgmt.resource.resources
azure.mgmt.resource.deployments azure.mgmt.resource.locks azure.mgmt.loganalytics
azure.cli.command_modules.acr azure.cli.command_modules.acr.commands azure.cli.command_modules.acr._params
azure.cli.command_modules.containerapp azure.cli.command_modules.containerapp.commands
azure.cli.command_modules.containerapp.custom azure.cli.command_modules.containerapp._params
azure.cli.command_modules.resource azure.cli.command_modules.resource.custom
azure.cli.command_modules.role azure.cli.command_modules.role.custom azure.cli.command_modules.identity
azure.cli.command_modules.monitor
"""


def preload():
    for name in MODULES.split():
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # another release has it elsewhere; the fork imports it then


def child(request, out, err):
    os.chdir(request["cwd"])
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["az", *request["argv"]]
    code = 0
    try:
        runpy.run_module("azure.cli", run_name="__main__", alter_sys=True)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(request):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            child(request, out, err)
        _, status = os.waitpid(pid, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        code = os.waitstatus_to_exitcode(status)
        return {"code": code, "stdout": texts[0], "stderr": texts[1]}


preload()
for line in sys.stdin:
    sys.stdout.write(json.dumps(run(json.loads(line))) + "\n")
    sys.stdout.flush()

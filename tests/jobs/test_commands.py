"""What an operator does with work that was given up."""
from flask import Flask

from portal.jobs import runner
from tests.jobs.samples import defer


def test_parked_work_is_listed_and_tried_again(base: Flask) -> None:
    row = defer("test.hopeless")
    runner.run(row)
    shell = base.test_cli_runner()
    listed = shell.invoke(args=["jobs", "parked"])
    assert f"{row}" in listed.output and "never" in listed.output and "1 parked" in listed.output
    assert shell.invoke(args=["jobs", "retry", str(row)]).exit_code == 0
    assert "0 parked" in shell.invoke(args=["jobs", "parked"]).output
    assert shell.invoke(args=["jobs", "retry", str(row)]).exit_code == 1

"""The files that leave the crawl alone (Docker, systemd, Kubernetes, cron) agree with each other and with the project."""

import argparse
import re
import shlex
import tomllib
from collections.abc import Callable
from configparser import ConfigParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from scrapy.settings import Settings

from crawler import __version__
from crawler.archive.layout import HEARTBEAT
from crawler.commands.browse import PORT
from crawler.commands.browse import Command as Browse
from crawler.commands.crawl import Command as Crawl
from crawler.commands.scale import Command as Scale
from crawler.commands.scale import check_given
from crawler.commands.schedule import BEAT_SECONDS, KILL_SECONDS
from crawler.commands.schedule import Command as Schedule
from crawler.monitoring.exit_code import ExitCode
from crawler.policies.schedule import read_schedule
from crawler.scale.child import TERM_SECONDS
from crawler.scale.tasks import PAUSES
from crawler.settings import STOP_SECONDS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMMANDS: dict[str, Callable[[], Crawl | Browse | Schedule]] = {"crawl": Crawl, "browse": Browse, "schedule": Schedule}
EXPRESSION, ZONE = "17 3 * * *", "Asia/Shanghai"


def dockerfile() -> list[tuple[str, str]]:
    """Return its instructions, each with its arguments on one line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", "")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def instruction(name: str) -> str:
    """Return the arguments of the last instruction of a name."""
    return [arguments for found, arguments in dockerfile() if found == name][-1]


def image_environment() -> dict[str, str]:
    return dict(part.split("=", 1) for part in shlex.split(instruction("ENV")))


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8")))


def kubernetes() -> dict[str, Any]:
    """Return the resources by kind."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return {found["kind"]: found for file in files for found in yaml.safe_load_all(file.read_text("utf-8"))}


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "systemd" / name, "utf-8")
    return parser


def pods() -> dict[str, Any]:
    found = kubernetes()
    return {
        "crawl": found["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"],
        "browse": found["Deployment"]["spec"]["template"]["spec"],
    }


def command_lines() -> list[tuple[str, list[str]]]:
    """Return every command line that starts one of our commands, with the file it stands in."""
    lines = [("Dockerfile", yaml.safe_load(instruction("CMD")))]
    lines += [("compose.yaml", service["command"]) for service in compose()["services"].values()]
    lines += [(f"kubernetes {name}", pod["containers"][0]["args"]) for name, pod in pods().items()]
    for file in ("campus-archive.service", "campus-archive-browse.service"):
        lines.append((file, shlex.split(unit(file)["Service"]["ExecStart"])[1:]))
    (cron,) = re.findall(r"^17 3 \* \* \* .*", (DEPLOY / "README.md").read_text("utf-8"), re.MULTILINE)
    lines.append(("cron", re.findall(r"bin/scrapy (.*?) >>", cron)[0].split()))
    return lines


@pytest.mark.parametrize(("file", "line"), command_lines(), ids=[file for file, _ in command_lines()])
def test_every_command_line_is_one_of_ours(file: str, line: list[str]) -> None:
    command = COMMANDS[line[0]]()
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("args", nargs="*")
    command.settings = Settings()
    command.add_options(parser)
    given = parser.parse_args(line[1:])
    assert given.args == {"crawl": ["news"], "browse": [], "schedule": [EXPRESSION]}[line[0]]
    if line[0] == "schedule":
        assert given.timezone == ZONE


def test_the_night_is_the_same_everywhere() -> None:
    job = kubernetes()["CronJob"]["spec"]
    assert (job["schedule"], job["timeZone"]) == (EXPRESSION, ZONE)
    assert unit("campus-archive.timer")["Timer"]["OnCalendar"] == f"*-*-* 03:17:00 {ZONE}"
    due = read_schedule(EXPRESSION, ZONE).after(datetime(2026, 11, 24, tzinfo=UTC))
    assert due == datetime(2026, 11, 24, 19, 17, tzinfo=UTC)


def test_runs_never_overlap_and_a_missed_one_is_made_up() -> None:
    job = kubernetes()["CronJob"]["spec"]
    assert (job["concurrencyPolicy"], job["startingDeadlineSeconds"]) == ("Forbid", 24 * 3600)
    assert unit("campus-archive.service")["Service"]["Type"] == "oneshot"
    assert unit("campus-archive.timer")["Timer"]["Persistent"] == "true"


def test_a_run_has_the_time_to_end() -> None:
    times = [
        int(compose()["services"]["crawl"]["stop_grace_period"].removesuffix("s")),
        pods()["crawl"]["terminationGracePeriodSeconds"],
        int(unit("campus-archive.service")["Service"]["TimeoutStopSec"]),
    ]
    assert STOP_SECONDS < 10 < KILL_SECONDS < min(times)
    assert instruction("STOPSIGNAL") == "SIGTERM"


def test_exit_codes_are_those_of_the_crawl() -> None:
    job = kubernetes()["CronJob"]["spec"]["jobTemplate"]["spec"]
    failing = job["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"]
    assert set(failing) == {2, *ExitCode} - {ExitCode.WELL, ExitCode.STOPPED}
    successful = unit("campus-archive.service")["Service"]["SuccessExitStatus"].split()
    assert successful == [f"{ExitCode.STOPPED:d}", "SIGALRM", f"{ExitCode.LOCKED:d}"]


def test_the_image_is_built_from_the_lock_and_nothing_else() -> None:
    install = next(arguments for name, arguments in dockerfile() if name == "RUN" and "pip --python" in arguments)
    assert '--require-hashes --requirement "$REQUIREMENTS"' in install
    assert ("ARG", "REQUIREMENTS=requirements.txt") in dockerfile()
    copied = [part for name, arguments in dockerfile() if name == "COPY" for part in arguments.split()[:-1]]
    ours = {part for part in copied if not part.startswith(("/", "--"))}
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == ours
    assert all((ROOT / part).exists() for part in ours)


def test_python_and_version_are_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base = next(arguments for name, arguments in dockerfile() if name == "ARG")  # the first one
    assert base == f"BASE=python:{project['requires-python'].removeprefix('>=')}-slim-bookworm"
    assert f'image.version="{__version__}"' in instruction("LABEL")
    images = {service["image"] for service in compose()["services"].values()}
    images |= {pod["containers"][0]["image"] for pod in pods().values()}
    assert images == {f"campus-archive:{__version__}"}


def test_nobody_is_root_and_the_root_file_system_is_read_only() -> None:
    user, group = instruction("USER").split(":")
    assert f"--uid {user}" in str(dockerfile())
    for pod in pods().values():
        assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["fsGroup"]) == (int(user), int(group))
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["containers"][0]["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    for service in compose()["services"].values():
        assert service["read_only"]
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    for file in ("campus-archive.service", "campus-archive-browse.service"):
        service = unit(file)["Service"]
        assert (service["User"], service["ProtectSystem"], service["NoNewPrivileges"]) == (
            "campus-archive",
            "strict",
            "yes",
        )


def test_the_archive_is_written_by_the_crawl_and_read_by_the_room() -> None:
    archive = image_environment()["ARCHIVE_DIR"]
    assert instruction("VOLUME") == archive
    services = compose()["services"]
    assert f"archive:{archive}" in services["crawl"]["volumes"]
    assert services["browse"]["volumes"] == [f"archive:{archive}:ro"]
    mounts = {name: pod["containers"][0]["volumeMounts"][0] for name, pod in pods().items()}
    assert mounts["crawl"] == {"name": "archive", "mountPath": archive}
    assert mounts["browse"] == {"name": "archive", "mountPath": archive, "readOnly": True}
    state = unit("campus-archive.service")["Service"]
    for file in ("campus-archive.service", "campus-archive-browse.service"):
        assert f"ARCHIVE_DIR=/var/lib/{state['StateDirectory']}" in unit(file)["Service"]["Environment"]
    assert "StateDirectory" not in unit("campus-archive-browse.service")["Service"]


def test_the_checks_look_where_something_is() -> None:
    assert f"$ARCHIVE_DIR/{HEARTBEAT}" in instruction("HEALTHCHECK").replace("\\", "")
    assert BEAT_SECONDS * 3 < 120
    assert int(instruction("EXPOSE")) == PORT
    assert compose()["services"]["browse"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert pods()["browse"]["containers"][0]["ports"][0]["containerPort"] == PORT
    assert f":{PORT}/-/versions.json" in str(compose()["services"]["browse"]["healthcheck"]["test"])


def test_no_path_of_another_machine_is_in_them() -> None:
    files = [ROOT / "Dockerfile", ROOT / "compose.yaml", *DEPLOY.rglob("*.*")]
    paths = {
        path
        for file in files
        for path in re.findall(r"(?<![\w.$}:/@)-])/(?:work|root|home)\b[\w/.-]*", file.read_text("utf-8"))
    }
    assert paths == set()


def test_workers_of_several_machines_run_our_commands_as_nobody_with_the_time_to_publish() -> None:
    services = yaml.safe_load((DEPLOY / "compose.scale.yaml").read_text("utf-8"))["services"]
    found = list(yaml.safe_load_all((DEPLOY / "kubernetes-scale/workers.yaml").read_text("utf-8")))
    room, service = yaml.safe_load_all((DEPLOY / "kubernetes-scale/room.yaml").read_text("utf-8"))
    pods = [found[0]["spec"]["template"]["spec"], found[1]["spec"]["jobTemplate"]["spec"]["template"]["spec"]]
    pods.append(room["spec"]["template"]["spec"])
    containers = [*(pod["containers"][0] for pod in pods), *pods[2]["initContainers"]]
    lines = [services["init"]["command"], services["worker"]["command"]]
    lines += [one["args"] for one in containers if one["args"][0] == "scale"]
    assert containers[2]["args"][0] == "browse"
    assert service["spec"]["ports"][0]["port"] == PORT
    for line in lines:
        command = Scale()
        parser = argparse.ArgumentParser(exit_on_error=False)
        parser.add_argument("args", nargs="*")
        command.settings = Settings()
        command.add_options(parser)
        assert line[0] == "scale"
        check_given(line[1], [], parser.parse_args(line[2:]))
    image = f"campus-archive-scale:{__version__}"
    assert {services["worker"]["image"], *(one["image"] for one in containers)} == {image}
    assert all(pod["securityContext"] == pods[0]["securityContext"] for pod in pods)
    assert pods[0]["securityContext"]["runAsUser"] == int(instruction("USER").split(":")[0])
    assert services["worker"]["read_only"]
    assert services["worker"]["restart"] == "always"  # a worker ends when PostgreSQL is away for good
    assert pods[0]["terminationGracePeriodSeconds"] > TERM_SECONDS + sum(PAUSES)

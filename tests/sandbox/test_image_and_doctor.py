"""The image's definition and its build, and what `exitree doctor` says."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from sandbox import SandboxError
from sandbox.diagnosis import Check, diagnose
from sandbox.hardening import HARNESS_FOLDER, USER_ID
from sandbox.image import default_image, sources
from sandbox.image.build import build_arguments, build_context, build_image
from scaffold.cli.main import run


def test_the_image_holds_the_harness_and_its_user() -> None:
    context = sources()
    dockerfile = context["Dockerfile"].decode()
    assert f"COPY harness {HARNESS_FOLDER}/sandbox/harness" in dockerfile
    assert f"USER {USER_ID}:{USER_ID}" in dockerfile
    assert "harness/main.py" in context
    assert default_image().startswith("exitree-sandbox:")


def test_certificates_and_index_settings_stay_out_of_the_final_stage() -> None:
    with tarfile.open(fileobj=build_context(b"CERTIFICATE")) as archive:
        certificates = archive.extractfile("ca-bundle.crt")
        assert certificates is not None
        assert certificates.read() == b"CERTIFICATE"
    final_stage = sources()["Dockerfile"].decode().split("FROM ${BASE}")[-1]
    for word in ("ca-bundle", "PIP_", "COPY --from=libraries /build"):
        assert word not in final_stage


def test_only_settings_that_hold_in_a_container_are_passed_on() -> None:
    environment = {
        "PIP_INDEX_URL": "https://index.example/simple",
        "PIP_EXTRA_INDEX_URL": "file:///srv/packages",
        "PIP_FIND_LINKS": "/srv/wheels",
        "OPENAI_API_KEY": "secret",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "PIP_TRUSTED_HOST": "",
    }
    assert build_arguments("debian:x", environment) == {
        "BASE": "debian:x",
        "PIP_INDEX_URL": "https://index.example/simple",
        "HTTPS_PROXY": "http://proxy.example:3128",
    }


@pytest.mark.docker
def test_a_base_that_cannot_be_had_is_one_error_with_a_way_out() -> None:
    with pytest.raises(SandboxError, match="exitree-no-such-base:none cannot be had") as caught:
        list(build_image(base="exitree-no-such-base:none", tag="exitree-no-such-image:none"))
    assert "--base" in caught.value.hint
    assert "debootstrap" in caught.value.hint


@pytest.mark.docker
def test_the_doctor_finds_both_sandboxes_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)
    assert {check["sandbox"] for check in checks} == {"docker", "process"}
    assert [check for check in checks if not check["ok"]] == []
    inside = next(check for check in checks if check["name"] == "libraries")
    for library in ("numpy", "pandas", "scikit-learn", "lightgbm"):
        assert library in inside["detail"]
    assert run(["doctor"]) == 0
    assert "warm interpreter" in capsys.readouterr().out


def test_the_doctor_names_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing.sock")
    engine, *others = diagnose()
    assert isinstance(engine, Check)
    assert (engine.name, engine.ok) == ("engine", False)
    assert "install Docker" in engine.hint
    assert {check.sandbox for check in others} == {"process"}
    assert run(["doctor"]) == 0  # scripts can still run
    assert "install Docker" in " ".join(capsys.readouterr().out.split())
    assert run(["sandbox", "build"]) == 3
    assert "error: no Docker engine answers" in capsys.readouterr().err

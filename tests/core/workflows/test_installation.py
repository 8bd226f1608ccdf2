from __future__ import annotations

import importlib.metadata

import pytest

from core.workflows import installation
from core.workflows.installation import check_installation, check_lines, installation_json


@pytest.fixture
def few(monkeypatch):
    """Only small packages, so that a check takes no seconds."""
    small = [one for one in installation.requirements() if one.name in ("numpy", "platformdirs")]
    assert len(small) == 2
    monkeypatch.setattr(installation, "requirements", lambda: small)


@pytest.mark.usefixtures("few")
def test_a_sound_installation_is_fine_in_every_part():
    checks = check_installation()
    names = [check.name for check in checks]

    assert names == ["Python", "numpy", "platformdirs", "window", "data folder"]
    assert all(check.is_fine for check in checks)
    assert check_lines(checks)[0].startswith("5 of 5 checks of the installation are fine")
    assert set(installation_json(checks)[0]) == {"name", "found", "is_fine", "note"}


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("version", "said"), [("0.1", "0.1, wanted"), (None, "missing")], ids=["old", "missing"]
)
def test_an_old_or_missing_package_is_named_with_the_command_that_mends_it(
    monkeypatch, version, said
):
    real = importlib.metadata.version

    def installed(name: str) -> str:
        if name != "numpy":
            return real(name)
        if version is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(importlib.metadata, "version", installed)
    (wrong,) = [check for check in check_installation() if not check.is_fine]

    assert wrong.name == "numpy"
    assert said in wrong.found
    assert "pip install" in wrong.note
    assert check_lines([wrong])[0].startswith("✗ numpy")


@pytest.mark.usefixtures("few")
def test_a_package_that_ends_the_program_is_named_and_the_rest_is_still_checked(
    monkeypatch, tmp_path
):
    (tmp_path / "numpy.py").write_text("import os; os._exit(3)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    checks = {check.name: check for check in check_installation()}

    assert "ends the program" in checks["numpy"].found
    assert checks["platformdirs"].is_fine


@pytest.mark.usefixtures("few")
def test_a_package_that_cannot_be_imported_says_why(monkeypatch, tmp_path):
    (tmp_path / "numpy.py").write_text("raise ImportError('no such library')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    checks = {check.name: check for check in check_installation()}

    assert "no such library" in checks["numpy"].found


@pytest.mark.usefixtures("few")
def test_a_data_folder_that_is_a_file_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "file"))
    folder = check_installation()[-1]

    assert not folder.is_fine
    assert "FIELDCHECK_HOME" in folder.note


def test_without_an_installed_package_the_declared_needs_are_read(monkeypatch):
    wanted = {one.name for one in installation.requirements()}

    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", missing)

    assert {one.name for one in installation.requirements()} == wanted
    assert "torch" in wanted and "pytest" not in wanted

"""Where every line lives: the top level, the source root that is no package, what is never committed."""

import importlib.metadata
import json
import platform
import re
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP_LEVEL = {
    "README.md",
    "billing",
    "deploy",
    "extranet",
    "manage.py",
    "platform",
    "pyproject.toml",
    "storage",
    "tenants",
    "tests",
    "themes",
}
SOURCE_ROOTS = [ROOT, ROOT / "platform"]
#: In two halves, so that this file does not name them itself.
REGISTRIES = [
    ("pypi", "org"),
    ("python", "hosted.org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("debian", "org"),
    ("ubuntu", "com"),
    ("docker", "io"),
    ("ghcr", "io"),
    ("quay", "io"),
    ("unpkg", "com"),
    ("jsdelivr", "net"),
    ("cloudflare", "com"),
    ("githubusercontent", "com"),
]


@cache
def committed() -> list[str]:
    """The files that are or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def packages() -> set[str]:
    """The top-level import names of the product."""
    found = {folder.name for root in SOURCE_ROOTS for folder in root.iterdir() if (folder / "__init__.py").exists()}
    assert {"kernel", "config", "accounts", "mail", "tenants", "extranet", "billing", "storage", "themes"} <= found
    return found


def test_platform_is_the_standard_librarys() -> None:
    standard_library = Path(sysconfig.get_paths()["stdlib"]).resolve()
    assert Path(platform.__file__).resolve().is_relative_to(standard_library)
    assert platform.python_version_tuple()[:2] == ("3", "13")
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not list((ROOT / "tests").glob("**/platform"))


def test_no_name_of_ours_is_anothers() -> None:
    shipped = importlib.metadata.packages_distributions()
    for name in packages():
        assert name not in sys.stdlib_module_names
        assert set(shipped.get(name, [])) <= {"diagdesk"}, f"{name} also comes with {shipped[name]}"


def test_packages_are_those_that_the_wheel_and_the_linters_name() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = {name.rsplit("/", 1)[-1] for name in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert wheel == packages()
    assert set(project["tool"]["importlinter"]["root_packages"]) == packages()
    assert packages() <= set(project["tool"]["mypy"]["packages"])


def test_the_top_level_is_fixed() -> None:
    entries = {name.split("/", 1)[0] for name in committed()}
    assert {entry for entry in entries if not entry.startswith(".")} <= TOP_LEVEL


def test_each_folder_of_code_says_what_it_is_for() -> None:
    for name in packages() & TOP_LEVEL | {"platform", "deploy", "tests"}:
        assert (ROOT / name / "README.md").exists(), name


def test_lock_files_hold_no_addresses() -> None:
    assert "uv.lock" not in committed()
    for name in committed():
        if name.endswith("package-lock.json"):
            for path, package in json.loads((ROOT / name).read_text(encoding="utf-8"))["packages"].items():
                assert "resolved" not in package, path
        if re.fullmatch(r"deploy/requirements.*\.txt", name):
            assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def _host(name: str, ending: str) -> str:
    return f"{name}{ending}" if "." in ending else f"{name}.{ending}"


@pytest.mark.parametrize("registry", REGISTRIES, ids="-".join)
def test_no_file_names_a_registry(registry: tuple[str, str]) -> None:
    host = _host(*registry).encode()
    assert [name for name in committed() if host in (ROOT / name).read_bytes()] == []


def test_nothing_made_by_a_run_is_committed() -> None:
    made = re.compile(r"\.(pyc|mo|log|sqlite3|part|orig|rej)$|(^|/)(__pycache__|node_modules|\.data|\.static|\.venv)/")
    assert [name for name in committed() if made.search(name)] == []


def test_no_secret_is_committed() -> None:
    shapes = ("-----BEGIN [A-Z ]*PRIVATE[ ]KEY", "AKIA[0-9A-Z]{16}", "sk_live_[0-9A-Za-z]{24,}", "ghp_[A-Za-z0-9]{30}")
    marks = re.compile("|".join(shapes).encode())
    assert [name for name in committed() if marks.search((ROOT / name).read_bytes())] == []

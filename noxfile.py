"""Every check of the project: `nox` runs them all. Sessions that are not run by default measure, or take long.

What checks install is pinned, with hashes, in `locks/`; `nox -s lock` writes these files anew.
"""

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
PYPROJECT = nox.project.load_toml("pyproject.toml")

#: Where every line and branch must be covered, and where 95 % is enough.
FULLY_COVERED = "src/copy_that_orch/orchestrator/*,src/copy_that_orch/tokens/*"


#: What the lock of a session holds: groups of pyproject.toml, and the package's own dependencies where it is installed.
LOCKS = {
    "nox": ("nox",),
    "lint": ("lint",),
    "types": ("package", "build", "types", "test", "nox", "browser"),
    "tests": ("package", "build", "test"),
    "consumers": ("package", "build", "test", "consumers"),
    "browser": ("package", "build", "test", "browser"),
}


def _group(name: str) -> list[str]:
    return list(nox.project.dependency_groups(PYPROJECT, name))


def _install(session: nox.Session, lock: str) -> None:
    """Install what is locked, and nothing else; and the package itself, editable, where its dependencies are locked."""
    session.install("--require-hashes", "-r", f"locks/{lock}.txt")
    if "package" in LOCKS[lock]:
        session.install("--no-deps", "--no-build-isolation", "-e", ".")


@nox.session
def lint(session: nox.Session) -> None:
    """Style and suspicious code: ruff and its formatter."""
    _install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types: mypy --strict over sources, tests and examples."""
    _install(session, "types")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, with branch coverage: 100 % of the engine and the tokens, 95 % of the rest."""
    _install(session, "tests")
    session.run("coverage", "erase")
    on_every_cpu = ("--numprocesses=auto", "--dist=worksteal")
    session.run("pytest", "--cov", "--cov-report=", *(session.posargs or on_every_cpu))
    if not session.posargs:
        session.run("coverage", "report", f"--include={FULLY_COVERED}", "--fail-under=100")
        session.run("coverage", "report", f"--omit={FULLY_COVERED}", "--fail-under=95")


@nox.session
def docs(session: nox.Session) -> None:
    """The snippets in README.md and docs/ run."""
    _install(session, "tests")
    session.run("pytest", "-p", "no:cacheprovider", "README.md", "docs")


@nox.session
def consumers(session: nox.Session) -> None:
    """The tools that read our files take them. For more products, one in each folder of DIR: `-- --screens DIR`."""
    _install(session, "consumers")
    session.run("npm", "ci", "--prefix", "tests/consumers", silent=True)
    session.run("pytest", "tests/consumers", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """The report in Chromium, which has to be there: it renders, is accessible, and does what it offers."""
    _install(session, "browser")
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session(default=False)
def benchmarks(session: nox.Session) -> None:
    """Measure against peers, and write docs/benchmarks.md."""
    session.install("-e", ".", *_group("benchmarks"))
    session.run("python", "benchmarks/run.py")


@nox.session(default=False)
def accuracy(session: nox.Session) -> None:
    """Score the extractors against a folder of screens with their truth, and write docs/accuracy.md."""
    session.install("-e", ".[all]", *_group("palettes"))
    session.run("python", "benchmarks/accuracy.py", *session.posargs)


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Damage real image files for two minutes, or as many seconds as given, and preprocess them."""
    session.install("-e", ".[all]")
    session.run("python", "-m", "tests.fuzz.fuzz_preprocess", *(session.posargs or ["120"]))


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Write the files in locks/ anew. Versions stay as they are where they can: `-- --upgrade` takes the newest."""
    session.install("uv")
    for name, groups in LOCKS.items():
        chosen = ["--extra=all" if group == "package" else f"--group={group}" for group in groups]
        sources = ["pyproject.toml"] if "package" in groups else []
        session.run(
            *("uv", "pip", "compile", *sources, *chosen, "--universal", "--python-version=3.11", "--generate-hashes"),
            # Without the extras, pip may look at a newer release than the pinned one, which has no hash here, and stop.
            *("--no-strip-extras", "--no-header", "--no-annotate", "--quiet", f"--output-file=locks/{name}.txt"),
            *session.posargs,
        )


@nox.session(default=False)
def audit(session: nox.Session) -> None:
    """Look what is locked up in PyPI's list of known holes."""
    session.install("pip-audit")
    for name in LOCKS:
        session.run("pip-audit", "--strict", "--require-hashes", "--disable-pip", f"--requirement=locks/{name}.txt")


@nox.session(default=False)
def reliability(session: nox.Session) -> None:
    """Kill runs at random moments and run them again: `-- kills [DIR]`; write docs/reliability.md."""
    session.install("-e", ".[all]")
    session.run("python", "-m", "tests.reliability.run", *(session.posargs or ["kills"]))


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Send a million items through the engine, look for leaks for minutes, and write docs/reliability.md."""
    session.install("-e", ".[all]")
    session.run("python", "-m", "tests.reliability.run", "soak", *session.posargs)

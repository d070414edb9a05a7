"""Every check of the project: `nox` runs them all. `benchmarks` and `accuracy` measure, and are no checks."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
PYPROJECT = nox.project.load_toml("pyproject.toml")

#: Where every line and branch must be covered, and where 95 % is enough.
FULLY_COVERED = "src/copy_that_orch/orchestrator/*,src/copy_that_orch/tokens/*"


def _group(name: str) -> list[str]:
    return list(nox.project.dependency_groups(PYPROJECT, name))


@nox.session
def lint(session: nox.Session) -> None:
    """Style and suspicious code: ruff and its formatter."""
    session.install(*_group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types: mypy --strict over sources, tests and examples."""
    session.install("-e", ".[all]", *_group("types"), *_group("test"), "nox")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, with branch coverage: 100 % of the engine and the tokens, 95 % of the rest."""
    session.install("-e", ".[all]", *_group("test"))
    session.run("coverage", "erase")
    session.run("pytest", "--cov", "--cov-report=", *session.posargs)
    if not session.posargs:
        session.run("coverage", "report", f"--include={FULLY_COVERED}", "--fail-under=100")
        session.run("coverage", "report", f"--omit={FULLY_COVERED}", "--fail-under=95")


@nox.session
def docs(session: nox.Session) -> None:
    """The snippets in README.md and docs/ run."""
    session.install("-e", ".[all]", *_group("test"))
    session.run("pytest", "-p", "no:cacheprovider", "README.md", "docs")


@nox.session
def consumers(session: nox.Session) -> None:
    """The tools that read our files take them. For more products, one in each folder of DIR: `-- --screens DIR`."""
    session.install("-e", ".[all]", *_group("test"), *_group("consumers"))
    session.run("npm", "ci", "--prefix", "tests/consumers", silent=True)
    session.run("pytest", "tests/consumers", *session.posargs)


@nox.session(default=False)
def benchmarks(session: nox.Session) -> None:
    """Measure against peers, and write docs/benchmarks.md."""
    session.install("-e", ".", *_group("benchmarks"))
    session.run("python", "benchmarks/run.py")


@nox.session(default=False)
def accuracy(session: nox.Session) -> None:
    """Score the extractors against a folder of screens with their truth, and write docs/accuracy.md."""
    session.install("-e", ".[all]")
    session.run("python", "benchmarks/accuracy.py", *session.posargs)


@nox.session(default=False)
def fuzz(session: nox.Session) -> None:
    """Damage real image files for two minutes, or as many seconds as given, and preprocess them."""
    session.install("-e", ".[all]")
    session.run("python", "-m", "tests.fuzz.fuzz_preprocess", *(session.posargs or ["120"]))

"""What went wrong, as a message with a code and an exit code: nobody sees a traceback.

Exit codes: 0 fine, 1 the rules or the data have findings (or the computer gave out), 2 the call was wrong,
130 stopped by the user, 141 the reader of a pipe went away.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import click
from attrs import frozen

from rulelang.diagnostics.diagnostic import DataError, Diagnostic, RuleError
from rulelang.diagnostics.position import Source

FINE, FINDINGS, WRONG_CALL, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141

# Findings that say the call was wrong, wherever they were found.
WRONG_CALL_CODES = frozenset(
    {
        "ambiguous-ruleset",
        "column-type",
        "database-address",
        "database-login",
        "database-unreachable",
        "data-and-engine",
        "long-column",
        "no-permission",
        "no-such-customer",
        "several-customers",
        "several-rule-files",
        "which-row",
        "no-such-database",
        "no-such-table",
        "query-failed",
        "table-exists",
        "unknown-database",
        "diff-needs-data",
        "calendar-of-days",
        "engine-cannot",
        "file-there",
        "folder-not-empty",
        "is-a-folder",
        "missing-extra",
        "memory-option",
        "no-access",
        "no-decisions",
        "no-such-file",
        "no-such-folder",
        "no-such-record",
        "no-such-map",
        "no-such-revision",
        "no-such-row",
        "no-such-ruleset",
        "no-such-schema",
        "no-such-sheet",
        "not-a-folder",
        "not-a-length-option",
        "not-a-limit",
        "not-a-pair",
        "not-in-revision",
        "nothing-for-each",
        "nothing-to-compare",
        "plugin-name",
        "rulepack-ending",
        "ruleset-name",
        "same-file",
        "threshold-value",
        "two-data-files",
        "unknown-column-option",
        "unknown-delimiter",
        "unknown-dialect",
        "unknown-encoding",
        "unknown-field-option",
        "unknown-output",
        "unknown-quality",
        "unknown-threshold",
        "unwritable-file",
    }
)


class CommandError(Exception):
    """Ends a command with messages on standard error and an exit code."""

    def __init__(self, *diagnostics: Diagnostic, exit_code: int = WRONG_CALL, sources: Sequence[Source] = ()) -> None:
        super().__init__(", ".join(each.code for each in diagnostics))
        self.diagnostics = diagnostics
        self.exit_code = exit_code
        self.sources = tuple(sources)

    def __reduce__(self) -> tuple[Any, ...]:
        made = partial(type(self), exit_code=self.exit_code, sources=self.sources)
        return made, self.diagnostics, vars(self)


@frozen
class Ending:
    """How a command that failed ends: what to say, and the exit code."""

    exit_code: int
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: tuple[Source, ...] = ()
    unexpected: bool = False


def wrong_call(code: str, nearest: tuple[str, ...] = (), /, **facts: object) -> CommandError:
    """A failure that says the call was wrong (exit 2)."""
    return CommandError(Diagnostic(code, facts=facts, nearest=nearest))


def exit_code_of(diagnostics: Iterable[Diagnostic]) -> int:
    """2 where one of the findings says the call was wrong, else 1."""
    return WRONG_CALL if any(each.code in WRONG_CALL_CODES for each in diagnostics) else FINDINGS


def ending(problem: BaseException) -> Ending:
    """How a command ends that raised this."""
    match problem:
        case CommandError():
            return Ending(problem.exit_code, problem.diagnostics, problem.sources)
        case click.exceptions.Exit():
            return Ending(problem.exit_code)
        case click.UsageError():
            return Ending(WRONG_CALL, (_usage(problem),))
        case KeyboardInterrupt() | click.Abort():
            return Ending(INTERRUPTED, (Diagnostic("interrupted"),))
        case BrokenPipeError():
            return Ending(PIPE_CLOSED)
        case MemoryError():
            return Ending(FINDINGS, (Diagnostic("out-of-memory"),))
        case RecursionError():
            return Ending(FINDINGS, (Diagnostic("too-deep"),))
        case OSError():
            return _system(problem)
        case RuleError() | DataError():
            return Ending(exit_code_of(problem.diagnostics), problem.diagnostics)
    text = f"{type(problem).__name__}: {problem}".strip().rstrip(":")
    return Ending(FINDINGS, (Diagnostic("internal-error", facts={"error": " ".join(text.split())}),), unexpected=True)


def _system(problem: OSError) -> Ending:
    file = str(problem.filename) if problem.filename else ""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return Ending(FINDINGS, (Diagnostic("disk-full", facts={"file": file}),))
    if isinstance(problem, FileNotFoundError) and file:
        return Ending(WRONG_CALL, (Diagnostic("no-such-file", facts={"file": file}),))
    reason = problem.strerror or str(problem) or type(problem).__name__
    code = "system-error" if not file else "no-access"
    return Ending(WRONG_CALL if file else FINDINGS, (Diagnostic(code, facts={"file": file, "reason": reason}),))


def _usage(problem: click.UsageError) -> Diagnostic:
    """A complaint of click in our words."""
    match problem:
        case click.exceptions.NoSuchOption():
            near = tuple(problem.possibilities or _similar(problem.option_name, problem.ctx))
            return Diagnostic("no-such-option", facts={"option": problem.option_name}, nearest=near)
        case click.exceptions.BadOptionUsage():
            return Diagnostic("option-needs-value", facts={"option": problem.option_name})
        case click.exceptions.MissingParameter():
            texts = getattr(problem.param, "texts", None)
            told = {} if texts is None else {"what": texts[0], "what_zh": texts[1]}
            return Diagnostic("missing-argument", facts={"argument": _name(problem), **told})
        case click.exceptions.BadParameter():
            return Diagnostic("bad-argument", facts={"argument": _name(problem), "reason": problem.message})
    return Diagnostic("wrong-usage", facts={"reason": problem.message})


def _similar(option: str, context: click.Context | None) -> list[str]:
    known = [name for each in context.command.params for name in each.opts] if context else []
    return difflib.get_close_matches(option, known, n=2)


def _name(problem: click.exceptions.BadParameter) -> str:
    parameter = problem.param
    if parameter is None:
        return ""
    if isinstance(parameter, click.Argument) and problem.ctx:
        return parameter.make_metavar(problem.ctx)
    return parameter.opts[-1]

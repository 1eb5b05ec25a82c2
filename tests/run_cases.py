# SPDX-License-Identifier: Apache-2.0
"""Runs text cases: commands with the output, exit code and files they must give. Python's standard library only.

A case file (tests/cases/*.case) holds steps from top to bottom; each file runs in a fresh folder of its own:

  # a comment
  <<file NAME          the lines up to '>>' become the file NAME ($DATA and $MOCK are replaced)
  ...
  >>
  <<python             the lines up to '>>' are run by Python in the case's folder
  ...
  >>
  $ dhs scan --help    a command line for bash; stdout and stderr together must be the lines that follow
  expected line        '[..]' in a line stands for any text; a line '[...]' stands for any number of lines
  ? 3                  the exit code the command must have (0 when left out)
  ! no PATH            nothing of that name is there     (a glob pattern)
  ! has PATH           something of that name is there   (a glob pattern)

$DATA is testing/data. $MOCK is a small mock survey with hard cases, made once for all cases by the program under test.
With --expect-failures every case must fail: the planted cases prove that the runner can say no.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TIMEOUT_S = 600
# What --update does not pin: times, rates, times of day, commits, sizes of files that name $DATA.
VARIABLE = re.compile(r"\d+\.\d+(?= s\b)|[\d,]+(?= rows/s)|[\d.]+ [kMGT]?B(?=/s)|\d{4}-\d\d-\d\dT[\d:]+Z"
                      r"|(?<=\(commit )[^),]+|(?<=^fingerprint  )\w+|(?<=sweeps\.txt \()\d+ B")


class Step:
    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line
        self.expected, self.code = [], 0


def parse(path):
    steps, lines = [], path.read_text().splitlines()
    i = 0
    while i < len(lines):
        line = lines[i]
        number = i + 1
        i += 1
        if line.startswith("<<"):
            body = []
            while i < len(lines) and lines[i] != ">>":
                body.append(lines[i])
                i += 1
            if i == len(lines):
                raise ValueError(f"{path.name}:{number}: '<<' without '>>'")
            i += 1
            kind, _, name = line[2:].partition(" ")
            if kind not in ("file", "python"):
                raise ValueError(f"{path.name}:{number}: unknown block '{kind}'")
            steps.append(Step(kind, (name, "\n".join(body) + "\n"), number))
        elif line.startswith("$ "):
            step = Step("run", line[2:], number)
            while i < len(lines) and not lines[i].startswith(("$ ", "? ", "! ", "# ", "<<")):
                step.expected.append(lines[i])
                i += 1
            while step.expected and not step.expected[-1].strip():
                step.expected.pop()
            if i < len(lines) and lines[i].startswith("? "):
                step.code = int(lines[i][2:])
                i += 1
            steps.append(step)
        elif line.startswith("! "):
            steps.append(Step("files", line[2:], number))
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"{path.name}:{number}: expected a step, found '{line}'")
    return steps


def pattern_of(lines):
    parts = []
    for line in lines:
        if line.strip() == "[...]":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append("[^\n]*".join(re.escape(p) for p in line.rstrip().split("[..]")) + "\n")
    return re.compile("".join(parts) + r"\Z")


def plain(output):
    """Output without blanks at the ends of lines and blank lines at its end, which a case file would not show."""
    lines = [line.rstrip() for line in output.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(line + "\n" for line in lines)


class Runner:
    def __init__(self, dhs, data, mock):
        self.dhs, self.data, self.mock = dhs, data, mock

    def environment(self, folder):
        links = folder / ".bin"
        links.mkdir()
        (links / "dhs").symlink_to(self.dhs)
        return {**os.environ, "PATH": f"{links}:{os.environ['PATH']}", "DATA": str(self.data), "MOCK": str(self.mock),
                "TERM": "dumb", "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self, step, cwd, env):
        done = subprocess.run(["bash", "-c", step.text], cwd=cwd, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=TIMEOUT_S)
        output = done.stdout.decode("utf-8", "replace")
        for name in ("DATA", "MOCK"):
            output = output.replace(env[name], "$" + name)
        output = output.replace(str(cwd), "$PWD")
        problems = []
        if done.returncode != step.code:
            problems.append(f"exit code {done.returncode}, expected {step.code}")
        if not pattern_of(step.expected).match(plain(output)):
            problems.append("other output than expected")
        if problems:
            expected = "".join(f"  | {line}\n" for line in step.expected)
            found = "".join(f"  | {line}\n" for line in output.splitlines())
            return f"$ {step.text}\n{'; '.join(problems)}\nexpected\n{expected}found\n{found}", output
        return None, output

    def run(self, path, update=False):
        """None, or what went wrong."""
        outputs = {}
        with tempfile.TemporaryDirectory(prefix="dhs-case-") as folder:
            env = self.environment(Path(folder))
            cwd = Path(folder) / "work"
            cwd.mkdir()
            for step in parse(path):
                problem = None
                if step.kind == "file":
                    name, body = step.text
                    target = cwd / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_text(body.replace("$DATA", env["DATA"]).replace("$MOCK", env["MOCK"]))
                elif step.kind == "python":
                    done = subprocess.run([sys.executable, "-c", step.text[1]], cwd=cwd, env=env, text=True,
                                          capture_output=True)
                    problem = done.stderr if done.returncode else None
                elif step.kind == "files":
                    word, _, name = step.text.partition(" ")
                    found = glob.glob(str(cwd / name), recursive=True)
                    if word not in ("no", "has") or bool(found) != (word == "has"):
                        problem = f"! {step.text}\nfound {[os.path.relpath(f, cwd) for f in found]}"
                else:
                    problem, outputs[step.line] = self.command(step, cwd, env)
                    if update:
                        problem = None
                if problem:
                    return f"{path}:{step.line}: {problem}"
        if update:
            rewrite(path, outputs)
        return None


def rewrite(path, outputs):
    """Puts the outputs found in place of those expected that do not match; times become '[..]'."""
    lines, result = path.read_text().splitlines(), []
    steps = {step.line: step for step in parse(path) if step.kind == "run"}
    skip_until = 0
    for number, line in enumerate(lines, 1):
        if number <= skip_until:
            continue
        result.append(line)
        step = steps.get(number)
        if step is None or pattern_of(step.expected).match(plain(outputs[number])):
            continue
        end = number
        while end < len(lines) and not lines[end].startswith(("$ ", "? ", "! ", "# ", "<<")):
            end += 1
        skip_until = end
        result += [VARIABLE.sub("[..]", text).rstrip() for text in outputs[number].splitlines()]
    path.write_text("\n".join(result) + "\n")


def make_mock(dhs, folder):
    mock = Path(folder) / "mock"
    subprocess.run([dhs, "mock", "survey", "--bricks", "16", "--seed", "3", "--hard-cases", "--out", str(mock), "--quiet"],
                   check=True)
    return mock


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dhs", required=True, help="program under test")
    parser.add_argument("--data", default=HERE.parent / "testing" / "data", type=Path)
    parser.add_argument("--jobs", default=os.cpu_count(), type=int)
    parser.add_argument("--expect-failures", action="store_true", help="every case must fail")
    parser.add_argument("--update", action="store_true", help="write the outputs found into the cases")
    parser.add_argument("cases", nargs="*", type=Path, help="case files or folders (default: tests/cases)")
    args = parser.parse_args()
    cases = []
    for path in args.cases or [HERE / "cases"]:
        cases += sorted(path.glob("*.case")) if path.is_dir() else [path]
    if not cases:
        sys.exit("no cases found")
    with tempfile.TemporaryDirectory(prefix="dhs-cases-") as folder:
        dhs = Path(args.dhs).resolve()
        mock = make_mock(dhs, folder) if any("$MOCK" in path.read_text() for path in cases) else Path(folder)
        runner = Runner(dhs, args.data.resolve(), mock)
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            problems = list(pool.map(lambda path: runner.run(path, args.update), cases))
    failed = [problem for problem in problems if problem]
    if args.expect_failures:
        passed = [str(path) for path, problem in zip(cases, problems) if not problem]
        print(f"{len(failed)} of {len(cases)} planted cases were caught")
        sys.exit(f"not caught: {passed}" if passed else 0)
    for problem in failed:
        print(problem + "\n")
    print(f"{len(cases) - len(failed)} of {len(cases)} cases passed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

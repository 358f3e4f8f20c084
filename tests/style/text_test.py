"""Sizes, names, words and formats of the tracked files."""
import pathlib
import re
import shutil
import subprocess

from source_tree import CPP, ROOT, TEXT, StyleTest, code_only, files, functions, text, tracked

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
# The law of names (STYLE). "Personal data" is a term of the law and stays.
FORBIDDEN_NAMES = {"manager", "helper", "helpers", "util", "utils", "processor", "data", "info", "handle"}
SELF = "tests/style/"


def words(identifier: str) -> set[str]:
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", identifier.replace("PersonalData", "").replace("personal_data", ""))
    return set(spaced.lower().split("_"))


def prose() -> list[str]:
    """Text that somebody wrote; kept inputs of fuzzing and golden files are bytes."""
    bytes_of_tests = ("tests/fuzz/corpus/", "tests/golden/log/")
    return [p for p in tracked() if pathlib.PurePath(p).suffix in TEXT and p != "LICENSE" and not p.startswith(bytes_of_tests)]


class Sizes(StyleTest):
    def test_functions_are_measured(self):
        sample = "namespace a {\nint f(int x,\n      int y) const {\n" + "  x += y;\n" * 80 + "}\n}  // namespace a\n"
        self.assertEqual([(n, lines) for _, n, lines in functions(sample)], [(2, 83)])

    def test_files(self):
        found = []
        for path in files(".cpp", ".hpp", ".proto", ".py", ".ts", ".vue", ".cmake"):
            lines = text(path).count("\n")
            if lines > FILE_LINES_MAX:
                found.append((path, f"{lines} lines; what are they really two of?"))
        self.expect_none("file size", found)

    def test_functions(self):
        found = [(p, f"line {number}: {lines} lines: {name}") for p in files(*CPP) for name, number, lines in functions(text(p))
                 if lines > FUNCTION_LINES_MAX]
        self.expect_none("function size", found)


class Names(StyleTest):
    def test_words_are_split(self):
        self.assertEqual(words("SessionManager"), {"session", "manager"})
        self.assertFalse(words("PersonalDataOpened") & FORBIDDEN_NAMES)

    def test_file_names_are_snake_case(self):
        found = [(p, "not snake_case") for p in files(".cpp", ".hpp", ".proto", ".py") if not re.fullmatch(r"[a-z0-9_]+\.[a-z]+", pathlib.PurePath(p).name)]
        self.expect_none("snake_case", found)

    def test_file_names_say_what_it_is(self):
        found = [(p, "a name that says nothing") for p in files(*CPP, ".proto", ".py", ".ts", ".vue")
                 if set(re.split(r"[_./-]", p.lower())) & FORBIDDEN_NAMES]
        self.expect_none("names", found)

    def test_types_and_functions_say_what_they_are(self):
        found = []
        for path in files(*CPP):
            code = code_only(text(path))
            named = re.findall(r"^\s*(?:class|struct|enum class|enum|using)\s+(\w+)", code, flags=re.M)
            named += [name.split("(")[0].split()[-1] for name, _, _ in functions(text(path)) if re.match(r"[\w:<>*&, ]+\s[\w:~]+\(", name)]
            found += [(path, name) for name in named if words(name.split("::")[-1]) & FORBIDDEN_NAMES]
        self.expect_none("names", found)


class Words(StyleTest):
    def absent(self, rule: str, pattern: str, flags: int = 0, under: tuple[str, ...] = ()) -> None:
        found = []
        for path in prose():
            if path.startswith(SELF) or (under and not path.startswith(under)):
                continue
            for number, line in enumerate(text(path).split("\n"), 1):
                if re.search(pattern, line, flags):
                    found.append((path, f"line {number}: {line.strip()[:120]}"))
        self.expect_none(rule, found)

    def test_call_outs_are_called_so(self):
        self.absent("glossary", r"whistle", re.I)

    def test_nothing_is_left_for_later(self):
        self.absent("unfinished", r"\b(TODO|FIXME|XXX|HACK)\b|GTEST_SKIP|\bDISABLED_|not implemented|test\.skip|unittest\.skip|skipTest|SkipTest|skip_test|NotImplementedError")

    def test_no_path_of_a_machine(self):
        self.absent("paths", r"(^|[\s\"'`=(:,])/(home|root|work|Users|mnt)/|(^|[\s\"'`=(:,])/tmp/")

    def test_nothing_secret(self):
        self.absent("secrets", r"BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY|\bghp_[A-Za-z0-9]{20}|\bAKIA[0-9A-Z]{16}")

    def test_no_text_is_half_merged(self):
        self.absent("merge marks", r"^(<{7}|>{7}|={7})( |$)")


class Formats(StyleTest):
    def test_headers_guard_and_introduce_themselves(self):
        found = []
        for path in files(".hpp"):
            lines = text(path).split("\n")
            if not lines[0].startswith("//"):
                found.append((path, "opens without saying what it is"))
            if next((line for line in lines if line and not line.startswith("//")), "") != "#pragma once":
                found.append((path, "#pragma once is not the first line after the opening comment"))
        self.expect_none("headers", found)

    def test_each_folder_has_a_readme(self):
        folders = {str(pathlib.PurePath(p).parent) for p in files(*CPP, ".proto", ".py", ".ts", ".vue")}
        wanted = {f for f in folders if f != "."} | {"tests", "ops"}
        wanted |= {pathlib.PurePath(f).parts[0] for f in folders if f != "."}
        found = [(f, "no README.md") for f in sorted(wanted) if f"{f}/README.md" not in tracked()]
        self.expect_none("readme", found)

    def test_root_documents(self):
        for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "SECURITY.md"):
            with self.subTest(name):
                self.assertTrue(name in tracked(), "is missing")
        self.assertIn("Apache License", text("LICENSE"))

    def test_changelog(self):
        lines = text("CHANGELOG.md").split("\n")
        self.assertEqual(lines[0], "# Changelog")
        releases = [line for line in lines if line.startswith("## ")]
        self.assertEqual(releases[0], "## [Unreleased]")
        versions = []
        for line in releases[1:]:
            match = re.fullmatch(r"## \[(\d+)\.(\d+)\.(\d+)\] - \d{4}-\d{2}-\d{2}", line)
            self.assertIsNotNone(match, line)
            versions.append(tuple(map(int, match.groups())))
        self.assertEqual(versions, sorted(versions, reverse=True))
        kinds = {line[4:] for line in lines if line.startswith("### ")}
        self.assertLessEqual(kinds, {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"})

    def test_clang_format(self):
        program = shutil.which("clang-format-19")
        self.assertIsNotNone(program, "clang-format-19 is missing: run ops/setup")
        sources = files(*CPP)
        run = subprocess.run([program, "--dry-run", *sources], cwd=ROOT, capture_output=True, text=True, check=True)
        unformatted = sorted(set(re.findall(r"^(\S+?):\d+:\d+: (?:warning|error)", run.stderr, flags=re.M)))
        self.expect_none("clang-format", [(p, f"run clang-format-19 -i {p}") for p in unformatted])

    def test_shell_scripts(self):
        scripts = [p for p in tracked() if pathlib.PurePath(p).suffix in ("", ".sh") and text(p).startswith("#!/usr/bin/env bash")]
        self.assertIn("ops/test", scripts)
        run = subprocess.run(["shellcheck", *scripts], cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_text_files_end_well(self):
        found = [(p, "does not end with one line break") for p in prose() if text(p) and not text(p).endswith("\n")]
        found += [(p, "carriage returns") for p in prose() if "\r\n" in text(p)]
        self.expect_none("line ends", found)

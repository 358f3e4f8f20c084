"""Who may include whom: the table of ops/cmake/layers.cmake, read again from the #include lines."""
import pathlib
import re

from source_tree import CPP, StyleTest, allowed_layers, code_only, files, includes, layer_of, text

# Outside libraries and the folders whose business they are. An include of the library anywhere else is a finding.
HOMES = {
    r"<rocksdb/": ("adapters/rocksdb/", "tests/"),
    r"<boost/(beast|asio)": ("adapters/beast/", "tests/", "api/server/"),
    r"<(sodium|sodium/.*)\.?h?>": ("adapters/sodium/", "tests/"),
    r"<vips/": ("adapters/vips/", "tests/"),
    r"<(qpdf|libav[a-z]+)/": ("adapters/media/", "tests/"),
    r"<yaml-cpp/": ("adapters/yaml/", "adapters/csv/", "api/cli/", "tests/"),
    r"<(zmq|zmq_addon)\.hpp>|<zmq\.h>": ("adapters/zeromq/", "tests/"),
    r"<librdkafka/": ("adapters/kafka/", "tests/"),
    r"<prometheus/": ("adapters/prometheus/", "tests/"),
    r"<openssl/": ("eventstore/", "adapters/", "tests/"),
    r"<CLI/": ("api/cli/", "api/server/", "tests/"),
}
# What a pure folder may not reach for: clocks, files, chance, threads. Both fold the log to the same bytes everywhere.
IMPURE = {
    "domain/": r"#include <(fstream|filesystem|iostream|random|thread|mutex|condition_variable|atomic|future|ctime|time\.h|unistd\.h|sys/.*)>|_clock::now",
    "projections/": r"#include <(fstream|filesystem|iostream|random|thread|future|unistd\.h|sys/.*)>|_clock::now",
}


def folder(path: str) -> tuple[str, ...]:
    """What one target is made of: adapters/rocksdb, api/server, eventstore."""
    return pathlib.PurePath(path).parts[:2] if path.startswith(("adapters/", "api/")) else pathlib.PurePath(path).parts[:1]


def breaches(path: str, source: str, table: dict[str, set[str]]) -> list[str]:
    mine = layer_of(path)
    found = []
    for name in includes(source):
        theirs = None if name.startswith("<") else layer_of(name)
        if mine and theirs and theirs not in table[mine] and folder(path) != folder(name):
            found.append(f"{mine} may not include {name} ({theirs})")
        for pattern, homes in HOMES.items():
            if re.match(pattern, name) and not path.startswith(homes):
                found.append(f"{name} belongs to {', '.join(homes)}")
    return found


class Layers(StyleTest):
    def setUp(self):
        self.table = allowed_layers(text("ops/cmake/layers.cmake"))

    def test_the_table_is_found(self):
        self.assertEqual(self.table["domain"], {"domain"})
        self.assertIn("adapters", self.table["api_server"])

    def test_a_breach_is_seen(self):
        self.assertTrue(breaches("domain/requests/decide.cpp", '#include "eventstore/types.hpp"\n', self.table))
        self.assertTrue(breaches("api/http/server.cpp", '#include "adapters/segments/file.hpp"\n', self.table))
        self.assertTrue(breaches("api/http/server.cpp", "#include <rocksdb/db.h>\n", self.table))
        self.assertTrue(breaches("adapters/beast/loop.cpp", '#include "adapters/rocksdb/store.hpp"\n', self.table))
        self.assertFalse(breaches("adapters/beast/loop.cpp", '#include "adapters/beast/loop.hpp"\n', self.table))
        self.assertFalse(breaches("api/server/main.cpp", '#include "adapters/segments/file.hpp"\n', self.table))

    def test_includes_follow_the_table(self):
        self.expect_none("layers", [(p, b) for p in files(*CPP) for b in breaches(p, text(p), self.table)])

    def test_pure_folders_stay_pure(self):
        found = []
        for folder, pattern in IMPURE.items():
            for path in files(*CPP, under=folder):
                found += [(path, f"{match.group(0)} in a pure folder") for match in re.finditer(pattern, code_only(text(path)))]
        self.expect_none("pure", found)

    def test_includes_start_at_the_root(self):
        found = [(p, f'"{name}" does not start at the root') for p in files(*CPP) for name in includes(text(p))
                 if not name.startswith("<") and "/" not in name]
        self.expect_none("include from root", found)

    def test_every_source_stands_in_a_target(self):
        lists = "\n".join(text(p) for p in files(".txt") if pathlib.PurePath(p).name == "CMakeLists.txt")
        found = []
        for path in files(*CPP):
            if path.startswith("tests/") and path.endswith(".hpp"):
                continue  # headers of tests are not compiled alone
            parts = pathlib.PurePath(path).parts
            tails = ["/".join(parts[i:]) for i in range(len(parts))]
            if not any(re.search(rf"(?<![\w/]){re.escape(tail)}(?![\w])", lists) for tail in tails):
                found.append((path, "stands in no CMakeLists.txt"))
        self.expect_none("in a target", found)

    def test_every_python_test_is_run(self):
        lists = "\n".join(text(p) for p in files(".txt", under="tests/") if pathlib.PurePath(p).name == "CMakeLists.txt")
        mine = ("tests/style/", "tests/tour/tour_test.py")  # run by ops/test itself
        names = [p for p in files(".py", under="tests/") if p.endswith("_test.py") and not p.startswith(mine)]
        self.expect_none("run by a test", [(p, "stands in no CMakeLists.txt") for p in names if pathlib.PurePath(p).name not in lists])

    def test_targets_list_their_sources(self):
        self.expect_none("no globs", [(p, "file(GLOB") for p in files(".txt", ".cmake") if re.search(r"file\(\s*GLOB", text(p))])


class Threads(StyleTest):
    # `owner(new Thing)` is how a smart pointer takes what make_unique may not construct.
    PATTERN = r"(?<!\()\bnew\s+[A-Za-z_:(]|\bdelete\s+\w|std::j?thread\b(?!::)|std::async\b|\b(sleep_for|sleep_until|usleep|nanosleep)\b"

    def test_the_pattern_sees(self):
        for sample in ("auto* p = new Thing;", "std::thread t(run);", "std::this_thread::sleep_for(1s);"):
            self.assertRegex(code_only(sample), self.PATTERN)
        for sample in ("// a new thing", "std::unique_ptr<Thing> t(new Thing);", "void f() = delete;", "std::thread::id me;", 'say("new Thing");'):
            self.assertNotRegex(code_only(sample), self.PATTERN)

    def test_ownership_and_threads_live_at_the_edge(self):
        """In adapters, and in the composition root, which starts what the ports only describe."""
        found = []
        for path in files(*CPP):
            if path.startswith(("adapters/", "api/server/", "tests/")):
                continue
            for number, line in enumerate(code_only(text(path)).split("\n"), 1):
                if re.search(self.PATTERN, line):
                    found.append((path, f"line {number}: {line.strip()}"))
        self.expect_none("threads and new", found)

    def test_tests_do_not_sleep(self):
        """A benchmark may: it paces its load."""
        found = []
        for path in files(*CPP, under="tests/"):
            if path.startswith("tests/bench/"):
                continue
            for number, line in enumerate(code_only(text(path)).split("\n"), 1):
                if re.search(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b", line):
                    found.append((path, f"line {number}: {line.strip()}"))
        self.expect_none("sleep in tests", found)

"""pymerkle about a mirror: builds the tree of RFC 6962 from its records anew, and has roots and proofs agree with what the log signed.

third_opinion.py FOLDER: prints {"root", "inclusions", "consistencies"}, or says what does not fit and ends with 1. Runs with build/interop-python."""
import base64
import json
import pathlib
import sys

from pymerkle import InmemoryTree, InvalidProof, verify_consistency, verify_inclusion

WIDTH = 256


def name_of(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return "/".join(groups)


def files(folder: pathlib.Path, kind: str, size: int):
    """The contents of all files of a level, each with how many it holds."""
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        yield (folder / "tile" / kind / (name_of(index) + (f".p/{width}" if width < WIDTH else ""))).read_bytes(), width


def records(folder: pathlib.Path, size: int):
    for content, _ in files(folder, "entries", size):
        while content:
            length = int.from_bytes(content[:2], "big")
            yield content[2 : 2 + length]
            content = content[2 + length :]


def signed(file: pathlib.Path) -> tuple[int, bytes]:
    lines = file.read_text(encoding="utf-8").split("\n")
    return int(lines[1]), base64.b64decode(lines[2], validate=True)


def refuses(check) -> bool:
    try:
        check()
    except InvalidProof:
        return True
    return False


def judge(folder: pathlib.Path) -> dict:
    size, root = signed(folder / "checkpoint")
    tree = InmemoryTree(algorithm="sha256")
    for record in records(folder, size):
        tree.append_entry(record)
    assert tree.get_size() == size, f"{tree.get_size()} records, {size} were signed"
    assert tree.get_root(size) == root, "another root"
    leaves = [content[i * 32 : i * 32 + 32] for content, width in files(folder, "0", size) for i in range(width)]
    wrong = bytes([root[0] ^ 1]) + root[1:]
    inclusions = 0
    for index in {0, 1, size - 1, *range(0, size, 97), *range(255, size, WIDTH)}:
        proof = tree.prove_inclusion(index + 1, size)  # it counts from 1
        verify_inclusion(leaves[index], root, proof, index=index + 1, size=size)
        assert refuses(lambda: verify_inclusion(leaves[index], wrong, proof)), index  # noqa: B023
        inclusions += 1
    consistencies = 0
    for kept in sorted((folder / "checkpoints").iterdir()):
        before, then = signed(kept)
        proof = tree.prove_consistency(before, size)
        verify_consistency(then, root, proof, prior_size=before, later_size=size)
        assert before == size or refuses(lambda: verify_consistency(then, wrong, proof)), kept  # noqa: B023
        consistencies += 1
    return {"root": root.hex(), "inclusions": inclusions, "consistencies": consistencies}


if __name__ == "__main__":
    try:
        print(json.dumps(judge(pathlib.Path(sys.argv[1]))))
    except (AssertionError, InvalidProof, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")

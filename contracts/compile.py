"""Compile every contract of this folder into ``compiled/<name>.json``.

The compiled files are committed, so that running the sandbox needs no compiler; a test compiles again and
compares. Usage: ``python contracts/compile.py`` (needs the ``contracts`` extra).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import vyper
from vyper.compiler import compile_code

HERE = Path(__file__).resolve().parent
_WANTED = ["abi", "bytecode", "bytecode_runtime", "layout", "devdoc", "method_identifiers"]


def compiled(name: str, text: str) -> dict[str, Any]:
    """What is kept of a contract's source text: interface, code, storage layout, what its functions write."""
    out = compile_code(text, output_formats=_WANTED)
    devdoc = out["devdoc"]["methods"] | {"__init__": _constructor(out["devdoc"])}
    return {
        "name": name,
        "compiler": f"vyper {vyper.__version__}",
        "source_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "abi": out["abi"],
        "bytecode": out["bytecode"],
        "deployed_bytecode": out["bytecode_runtime"],
        "storage_layout": out["layout"]["storage_layout"],
        "writes": _custom(devdoc, "writes"),
        "calls": _custom(devdoc, "calls"),
    }


def _constructor(devdoc: dict[str, Any]) -> dict[str, str]:
    """The compiler drops a constructor's own doc, so that the contract's says what it writes besides
    scalars.
    """
    return {"custom:writes": devdoc.get("custom:deploy-writes", "")}


def _custom(devdoc: dict[str, dict[str, str]], tag: str) -> dict[str, list[str]]:
    """Function name to the words of its ``@custom:<tag>`` line; functions without one are left out."""
    tagged = {signature.partition("(")[0]: doc.get(f"custom:{tag}", "") for signature, doc in devdoc.items()}
    return {name: words.split() for name, words in sorted(tagged.items()) if words}


def main() -> None:
    """Write all compiled files."""
    target = HERE / "compiled"
    target.mkdir(exist_ok=True)
    for source in sorted(HERE.glob("*.vy")):
        document = compiled(source.stem, source.read_text(encoding="utf-8"))
        text = json.dumps(document, indent=1, sort_keys=True) + "\n"
        (target / f"{source.stem}.json").write_text(text, encoding="utf-8")
        print(f"{source.stem}: {len(text)} bytes")


if __name__ == "__main__":
    main()

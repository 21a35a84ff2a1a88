"""Fails unless an OpenAPI document is valid and each of its examples has the schema beside it."""

import sys
from collections.abc import Iterator

import jsonschema_rs
import schemathesis
import yaml


def examples(node: object, place: str = "") -> Iterator[tuple[str, dict, object]]:
    """Yields the place, the schema and the value of each example below `node`."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from examples(child, f"{place}/{index}")
    if not isinstance(node, dict):
        return
    # A schema has its example within, and all else beside its schema.
    schema = node["schema"] if isinstance(node.get("schema"), dict) else node
    if "example" in node:
        yield place, schema, node["example"]
    if isinstance(node.get("examples"), dict):
        for name, example in node["examples"].items():
            yield f"{place}/{name}", schema, example["value"]
    for name, child in node.items():
        if name not in ("example", "examples"):
            yield from examples(child, f"{place}/{name}")


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    try:
        schemathesis.openapi.from_dict(document).validate()
    except jsonschema_rs.ValidationError as error:
        print(f"not OpenAPI 3.1: {error.message[:500]}")
        return 1
    checked = wrong = 0
    for place, schema, value in examples(document):
        validator = jsonschema_rs.Draft202012Validator(
            {**schema, "components": document["components"]}, validate_formats=True
        )
        checked += 1
        for error in validator.iter_errors(value):
            wrong += 1
            print(f"{place}: {error.message}")
    print(f"{checked} examples, {wrong} mistakes")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

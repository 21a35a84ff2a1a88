"""Configurations that are wrong: each is refused by name before anything is done."""

from terraform import Failed, Terraform, path
from values import UNKNOWN

PACKAGE = "rustlambda_package"


def refused(where, act, *arguments):
    """Fails unless there is one error for each of these places, which names it."""
    try:
        act(*arguments)
    except Failed as failure:
        errors = sorted(failure.errors, key=lambda of: of.detail)
        assert len(errors) == len(where), failure
        for error, place in zip(errors, sorted(where)):
            assert path(error).split(".")[0] == place.split(".")[0], failure
            assert place in error.detail, failure
    else:
        raise AssertionError(f"{arguments} was accepted")


def null_and_read_only(setting, version):
    """What is required is not null, and what the provider gives is not configured."""
    it = Terraform(setting.wire, setting.rustlambda, version, {})

    def validate(of, given):
        it.validate(of, it.resource(of, given))

    release = it.schemas.resource_schemas["rustlambda_release"].block.attributes
    required = [of.name for of in release if of.required]
    # Every attribute of a nested object stands in its value, as Terraform sends it.
    store = {of.name: None for of in attribute(it, PACKAGE, "store").nested_type.attributes}
    with it.validating():
        refused(required, validate, "rustlambda_release", {})
        refused(["store.bucket"], validate, PACKAGE, {"manifest_path": "Cargo.toml", "store": store})
        refused(["filename"], validate, PACKAGE, {"manifest_path": "a", "filename": "mine.zip"})
        refused(["sha256", "size"], validate, PACKAGE, {"manifest_path": "a", "size": 1, "sha256": ""})
        refused(["manifest_path"], it.data, "rustlambda_workspace", {})
        read_only = {"manifest_path": "Cargo.toml", "binaries": {}}
        refused(["binaries"], it.data, "rustlambda_workspace", read_only)

    it = Terraform(setting.wire, setting.notes, version, {"directory": str(setting.folder)})
    with it.working():
        refused(["name"], validate, "notes_note", {"text": "no name"})
        refused(["size"], validate, "notes_note", {"name": "a", "size": 1})
        refused(["user"], open_, it, {})
        refused(["value"], open_, it, {"user": "u", "value": "mine"})
        part = {"name": None, "weight": None, "number": None}
        refused(["part.name"], validate, "notes_sampler", {"part": part})
    assert list(setting.folder.iterdir()) == []


def attribute(it, of, name):
    attributes = it.schemas.resource_schemas[of].block.attributes
    return next(attribute for attribute in attributes if attribute.name == name)


def open_(it, given):
    with it.ephemeral("notes_token", given):
        pass


def unknown_is_not_missing(setting, version):
    """Nothing is said of a configuration before it is known."""
    it = Terraform(setting.wire, setting.rustlambda, version, {})
    with it.validating():
        for of, schema in it.schemas.resource_schemas.items():
            given = {a.name: UNKNOWN for a in schema.block.attributes if a.required or a.optional}
            if of == PACKAGE:
                # Without those that exclude each other, which an unknown one may yet be.
                given = {name: UNKNOWN for name in ("manifest_path", "features", "assets", "store")}
            it.validate(of, it.resource(of, given))
            it.validate(of, UNKNOWN)
        store = attribute(it, PACKAGE, "store").nested_type.attributes
        given = {"manifest_path": UNKNOWN, "store": {of.name: UNKNOWN for of in store}}
        it.validate(PACKAGE, it.resource(PACKAGE, given))


def environments(setting, version):
    """Variables that no process can have, told by their argument and not by their value."""
    it = Terraform(setting.wire, setting.rustlambda, version, {})
    manifest = str(setting.hello / "Cargo.toml")
    secret = "hunter2"
    wrong = [{"A=B": secret}, {"": secret}, {"A": f"{secret}\0"}, {"A": secret * 30000}]
    with it.working():
        for environment in wrong:
            given = {"manifest_path": manifest, "environment": environment}
            try:
                it.plan(PACKAGE, it.resource(PACKAGE, given))
            except Failed as failure:
                assert {path(of).split(".")[0] for of in failure.errors} == {"environment"}, failure
                assert secret not in str(failure), failure
            else:
                raise AssertionError(f"{environment!r:.60} was accepted")


def long_values(setting, version):
    """Errors repeat no more of a value or a file than a person reads."""
    it = Terraform(setting.wire, setting.rustlambda, version, {})
    manifest = setting.folder / "Cargo.toml"
    long = "x" * (1 << 20)
    manifest.write_text(f"[package]\nname = {long}\n")
    wrong = [
        {"manifest_path": str(manifest)},
        {"manifest_path": "a", "architecture": long},
    ]
    with it.working():
        for given in wrong:
            try:
                it.plan(PACKAGE, it.resource(PACKAGE, given))
            except Failed as failure:
                assert len(str(failure)) < 4096, f"{len(str(failure))} characters"
            else:
                raise AssertionError(f"{given!r:.60} was accepted")


def types(setting, version):
    """A value of another type is told by what it is."""
    it = Terraform(setting.wire, setting.rustlambda, version, {})
    with it.validating():
        config = it.resource(PACKAGE, {"manifest_path": ["a"]})
        try:
            it.validate(PACKAGE, config)
        except Failed as failure:
            (error,) = failure.errors
            assert path(error) == "manifest_path", failure
            text = (error.summary + error.detail).lower()
            assert "string" in text and ("list" in text or "array" in text), failure
        else:
            raise AssertionError("a list was accepted as a string")

"""Each call, in the order in which Terraform calls them."""

import shutil
import threading

import grpc

from plugin import PROVIDER
from terraform import Failed, Terraform
from values import decode

NOTE = "notes_note"


def notes_from_creation_to_destruction(setting, version):
    """A resource of every kind of life, with its neighbours of every kind."""
    folder = setting.folder / "notes"
    folder.mkdir()
    it = Terraform(setting.wire, setting.notes, version, {"directory": str(folder)})
    assert it.has_identity == (NOTE in it.identities)
    config = it.resource(NOTE, {"name": "a", "text": "b", "key": "secret"})

    assert it.function("word_count", "a b c") == 3
    with it.validating():
        it.validate(NOTE, config)
    with it.working():
        it.data("notes_index", {})
        with it.ephemeral("notes_token", {"user": "u"}) as (opened, token):
            assert token["value"] == "token-of-u" and opened.renew_at.seconds > 0
            assert (folder / "u.token").exists()
        assert not (folder / "u.token").exists() and (folder / "u.closed").exists()
        it.plan(NOTE, config)
    with it.working():
        made = it.apply(NOTE, config)
    assert (folder / "a.txt").read_text() == "b"
    assert made.identity == ({"name": "a"} if it.has_identity else None)
    assert made.state["key"] is None, "a write-only value is stored"

    with it.working():
        again = it.refresh(made)
        assert again.state == made.state and again.identity == made.identity
        plan, planned = it.plan(NOTE, config, again)
        assert planned == again.state and not plan.requires_replace
        other = it.resource(NOTE, {"name": "z"})
        assert it.plan(NOTE, other, again)[0].requires_replace[0].steps[0].attribute_name == "name"
    changed = it.resource(NOTE, {"name": "a", "text": "c"})
    with it.working():
        made = it.apply(NOTE, changed, it.upgrade(NOTE, 1, again.state, again))
    assert (folder / "a.txt").read_text() == "c"

    (folder / "found.txt").write_text("here")
    with it.working():
        assert it.import_(NOTE, id="found").state["text"] == "here"
        if it.has_identity:
            found = it.import_(NOTE, known_as={"name": "found"})
            assert found.state["text"] == "here" and found.identity == {"name": "found"}
        old = it.upgrade(NOTE, 0, {"title": "a", "body": "c"})
        assert (old.state["name"], old.state["text"]) == ("a", "c")
        moved = it.move(
            "terraform.io/builtin/terraform", "terraform_data", NOTE, {"id": "a"}, {"id": "a"}
        )
        assert moved.state["name"] == "a" and moved.identity == made.identity

    with it.working():
        assert it.read(made) is not None
        it.plan(NOTE, None, made)
    with it.working():
        it.apply(NOTE, None, it.upgrade(NOTE, 1, made.state, made))
        assert it.read(made) is None
    assert_called(setting, it)


def assert_called(setting, it):
    """Fails where a call was left out."""
    # OpenTofu's, and those of another scenario.
    others = {"GetMetadata", "GetFunctions", "StopProvider"}
    if not it.has_identity:
        others |= {"GetResourceIdentitySchemas", "UpgradeResourceIdentity"}
    assert set(setting.wire.calls(PROVIDER)) - it.called == others, it.called


def package_from_plan_to_destruction(setting, version):
    """The provider of this project, from its functions to a zip."""
    hello = setting.folder / "hello"
    shutil.copytree(setting.hello, hello, ignore=shutil.ignore_patterns("target"))
    it = Terraform(setting.wire, setting.rustlambda, version, {})
    of, manifest = "rustlambda_package", str(hello / "Cargo.toml")
    given = {"manifest_path": manifest, "output_dir": str(setting.folder / "zips")}
    config = it.resource(of, given)

    assert it.function("crate_version", manifest) == "1.0.0"
    with it.validating():
        it.validate(of, config)
    with it.working():
        listed = it.data("rustlambda_workspace", {"manifest_path": manifest})
        assert list(listed["binaries"]) == ["hello"]
        _, planned = it.plan(of, config)
        assert len(planned["source_fingerprint"]) == 64
    with it.working():
        made = it.apply(of, config)
    assert it.function("zip_hash", made.state["filename"]) == made.state["source_code_hash"]
    with it.working():
        again = it.refresh(made)
        assert it.plan(of, config, again)[1] == again.state
    with it.working():
        it.apply(of, None, again)


def stop_in_the_middle_of_an_apply(setting, version):
    """Ctrl-C: Terraform asks to stop, waits for what runs, and may go on."""
    it = Terraform(setting.wire, setting.notes, version, {"directory": str(setting.folder)})
    of = "notes_task"
    started = setting.folder / "started"
    config = it.resource(of, {"command": f"touch {started}; sleep 300"})
    with it.working():
        failures = []

        def apply():
            try:
                it.apply(of, config)
            except Failed as failure:
                failures.append(failure)

        running = threading.Thread(target=apply)
        running.start()
        while not started.exists() and running.is_alive():
            running.join(0.05)
        assert it.plugin.call("StopProvider").Error == ""
        running.join()
        assert len(failures) == 1, failures
        later = it.apply(of, it.resource(of, {"command": "echo later"}))
        assert later.state["output"] == "later\n"


def what_opentofu_asks(setting, version):
    """OpenTofu asks for metadata and functions on their own."""
    it = Terraform(setting.wire, setting.notes, version, {})
    with it.validating():
        metadata = it.plugin.call("GetMetadata")
        assert NOTE in [of.type_name for of in metadata.resources]
        assert metadata.server_capabilities.move_resource_state
        functions = it.plugin.call("GetFunctions").functions
        assert sorted(functions) == sorted(it.schemas.functions)
        health = it.plugin.call("Check", service="grpc.health.v1.Health")
        assert health.status == 1


# Calls that later minor versions add: Terraform 1.14's lists, actions and state stores.
LATER = [
    "ValidateListResourceConfig",
    "ListResource",
    "ValidateActionConfig",
    "PlanAction",
    "InvokeAction",
    "ValidateStateStoreConfig",
    "ConfigureStateStore",
    "ReadStateBytes",
    "WriteStateBytes",
    "LockState",
    "UnlockState",
    "GetStates",
    "DeleteState",
    "GenerateResourceConfig",
]


def calls_of_later_versions(setting, version):
    """They are unimplemented, and the provider goes on."""
    it = Terraform(setting.wire, setting.notes, version, {})
    with it.validating():
        for name in LATER:
            status = it.plugin.raw(f"/{PROVIDER}/{name}", b"\x0a\x04none")
            assert status == grpc.StatusCode.UNIMPLEMENTED, (name, status)
        it.validate(NOTE, it.resource(NOTE, {"name": "a"}))

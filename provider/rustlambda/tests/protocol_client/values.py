"""Values of Terraform's types, in msgpack and by schema."""

import json

import msgpack

# An unknown value: an extension of type 0, whose content nobody reads.
UNKNOWN = msgpack.ExtType(0, b"\0")


def encode(wire, value):
    """A DynamicValue."""
    return wire.message("tfplugin6.DynamicValue")(msgpack=msgpack.packb(value))


def decode(dynamic):
    """The value of a DynamicValue."""
    return msgpack.unpackb(dynamic.msgpack, strict_map_key=False)


def raw(wire, value):
    """Stored state, or a stored identity, as Terraform hands it over."""
    return wire.message("tfplugin6.RawState")(json=json.dumps(value).encode())


def identity(wire, value):
    """Identity data; none where there is none."""
    if value is None:
        return None
    return wire.message("tfplugin6.ResourceIdentityData")(identity_data=encode(wire, value))


def configured(schema, given):
    """The object that a configuration gives: what it leaves out is null, or an empty block."""
    block = schema.block
    names = {of.name for of in block.attributes} | {of.type_name for of in block.block_types}
    assert set(given) <= names, set(given) - names
    value = {of.name: given.get(of.name) for of in block.attributes}
    for of in block.block_types:
        # SINGLE is null where it is left out; lists and sets are empty.
        value[of.type_name] = given.get(of.type_name, None if of.nesting == 1 else [])
    return value


def proposed(schema, prior, config):
    """What Terraform proposes: the configuration, with computed values as they were."""
    value = dict(config)
    for of in schema.block.attributes:
        if of.computed and config[of.name] is None:
            value[of.name] = prior[of.name] if prior else UNKNOWN
        if of.write_only:
            value[of.name] = None
    return value


def check_plan(schema, config, planned):
    """Fails where a plan contradicts the configuration, as Terraform does."""
    for of in schema.block.attributes:
        name = of.name
        if of.write_only:
            assert planned[name] is None, name
        elif config[name] is not None or not of.computed and not of.optional:
            assert planned[name] == config[name], (name, planned[name], config[name])


def check_result(planned, state):
    """Fails where what came true is not what was planned, as Terraform does."""
    for name, value in planned.items():
        assert state[name] != UNKNOWN, name
        assert value == UNKNOWN or state[name] == value, (name, value, state[name])

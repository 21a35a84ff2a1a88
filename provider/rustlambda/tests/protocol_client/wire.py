"""Messages and calls, made from the facts of the wire without any generated code."""

import pathlib

from google.protobuf import descriptor_pb2, descriptor_pool, empty_pb2, message_factory, timestamp_pb2

Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    name: getattr(Field, "TYPE_" + name.upper())
    for name in ("bool", "bytes", "int64", "string", "uint32")
}


class Wire:
    """The messages of every package, and the calls of every service."""

    def __init__(self, facts):
        self._pool = descriptor_pool.DescriptorPool()
        for known in (empty_pb2, timestamp_pb2):
            self._pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
        for package, lines in _packages(pathlib.Path(facts).read_text()):
            self._pool.Add(_file(package, lines))

    def message(self, name):
        """The class of a message by its full name."""
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))

    def call(self, service, name):
        """A call's path, and the classes of its request and its response."""
        method = self._pool.FindMethodByName(f"{service}.{name}")
        request, response = method.input_type, method.output_type
        return (
            f"/{service}/{name}",
            message_factory.GetMessageClass(request),
            message_factory.GetMessageClass(response),
        )

    def calls(self, service):
        """The names of a service's calls."""
        return [method.name for method in self._pool.FindServiceByName(service).methods]


def _packages(text):
    """The lines of each package."""
    packages = []
    for line in text.splitlines():
        if line.startswith("package "):
            packages.append((line.split()[1], []))
        elif line and not line.startswith("#"):
            packages[-1][1].append(line)
    return packages


def _file(package, lines):
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{package}.proto",
        package=package,
        syntax="proto3",
        dependency=["google/protobuf/empty.proto", "google/protobuf/timestamp.proto"],
    )
    enums = {line.split()[1] for line in lines if line.startswith("enum ")}
    target = kind = None
    for line in lines:
        words = line.split()
        if not line.startswith(" "):
            kind = words[0]
            target = _declare(file, kind, words[1])
        elif kind == "message":
            _add_field(package, enums, target, words)
        elif kind == "enum":
            target.value.add(number=int(words[0]), name=words[1])
        else:
            _add_call(package, target, words)
    return file


def _declare(file, kind, name):
    if kind == "service":
        return file.service.add(name=name)
    *outer, name = name.split(".")
    scope, messages = file, file.message_type
    for part in outer:
        scope = _message(messages, part)
        messages = scope.nested_type
    return scope.enum_type.add(name=name) if kind == "enum" else _message(messages, name)


def _message(messages, name):
    """A message of this name, made when it is first heard of."""
    for message in messages:
        if message.name == name:
            return message
    return messages.add(name=name)


def _add_field(package, enums, message, words):
    number, *words = words
    repeated, optional = words[0] == "repeated", words[0] == "optional"
    kind, name, *oneof = words[1:] if repeated or optional else words
    field = message.field.add(name=name, number=int(number), label=Field.LABEL_OPTIONAL)
    if kind.startswith("map<"):
        entry = message.nested_type.add(name=name.title().replace("_", "") + "Entry")
        entry.options.map_entry = True
        for at, (part, of) in enumerate(zip(("key", "value"), kind[4:-1].split(",")), 1):
            inner = entry.field.add(name=part, number=at, label=Field.LABEL_OPTIONAL)
            _set_type(package, enums, inner, of)
        field.type = Field.TYPE_MESSAGE
        # Relative: the entry is the message's own.
        field.type_name = entry.name
        repeated = True
    else:
        _set_type(package, enums, field, kind)
    if repeated:
        field.label = Field.LABEL_REPEATED
    if optional:
        message.oneof_decl.add(name=f"_{name}")
        field.oneof_index = len(message.oneof_decl) - 1
        field.proto3_optional = True
    if oneof:
        if not message.oneof_decl:
            message.oneof_decl.add(name=oneof[1])
        field.oneof_index = 0


def _set_type(package, enums, field, kind):
    if kind in SCALARS:
        field.type = SCALARS[kind]
    else:
        field.type = Field.TYPE_ENUM if kind in enums else Field.TYPE_MESSAGE
        field.type_name = _absolute(package, kind)


def _absolute(package, kind):
    return f".{kind}" if kind.startswith("google.") else f".{package}.{kind}"


def _add_call(package, service, words):
    name, *sides = words
    at = sides.index("->")
    request, response = sides[:at], sides[at + 1 :]
    service.method.add(
        name=name,
        input_type=_absolute(package, request[-1]),
        output_type=_absolute(package, response[-1]),
        client_streaming=request[0] == "stream",
        server_streaming=response[0] == "stream",
    )

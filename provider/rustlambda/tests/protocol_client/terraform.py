"""What Terraform does with a provider: which calls, in which order, in which processes.

The order of 1.11 is what Terraform 1.11.4 logs. 1.12 and later ask for identity schemas with the
schemas (internal/plugin6/grpc_provider.go), upgrade a stored identity after its state, hand it to
each call about the resource, and import by it.
"""

import contextlib

from plugin import Plugin
from values import check_plan, check_result, configured, decode, encode, identity, proposed, raw


class Failed(Exception):
    """Errors that a provider reports."""

    def __init__(self, diagnostics):
        self.errors = [of for of in diagnostics if of.severity == 1]
        super().__init__("\n".join(f"{path(of)}: {of.summary}: {of.detail}" for of in self.errors))


def path(diagnostic):
    """Where in the configuration it is."""
    steps = diagnostic.attribute.steps
    return ".".join(str(getattr(step, step.WhichOneof("selector"))) for step in steps)


class Instance:
    """An object in the state."""

    def __init__(self, of, state, private, known_as):
        self.of, self.state, self.private, self.identity = of, state, private, known_as


class Terraform:
    """Terraform of one version, with one provider."""

    def __init__(self, wire, program, version, config, **environment):
        self.wire, self.program, self.version = wire, program, version
        self.environment = environment
        self.has_identity = tuple(map(int, version.split("."))) >= (1, 12)
        self.called = set()
        self.identities = {}
        # Each walk has a process of its own, and the first one asks for the schemas alone.
        with self._process():
            self.schemas = self._call("GetProviderSchema")
            if self.has_identity:
                found = self._call("GetResourceIdentitySchemas")
                self.identities = found.identity_schemas
        self.config = configured(self.schemas.provider, config)

    @contextlib.contextmanager
    def _process(self):
        with Plugin(self.wire, self.program, self.environment) as self.plugin:
            yield
            assert self.plugin.shutdown() == 0

    @contextlib.contextmanager
    def validating(self):
        """A walk that validates: the provider has no configuration."""
        with self._process():
            self._call("ValidateProviderConfig", config=self._encode(self.config))
            yield

    @contextlib.contextmanager
    def working(self):
        """A walk that plans or applies."""
        with self.validating():
            self._call(
                "ConfigureProvider",
                terraform_version=self.version,
                config=self._encode(self.config),
                client_capabilities=self._capabilities(),
            )
            yield

    def _call(self, call, /, **fields):
        self.called.add(call)
        answer = self.plugin.call(call, **fields)
        diagnostics = getattr(answer, "diagnostics", ())
        if any(of.severity == 1 for of in diagnostics):
            raise Failed(diagnostics)
        return answer

    def _encode(self, value):
        return encode(self.wire, value)

    def _identity(self, value):
        return identity(self.wire, value) if self.has_identity else None

    def _identity_in(self, answer):
        if not self.has_identity or not answer.HasField("identity_data"):
            return None
        return decode(answer.identity_data)

    def _capabilities(self):
        message = self.wire.message("tfplugin6.ClientCapabilities")
        return message(write_only_attributes_allowed=True)

    def resource(self, of, given):
        """A resource's configuration."""
        return configured(self.schemas.resource_schemas[of], given)

    def validate(self, of, config):
        self._call(
            "ValidateResourceConfig",
            type_name=of,
            config=self._encode(config),
            client_capabilities=self._capabilities(),
        )

    def plan(self, of, config, prior=None):
        """Plans a creation, an update, or, without a configuration, a destruction."""
        schema = self.schemas.resource_schemas[of]
        if config is not None:
            self.validate(of, config)
        before = prior.state if prior else None
        answer = self._call(
            "PlanResourceChange",
            type_name=of,
            prior_state=self._encode(before),
            proposed_new_state=self._encode(config and proposed(schema, before, config)),
            config=self._encode(config),
            prior_private=prior.private if prior else b"",
            client_capabilities=self._capabilities(),
            prior_identity=self._identity(prior.identity if prior else None),
        )
        planned = decode(answer.planned_state)
        if config is not None:
            check_plan(schema, config, planned)
        return answer, planned

    def apply(self, of, config, prior=None):
        """Plans once more, as Terraform does at apply, and applies."""
        plan, planned = self.plan(of, config, prior)
        answer = self._call(
            "ApplyResourceChange",
            type_name=of,
            prior_state=self._encode(prior.state if prior else None),
            planned_state=plan.planned_state,
            config=self._encode(config),
            planned_private=plan.planned_private,
            planned_identity=plan.planned_identity if self.has_identity else None,
        )
        state = decode(answer.new_state)
        if config is None:
            assert state is None, state
            return None
        check_result(planned, state)
        return Instance(of, state, answer.private, self._identity_in(answer.new_identity))

    def refresh(self, instance):
        """Reads what the state file has, through the upgrade that Terraform always asks for."""
        of = instance.of
        version = self.schemas.resource_schemas[of].version
        return self.read(self.upgrade(of, version, instance.state, instance))

    def upgrade(self, of, version, state, instance=None):
        """Reads state, and an identity beside it, of some version."""
        answer = self._call(
            "UpgradeResourceState",
            type_name=of,
            version=version,
            raw_state=raw(self.wire, state),
        )
        known_as = instance.identity if instance else None
        if known_as is not None:
            upgraded = self._call(
                "UpgradeResourceIdentity",
                type_name=of,
                version=self.identities[of].version,
                raw_identity=raw(self.wire, known_as),
            )
            known_as = self._identity_in(upgraded.upgraded_identity)
        private = instance.private if instance else b""
        return Instance(of, decode(answer.upgraded_state), private, known_as)

    def read(self, instance):
        """Refreshes; none if the object is gone."""
        answer = self._call(
            "ReadResource",
            type_name=instance.of,
            current_state=self._encode(instance.state),
            private=instance.private,
            client_capabilities=self._capabilities(),
            current_identity=self._identity(instance.identity),
        )
        state = decode(answer.new_state)
        if state is None:
            return None
        known_as = self._identity_in(answer.new_identity)
        return Instance(instance.of, state, answer.private, known_as)

    def import_(self, of, id="", known_as=None):
        """Imports by a name, or by an identity, and reads what was found."""
        answer = self._call(
            "ImportResourceState",
            type_name=of,
            id=id,
            client_capabilities=self._capabilities(),
            identity=self._identity(known_as),
        )
        (found,) = answer.imported_resources
        imported = Instance(of, decode(found.state), found.private, self._identity_in(found.identity))
        return self.read(imported)

    def move(self, provider, source, of, state, known_as=None):
        """Moves an object of another type, with its identity where it has one."""
        has_identity = self.has_identity and known_as is not None
        answer = self._call(
            "MoveResourceState",
            source_provider_address=provider,
            source_type_name=source,
            source_schema_version=0,
            source_state=raw(self.wire, state),
            target_type_name=of,
            source_identity=raw(self.wire, known_as) if has_identity else None,
            source_identity_schema_version=0,
        )
        known_as = self._identity_in(answer.target_identity)
        return Instance(of, decode(answer.target_state), answer.target_private, known_as)

    def data(self, of, given):
        """Reads a data source."""
        config = self._encode(configured(self.schemas.data_source_schemas[of], given))
        self._call("ValidateDataResourceConfig", type_name=of, config=config)
        return decode(self._call("ReadDataSource", type_name=of, config=config).state)

    @contextlib.contextmanager
    def ephemeral(self, of, given):
        """An ephemeral resource while it is open, renewed once."""
        config = self._encode(configured(self.schemas.ephemeral_resource_schemas[of], given))
        self._call("ValidateEphemeralResourceConfig", type_name=of, config=config)
        opened = self._call("OpenEphemeralResource", type_name=of, config=config)
        yield opened, decode(opened.result)
        renewed = self._call("RenewEphemeralResource", type_name=of, private=opened.private)
        self._call("CloseEphemeralResource", type_name=of, private=renewed.private)

    def function(self, name, *arguments):
        """Calls a function in a process that has no configuration, as Terraform does."""
        with Plugin(self.wire, self.program, self.environment) as plugin:
            encoded = [self._encode(argument) for argument in arguments]
            self.called.add("CallFunction")
            answer = plugin.call("CallFunction", name=name, arguments=encoded)
            assert plugin.shutdown() == 0
        assert not answer.HasField("error"), answer.error
        return decode(answer.result)

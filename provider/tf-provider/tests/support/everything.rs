//! A provider that offers one of everything, and does nothing.

use std::path::PathBuf;

use tf_provider::schema::*;
use tf_provider::*;

#[path = "../../examples/terraform-provider-notes/sampler.rs"]
mod sampler;

/// The provider.
pub struct Everything;

impl Provider for Everything {
    const ADDRESS: &'static str = "example/everything";
    const VERSION: &'static str = "1.0.0";
    type Config = Thing;
    type Client = PathBuf;

    fn catalog(&self) -> Catalog<PathBuf> {
        Catalog::new()
            .resource(sampler::SamplerResource)
            .resource(Things)
            .resource(Vaults)
            .data_source(Things)
            .ephemeral(Things)
            .function(Echo)
    }

    async fn configure(&self, _: &Context<PathBuf>, _: Thing) -> Result<PathBuf> {
        Ok(PathBuf::new())
    }
}

model! {
    /// A thing.
    pub struct Thing {
        /// Its name. Some make it misbehave.
        pub name: Attr<String> = required().identity().requires_replace(),
        /// Its size.
        pub size: Attr<u64> = computed().use_state_for_unknown(),
    }
}

/// A resource, a data source and an ephemeral resource, all of one model.
pub struct Things;

impl Resource for Things {
    const NAME: &'static str = "everything_thing";
    type Client = PathBuf;
    type Model = Thing;

    async fn create(&self, cx: &Context<PathBuf>, mut plan: Thing) -> Result<Thing> {
        plan.size = Attr::Known(1);
        match plan.name.get()?.as_str() {
            "panic" => panic!("created by panic"),
            "half" => {
                cx.keep(&plan);
                Err(Diagnostic::error("Half done", "The other half is missing.")
                    .at("name")
                    .into())
            }
            "reported" => {
                cx.report(Diagnostic::warning("Mind the gap", ""));
                cx.set_private("hidden");
                Ok(plan)
            }
            "slow" => {
                cx.cancellation().cancelled().await;
                Err(cx.stopped().into())
            }
            _ => Ok(plan),
        }
    }

    async fn read(&self, _: &Context<PathBuf>, state: Thing) -> Result<Option<Thing>> {
        if state.name.as_str() == Some("panic") {
            tokio::task::yield_now().await;
            panic!("read by panic");
        }
        Ok(Some(state))
    }

    async fn delete(&self, _: &Context<PathBuf>, state: Thing) -> Result<()> {
        match state.name.as_str() {
            Some("stays") => Err(Diagnostic::error("It stays", "").into()),
            _ => Ok(()),
        }
    }

    async fn move_state(&self, _: &Context<PathBuf>, source: MoveSource) -> Result<Option<Thing>> {
        let identity = source.identity.filter(|identity| identity.version == 3);
        identity.map(|identity| identity.decode()).transpose()
    }
}

model! {
    /// Keeps a secret, and cannot be closed.
    pub struct Vault {
        /// Its name.
        pub name: Attr<String> = required(),
        /// Its key.
        pub key: Attr<String> = optional().write_only(),
        /// Its number.
        pub number: Attr<u64> = computed(),
    }
}

/// A resource that is never done.
pub struct Vaults;

impl Resource for Vaults {
    const NAME: &'static str = "everything_vault";
    type Client = PathBuf;
    type Model = Vault;

    async fn create(&self, cx: &Context<PathBuf>, plan: Vault) -> Result<Vault> {
        cx.keep(&plan);
        Err(Diagnostic::error("It cannot be closed", "").into())
    }

    async fn read(&self, _: &Context<PathBuf>, state: Vault) -> Result<Option<Vault>> {
        Ok(Some(state))
    }

    async fn delete(&self, _: &Context<PathBuf>, _: Vault) -> Result<()> {
        Ok(())
    }

    async fn import_state(&self, _: &Context<PathBuf>, id: String) -> Result<Vault> {
        Ok(Vault {
            key: id.as_str().into(),
            name: id.into(),
            ..Vault::default()
        })
    }
}

impl DataSource for Things {
    const NAME: &'static str = "everything_thing";
    type Client = PathBuf;
    type Model = Thing;

    async fn read(&self, _: &Context<PathBuf>, mut config: Thing) -> Result<Thing> {
        config.size = Attr::Known(1);
        Ok(config)
    }
}

impl EphemeralResource for Things {
    const NAME: &'static str = "everything_thing";
    type Client = PathBuf;
    type Model = Thing;

    async fn open(&self, _: &Context<PathBuf>, config: Thing) -> Result<Opened<Thing>> {
        Ok(config.into())
    }
}

model! {
    /// Gives back what it gets.
    pub struct EchoArguments {
        /// Anything.
        pub value: Attr<value::Value> = required(),
        /// More of it.
        pub more: Vec<String> = required(),
    }
}

/// A function.
pub struct Echo;

impl Function for Echo {
    const NAME: &'static str = "echo";
    const VARIADIC: bool = true;
    type Client = PathBuf;
    type Arguments = EchoArguments;
    type Output = Attr<value::Value>;

    async fn run(
        &self,
        _: &Context<PathBuf>,
        arguments: EchoArguments,
    ) -> Result<Attr<value::Value>, FunctionError> {
        Ok(arguments.value)
    }
}

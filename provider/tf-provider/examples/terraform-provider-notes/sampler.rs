//! `notes_sampler`: an attribute of every kind, to see each pass unharmed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tf_provider::model::Set;
use tf_provider::schema::*;
use tf_provider::value::{Number, Value};
use tf_provider::*;

model! {
    /// A part of a sampler.
    pub struct Part {
        /// Its name.
        pub name: Attr<String> = required(),
        /// Its weight.
        pub weight: Attr<f64> = optional(),
        /// Its number, which the provider gives.
        pub number: Attr<u64> = computed(),
    }
}

model! {
    /// A rule of a sampler.
    pub struct Rule {
        /// What it does.
        pub action: Attr<String> = required().validate(one_of(["allow", "deny"])),
    }
}

model! {
    /// An attribute of every kind.
    pub struct Sampler {
        /// Counts the updates.
        pub revision: Attr<u64> = computed(),
        /// Text.
        pub text: Attr<String> = optional(),
        /// A whole number.
        pub integer: Attr<i64> = optional().validate(between(-1000..=1000)),
        /// A fraction.
        pub float: Attr<f64> = optional(),
        /// A number of any size.
        pub number: Attr<Number> = optional(),
        /// A truth value.
        pub flag: Attr<bool> = optional(),
        /// A list.
        pub list: Attr<Vec<String>> = optional(),
        /// A list whose elements may be null or unknown one by one.
        pub sparse: Attr<Vec<Attr<i64>>> = optional(),
        /// A set.
        pub set: Attr<Set<String>> = optional(),
        /// A map.
        pub map: Attr<BTreeMap<String, String>> = optional(),
        /// Lists by name.
        pub lists: Attr<BTreeMap<String, Vec<String>>> = optional(),
        /// A value of any type.
        pub any: Attr<Value> = optional(),
        /// A secret.
        pub secret: Attr<String> = optional().sensitive(),
        /// One part.
        pub part: Attr<Part> = optional(),
        /// Parts in order.
        pub parts: Attr<Vec<Part>> = optional(),
        /// Parts without order.
        pub part_set: Attr<Set<Part>> = optional(),
        /// Parts by name.
        pub part_map: Attr<BTreeMap<String, Part>> = optional(),
        /// Rules, as blocks.
        pub rule: Attr<Vec<Rule>> = block().max_items(3),
        /// One rule, as a block.
        pub only: Attr<Rule> = block(),
        /// Rules without order, as blocks.
        pub each: Attr<Set<Rule>> = block(),
    }
}

/// The resource.
pub struct SamplerResource;

/// Numbers the parts, as far as the provider has to.
fn number(sampler: &mut Sampler) {
    let parts = |number: u64, part: &mut Part| {
        if part.number.is_unknown() {
            part.number = Attr::Known(number);
        }
    };
    if let Attr::Known(part) = &mut sampler.part {
        parts(0, part);
    }
    if let Attr::Known(list) = &mut sampler.parts {
        list.iter_mut()
            .zip(0..)
            .for_each(|(part, at)| parts(at, part));
    }
    if let Attr::Known(set) = &mut sampler.part_set {
        set.0
            .iter_mut()
            .zip(0..)
            .for_each(|(part, at)| parts(at, part));
    }
    if let Attr::Known(map) = &mut sampler.part_map {
        map.values_mut()
            .zip(0..)
            .for_each(|(part, at)| parts(at, part));
    }
}

impl Resource for SamplerResource {
    const NAME: &'static str = "notes_sampler";
    type Client = PathBuf;
    type Model = Sampler;

    async fn create(&self, _: &Context<PathBuf>, mut plan: Sampler) -> Result<Sampler> {
        plan.revision = Attr::Known(0);
        number(&mut plan);
        Ok(plan)
    }

    async fn read(&self, _: &Context<PathBuf>, state: Sampler) -> Result<Option<Sampler>> {
        Ok(Some(state))
    }

    async fn update(
        &self,
        _: &Context<PathBuf>,
        mut plan: Sampler,
        prior: Sampler,
    ) -> Result<Sampler> {
        plan.revision = Attr::Known(prior.revision.get()? + 1);
        number(&mut plan);
        Ok(plan)
    }

    async fn delete(&self, _: &Context<PathBuf>, _: Sampler) -> Result<()> {
        Ok(())
    }
}

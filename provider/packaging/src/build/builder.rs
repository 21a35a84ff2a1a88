//! Compiles what is asked for at the same time in one cargo process.
//!
//! Several cargos in one workspace would wait for each other's lock and read the same manifests
//! again. Terraform asks for packages one by one and at nearly the same time, so a compilation
//! waits for a moment for others to join it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use crate::build::cargo::{Cargo, Compiled, Packages};
use crate::build::lock::FolderLock;
use crate::error::{Error, Result};
use crate::plan::settings::{Binary, Settings};

/// How long a batch waits for the next one to join.
const QUIET: Duration = Duration::from_millis(250);

type Outcome = Arc<BTreeMap<Binary, Result<Compiled>>>;
type Running = Shared<BoxFuture<'static, Outcome>>;

/// Compiles packages, as many as possible together. Clones share what runs.
#[derive(Clone, Default)]
pub struct Builder {
    batches: Arc<Mutex<BTreeMap<Settings, Batch>>>,
    /// Cargo uses every processor, so another one beside it would gain nothing.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// Binaries that will be compiled together.
struct Batch {
    binaries: Vec<Binary>,
    /// Weak: when everyone who waits has gone, the compilation ends.
    outcome: WeakShared<BoxFuture<'static, Outcome>>,
}

impl Builder {
    /// A builder without anything to do.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compiles one binary, together with others of the same settings. Dropping the future ends the
    /// compilation, unless another waits for it too.
    pub(crate) async fn compile(&self, settings: &Settings, binary: &Binary) -> Result<Compiled> {
        let outcome = self.join(settings, binary).await;
        // Whoever joins a batch is in it, so there is a result.
        let missing = || {
            Err(Error::Compilation {
                rendered: format!("`{}` was not compiled", binary.name),
            })
        };
        outcome.get(binary).cloned().unwrap_or_else(missing)
    }

    /// Joins the batch that still waits, or begins one.
    fn join(&self, settings: &Settings, binary: &Binary) -> Running {
        let mut batches = self.batches();
        if let Some(batch) = batches.get_mut(settings)
            && let Some(outcome) = batch.outcome.upgrade()
        {
            batch.binaries.push(binary.clone());
            return outcome;
        }
        let outcome = self.clone().run(settings.clone()).boxed().shared();
        if let Some(weak) = outcome.downgrade() {
            let batch = Batch {
                binaries: vec![binary.clone()],
                outcome: weak,
            };
            batches.insert(settings.clone(), batch);
        }
        outcome
    }

    async fn run(self, settings: Settings) -> Outcome {
        let _turn = self.turn.lock().await;
        let mut size = 0;
        while size != self.size(&settings) {
            size = self.size(&settings);
            tokio::time::sleep(QUIET).await;
        }
        let batch = self.batches().remove(&settings);
        let mut binaries = batch.map(|batch| batch.binaries).unwrap_or_default();
        binaries.sort();
        binaries.dedup();
        Arc::new(compile_all(&settings, binaries).await)
    }

    fn size(&self, settings: &Settings) -> usize {
        self.batches()
            .get(settings)
            .map_or(0, |batch| batch.binaries.len())
    }

    fn batches(&self) -> MutexGuard<'_, BTreeMap<Settings, Batch>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn compile_all(
    settings: &Settings,
    binaries: Vec<Binary>,
) -> BTreeMap<Binary, Result<Compiled>> {
    match try_compile_all(settings, &binaries).await {
        Ok(compiled) => compiled,
        Err(error) => binaries
            .into_iter()
            .map(|binary| (binary, Err(error.clone())))
            .collect(),
    }
}

async fn try_compile_all(
    settings: &Settings,
    binaries: &[Binary],
) -> Result<BTreeMap<Binary, Result<Compiled>>> {
    // Until the executables are read: another apply of this folder would replace them.
    let _lock = FolderLock::acquire(&settings.folder()?).await?;
    let cargo = Cargo::prepare(settings).await?;
    let mut resolved = Vec::new();
    for binary in binaries {
        resolved.push((binary.clone(), cargo.resolved(binary).await?));
    }
    let mut compiled = BTreeMap::new();
    for group in groups(resolved) {
        let results = cargo.compile(&group).await?;
        let binaries = group.into_iter().map(|(binary, _)| binary);
        compiled.extend(binaries.zip(results));
    }
    Ok(compiled)
}

/// Splits binaries into those that cargo compiles together as it would compile each alone. It
/// unifies the features of what it compiles together, so that a binary could otherwise depend on
/// its company.
fn groups(binaries: Vec<(Binary, Packages)>) -> Vec<Vec<(Binary, Packages)>> {
    let mut groups: Vec<Vec<(Binary, Packages)>> = Vec::new();
    for (binary, packages) in binaries {
        let agrees = |(other, others): &(Binary, Packages)| {
            packages.iter().all(|(id, features)| others.get(id).is_none_or(|other| other == features))
                && other.fits(&binary)
                // Cargo would turn these on for both.
                && other.passed_features() == binary.passed_features()
        };
        match groups.iter_mut().find(|group| group.iter().all(agrees)) {
            Some(group) => group.push((binary, packages)),
            None => groups.push(vec![(binary, packages)]),
        }
    }
    groups
}

//! What the provider has compiled.

use std::{
    fs::{self, DirEntry},
    path::PathBuf,
};

use sandbox::project::Project;

/// Finds a function that was compiled under this profile, with whatever settings.
pub fn find(project: &Project, profile: &str, function: &str) -> Option<PathBuf> {
    // Cargo's folder of the profile `dev` bears another name.
    let profile = if profile == "dev" { "debug" } else { profile };
    folders(project.target().join("rustlambda"))
        .flat_map(|settings| folders(settings.path()))
        .map(|target| target.path().join(profile).join(function))
        .find(|executable| executable.exists())
}

fn folders(parent: PathBuf) -> impl Iterator<Item = DirEntry> {
    fs::read_dir(parent).into_iter().flatten().flatten()
}

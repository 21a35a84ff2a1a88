//! From an executable to its zip: fingerprint, inspection, compression, files.
//!
//! `cargo bench -p packaging --bench package -- EXECUTABLE` prints the median in milliseconds and
//! the size of the zip in bytes.

#![allow(clippy::unwrap_used)]

use std::time::Instant;

use packaging::{Architecture, Builder, Package, Request, Source};

const RUNS: usize = 11;

fn main() {
    // cargo adds flags of its own.
    let mut named = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'));
    let executable = named.next().expect("the path of an executable");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut request = Request::new(Source::Executable(executable.into()));
    request.architecture = Architecture::of_host().expect("a processor that Lambda has");
    let mut runs: Vec<_> = (0..RUNS)
        .map(|_| {
            let folder = tempfile::tempdir().unwrap();
            let begin = Instant::now();
            let package = Package::resolve(request.clone()).unwrap();
            let builder = Builder::new();
            let built = package.build(folder.path(), &builder);
            let zip = runtime.block_on(built).unwrap();
            (begin.elapsed(), zip.size)
        })
        .collect();
    runs.sort();
    let (median, size) = runs[RUNS / 2];
    println!("{} {size}", median.as_millis());
}

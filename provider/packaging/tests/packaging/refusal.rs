//! Executables and zips that Lambda could not run, refused with the way out.

use packaging::{Architecture, Builder, Compiler, Package, Request, Runtime, Source};

use crate::fixture::{Fixture, request};

/// This test's own executable, which Lambda could run, with some bytes replaced by as many others.
fn patched(fixture: &Fixture, from: &[u8], to: &[u8]) -> Request {
    assert_eq!(from.len(), to.len());
    let mut bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let places: Vec<_> = bytes
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| *window == from)
        .map(|(place, _)| place)
        .collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..place + to.len()].copy_from_slice(to);
    }
    std::fs::write(fixture.path("api"), bytes).unwrap();
    request(Source::Executable(fixture.path("api")))
}

async fn refusal(fixture: &Fixture, request: Request) -> String {
    let package = Package::resolve(request).unwrap();
    let error = package
        .build(&fixture.path("out"), &Builder::new())
        .await
        .unwrap_err();
    assert!(
        !fixture.path("out").exists(),
        "a refused package is not written"
    );
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_needs_its_first_line() {
    let fixture = Fixture::new(&[
        ("run.sh", "echo hello\n"),
        ("good.sh", "#!/bin/sh\necho hello\n"),
    ]);
    let text = refusal(
        &fixture,
        request(Source::Executable(fixture.path("run.sh"))),
    )
    .await;
    assert_eq!(
        text,
        "`run` is neither an ELF executable nor a script that begins with #!, so Lambda could not start it. Give an executable for Linux, or add a line such as #!/bin/sh."
    );
    let good = Package::resolve(request(Source::Executable(fixture.path("good.sh")))).unwrap();
    good.build(&fixture.path("out"), &Builder::new())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_no_program() {
    let fixture = Fixture::new(&[]);
    let request = patched(&fixture, b"\x7fELF", b"\x7fELF");
    let mut bytes = std::fs::read(fixture.path("api")).unwrap();
    // Where a program starts (`e_entry`), a shared library has nothing.
    bytes[24..32].fill(0);
    std::fs::write(fixture.path("api"), bytes).unwrap();
    let target = request.architecture.target();
    let expected = format!(
        "`api` is an ELF file, but none that Lambda could start: it is not linked to a program. Build it for {target}."
    );
    assert_eq!(refusal(&fixture, request).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_processor() {
    let fixture = Fixture::new(&[]);
    let mut request = patched(&fixture, b"\x7fELF", b"\x7fELF");
    let (own, other) = match Architecture::of_host().unwrap() {
        Architecture::X86_64 => (Architecture::X86_64, Architecture::Arm64),
        Architecture::Arm64 => (Architecture::Arm64, Architecture::X86_64),
    };
    request.architecture = other;
    let expected = format!(
        "`api` is built for {own}, and the function's architecture is {other}. Set the architecture to the one it is built for, or build it for {}.",
        other.target()
    );
    assert_eq!(refusal(&fixture, request).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_glibc_than_the_runtimes() {
    let fixture = Fixture::package("fn main() {}\n");
    let mut request = fixture.request("Cargo.toml", |build| build.compiler = Compiler::Cargo);
    request.runtime = Runtime::ProvidedAl2;
    let text = refusal(&fixture, request).await;
    assert!(text.starts_with("`api` needs GLIBC_2."), "{text}");
    assert!(text.ends_with("and provided.al2 has 2.26. Set compiler to `zigbuild`, which links against the runtime's version, or build on a system with that glibc."), "{text}");
    assert!(
        text.contains("(for the symbol `__libc_start_main`)"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_not_there() {
    let fixture = Fixture::new(&[]);
    let request = patched(&fixture, b"libgcc_s.so.1\0", b"libodd_s.so.1\0");
    let text = "`api` needs the shared library libodd_s.so.1, which provided.al2023 does not have. Link it statically (many crates have a feature `vendored` or `static`), or add it to the assets as lib/libodd_s.so.1.";
    assert_eq!(refusal(&fixture, request.clone()).await, text);
    let mut with_library = request;
    fixture.write("libodd_s.so.1", "");
    with_library.assets.insert(
        "lib/libodd_s.so.1".to_owned(),
        fixture.path("libodd_s.so.1"),
    );
    let package = Package::resolve(with_library).unwrap();
    package
        .build(&fixture.path("out"), &Builder::new())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_libstdcxx_than_the_runtimes() {
    let fixture = Fixture::new(&[("libstdc++.so.6", "")]);
    let mut request = patched(&fixture, b"GLIBC_2.34", b"CXXABI_1.9");
    let text = refusal(&fixture, request.clone()).await;
    assert!(
        text.starts_with("`api` needs CXXABI_1.9 of libstdc++ (for the symbol `"),
        "{text}"
    );
    assert!(
        text.contains("and provided.al2023 has CXXABI_1.3.13. "),
        "{text}"
    );
    let library = (
        "lib/libstdc++.so.6".to_owned(),
        fixture.path("libstdc++.so.6"),
    );
    request.assets = [library].into();
    let package = Package::resolve(request).unwrap();
    let built = package.build(&fixture.path("out"), &Builder::new()).await;
    built.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_over_50_megabytes() {
    let fixture = Fixture::new(&[("run.sh", "#!/bin/sh\n")]);
    // Numbers of a linear congruential generator (Knuth's MMIX constants) do not compress.
    let mut state: u64 = 1;
    let noise = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).to_le_bytes()[..3].to_vec()
    });
    let noise: Vec<u8> = noise.take(17 * 1024 * 1024).flatten().collect();
    std::fs::write(fixture.path("noise"), &noise).unwrap();
    let mut request = request(Source::Executable(fixture.path("run.sh")));
    request
        .assets
        .insert("noise".to_owned(), fixture.path("noise"));
    let text = refusal(&fixture, request).await;
    assert!(text.starts_with("The zip of `run` has 534"), "{text}");
    assert!(text.ends_with("and Lambda takes at most 52428800 (50 MB) directly. Strip the binary (strip = \"symbols\" in the profile), leave assets out, or deploy it through S3 (`store`)."), "{text}");
}

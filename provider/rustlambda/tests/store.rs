//! The artifact store, with terraform and an embedded AWS. Run it by name: `cargo test -p
//! rustlambda --test store`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics says why"
)]

use std::time::Instant;

use aws_sdk_s3::primitives::ByteStream;
use serde_json::{Value, json};

#[path = "terraform/aws.rs"]
mod aws;
#[path = "terraform/credentials.rs"]
mod credentials;
#[path = "terraform/driver.rs"]
mod driver;
#[path = "terraform/kill.rs"]
mod kill;

use aws::Aws;
use driver::{CONFIGURATION, Root, path_without_compiler, sha256};
use kill::{apply_killed, partial_files};

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-no-color"];
const PLAN: [&str; 3] = ["plan", "-detailed-exitcode", "-no-color"];

/// A checkout whose package goes to the store.
fn checkout() -> Root {
    let root = Root::new();
    let store =
        "binary        = \"api\"\n  store         = { bucket = \"artifacts\", prefix = \"team/\" }";
    root.write(
        "main.tf",
        &CONFIGURATION.replace("binary        = \"api\"", store),
    );
    root.init();
    root
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_without_a_compiler_takes_what_another_has_built() {
    let aws = Aws::start().await;
    let first = checkout();
    aws.terraform(&first, &APPLY, None).exits_with(0);
    let built = first.output();
    let place = format!("team/api/{}", built["source_fingerprint"].as_str().unwrap());
    assert_eq!(
        aws.keys().await,
        [format!("{place}.json"), format!("{place}.zip")]
    );
    assert_eq!(
        (&built["s3_bucket"], &built["s3_key"]),
        (&json!("artifacts"), &json!(format!("{place}.zip")))
    );
    let manifest: Value =
        serde_json::from_slice(&aws.read(&format!("{place}.json")).await).unwrap();
    assert_eq!(manifest["sha256"], built["sha256"]);
    assert_eq!(manifest["sbom"]["bomFormat"], "CycloneDX");
    assert!(manifest["rustc"].as_str().unwrap().starts_with("rustc 1."));

    // As if the first machine had been ended between the two.
    let manifest = format!("{place}.json");
    let delete = aws.client.delete_object().bucket("artifacts");
    delete.key(&manifest).send().await.unwrap();

    // Other sources go to the same bucket, which is known before they are compiled.
    first.write("api/src/bin/api.rs", "fn main() {}\n");
    aws.terraform(&first, &["plan", "-out=plan", "-no-color"], None)
        .exits_with(0);
    let plan = first.terraform(&["show", "-json", "plan"]).exits_with(0);
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let changes = plan["resource_changes"].as_array().unwrap();
    let package = changes
        .iter()
        .find(|change| change["type"] == "rustlambda_package");
    let change = &package.unwrap()["change"];
    assert_eq!(change["after"]["s3_bucket"], "artifacts");
    assert_eq!(change["after_unknown"]["s3_key"], true);

    let second = checkout();
    let path = path_without_compiler(&second);
    let path = Some(path.as_str());
    aws.terraform(&second, &["plan", "-out=plan", "-no-color"], path)
        .exits_with(0);
    let plan = second.terraform(&["show", "-json", "plan"]).exits_with(0);
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let known = &plan["planned_values"]["outputs"]["api"]["value"];
    assert_eq!(
        known["source_code_hash"], built["source_code_hash"],
        "known at plan"
    );
    aws.terraform(&second, &["apply", "-no-color", "plan"], path)
        .exits_with(0);
    assert_eq!(second.output(), built);
    let written: Value = serde_json::from_slice(&aws.read(&manifest).await).unwrap();
    assert_eq!(
        written["sha256"], built["sha256"],
        "whoever has the zip describes it"
    );
    assert!(second.path(built["filename"].as_str().unwrap()).exists());

    // What is damaged in the store is not deployed.
    let key = format!("{place}.zip");
    let damaged = aws.client.put_object().bucket("artifacts").key(&key);
    let damaged = damaged.metadata("sha256", built["sha256"].as_str().unwrap());
    damaged
        .body(ByteStream::from_static(b"other bytes"))
        .send()
        .await
        .unwrap();
    let answer = aws.terraform(&checkout(), &APPLY, None);
    assert_eq!(answer.code, Some(1));
    assert!(
        answer
            .flat()
            .contains("its bytes do not have the SHA-256 that is recorded with it"),
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_not_there_is_named() {
    let aws = Aws::start().await;
    let root = checkout();
    let configuration = std::fs::read_to_string(root.path("main.tf")).unwrap();
    root.write(
        "main.tf",
        &configuration.replace("\"artifacts\"", "\"nowhere\""),
    );
    let answer = aws.terraform(&root, &APPLY, None);
    assert_eq!(answer.code, Some(1));
    assert!(
        answer.flat().contains("s3://nowhere/team/api/"),
        "{}",
        answer.text
    );
    assert!(
        answer.flat().contains("there is no bucket `nowhere`"),
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_that_is_gone_from_the_store_is_made_again() {
    let aws = Aws::start().await;
    let root = checkout();
    aws.terraform(&root, &APPLY, None).exits_with(0);
    let key = root.output()["s3_key"].as_str().unwrap().to_owned();
    let delete = aws.client.delete_object().bucket("artifacts").key(&key);
    delete.send().await.unwrap();
    aws.terraform(&root, &PLAN, None).exits_with(2);
    aws.terraform(&root, &APPLY, None).exits_with(0);
    assert!(aws.keys().await.contains(&key));
    aws.terraform(&root, &PLAN, None).exits_with(0);

    // The same place, written otherwise.
    let configuration = std::fs::read_to_string(root.path("main.tf")).unwrap();
    root.write("main.tf", &configuration.replace("team/", "/team"));
    aws.terraform(&root, &PLAN, None).exits_with(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overwritten_zip_is_reported_and_not_deployed() {
    let aws = Aws::start().await;
    let root = checkout();
    aws.terraform(&root, &APPLY, None).exits_with(0);
    let key = root.output()["s3_key"].as_str().unwrap().to_owned();
    let put = aws.client.put_object().bucket("artifacts").key(&key);
    let put = put.body(b"other".to_vec().into());
    put.send().await.unwrap();
    let plan = aws.terraform(&root, &PLAN, None);
    assert_eq!(plan.code, Some(0), "{}", plan.text);
    let warning = "The stored zip is not the one that was applied";
    assert!(plan.flat().contains(warning), "{}", plan.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_at_20_moments_of_an_apply_leaves_nothing_partial_in_the_store() {
    let aws = Aws::start().await;
    let root = checkout();
    with_large_asset(&root);
    // How long an apply with compilation and upload takes here.
    let start = Instant::now();
    aws.terraform(&root, &APPLY, None).exits_with(0);
    let whole = start.elapsed();
    for moment in 1..=20 {
        root.write(
            "api/src/bin/api.rs",
            &format!("fn main() {{ println!(\"{moment}\") }}\n"),
        );
        apply_killed(&mut aws.command(&root, &APPLY), whole * moment / 20);
        aws.terraform(&root, &APPLY, None).exits_with(0);
    }
    assert_eq!(partial_files(&root), [""; 0]);
    all_are_whole(&aws, &root, 21).await;
}

/// Lets an upload take a while: 16 MiB that do not get smaller.
fn with_large_asset(root: &Root) {
    let mut state = 1_u64;
    let noise = (0..16 << 17).flat_map(|_| {
        // Xorshift (Marsaglia 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    std::fs::write(root.path("noise"), noise.collect::<Vec<_>>()).unwrap();
    let configuration = std::fs::read_to_string(root.path("main.tf")).unwrap();
    let asset = "binary        = \"api\"\n  assets        = { noise = \"noise\" }";
    root.write(
        "main.tf",
        &configuration.replace("binary        = \"api\"", asset),
    );
}

/// Asserts that the bucket has `packages` zips, each with the manifest and the metadata of its
/// bytes, and nothing else.
async fn all_are_whole(aws: &Aws, root: &Root, packages: usize) {
    let keys = aws.keys().await;
    let (zips, others): (Vec<_>, Vec<_>) = keys.iter().partition(|key| key.ends_with(".zip"));
    assert_eq!(zips.len(), packages);
    let manifests: Vec<_> = zips
        .iter()
        .map(|zip| zip.replace(".zip", ".json"))
        .collect();
    assert_eq!(others, manifests.iter().collect::<Vec<_>>());
    for (zip, manifest) in zips.into_iter().zip(manifests) {
        let copy = root.path("stored.zip");
        std::fs::write(&copy, aws.read(zip).await).unwrap();
        let sum = sha256(&copy);
        let manifest: Value = serde_json::from_slice(&aws.read(&manifest).await).unwrap();
        assert_eq!(manifest["sha256"], sum, "{zip}");
        let head = aws.client.head_object().bucket("artifacts").key(zip);
        let head = head.send().await.unwrap();
        assert_eq!(head.metadata().unwrap()["sha256"], sum, "{zip}");
    }
    let uploads = aws.client.list_multipart_uploads().bucket("artifacts");
    assert!(uploads.send().await.unwrap().uploads().is_empty());
}

//! A package whose folder is Terraform's root module, too.

use packaging::{Builder, Package};

use crate::fingerprint::changes;
use crate::fixture::{Fixture, names};

const OWN: &str = "Cargo.toml";

#[test]
fn what_terraform_writes_is_no_source() {
    let fixture = Fixture::package("fn main() {}\n");
    for path in [
        ".terraform.tfstate.lock.info",
        "main.tf.json",
        "dev.auto.tfvars.json",
        "terraform.tfstate.1763700000.backup",
        "all.tftest.hcl",
    ] {
        changes(&fixture, OWN, path, "{}", false);
    }
    // Under any name: a zip whose first file is the plan.
    let header = "PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\0\x09\0";
    let plan = format!("{header}tfplanextended");
    changes(&fixture, OWN, "monday.out", &plan, false);
    let other = format!("{header}tables");
    changes(&fixture, OWN, "data.zip", &other, true);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_zips_are_no_sources_wherever_they_lie() {
    let fixture = Fixture::package("fn main() {}\n");
    // A folder that was there before, and so has no tag that says what it is.
    fixture.write("dist/readme.txt", "zips");
    let package = fixture.resolve(OWN).unwrap();
    let made = package.make(&fixture.path("dist"), &Builder::new()).await;
    let zip = made.unwrap().zip.file;
    assert_eq!(names(&zip), ["bootstrap"]);
    let again: Package = fixture.resolve(OWN).unwrap();
    assert_eq!(again.fingerprint(), package.fingerprint());
    // Only beside such a zip is such a name ours.
    let data = "dist/table-0123456789ab.json";
    changes(&fixture, OWN, data, "{}", true);
}

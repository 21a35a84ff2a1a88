resource "rustlambda_package" "hello" {
  manifest_path = "${path.module}/hello/Cargo.toml"
}

# Publishes the version in Cargo.toml. With other sources, that version has to go up.
resource "rustlambda_release" "hello" {
  name    = "hello"
  package = rustlambda_package.hello
  store   = { bucket = aws_s3_bucket.releases.bucket }
  retain  = 20
}

resource "aws_s3_bucket" "releases" {
  bucket = "example-releases"
}

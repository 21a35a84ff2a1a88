# Replaced when the function's sources change, and at no other time.
resource "terraform_data" "sources" {
  triggers_replace = provider::rustlambda::source_fingerprint("${path.module}/hello/Cargo.toml", "hello")
}

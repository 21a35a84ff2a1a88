output "version" {
  value = provider::rustlambda::crate_version("${path.module}/hello/Cargo.toml")
}

# A zip that another tool has made.
output "source_code_hash" {
  value = provider::rustlambda::zip_hash("${path.module}/function.zip")
}

output "release" {
  description = "What `release` of modules/upload-pipeline takes, with a constraint that allows every later version of this major one."
  value = {
    bucket             = local.store.bucket
    prefix             = local.store.prefix
    version_constraint = "~> ${join(".", slice(split(".", values(rustlambda_release.function)[0].version), 0, 2))}"
  }
}

output "versions" {
  description = "The published versions by function, the newest first."
  value       = { for name, release in rustlambda_release.function : name => release.versions }
}

output "roles" {
  description = "ARNs of the roles for `assume_role` in provider \"rustlambda\": `reader` installs, `writer` publishes."
  value       = { for name, role in aws_iam_role.access : name => role.arn }
}

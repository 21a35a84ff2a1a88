data "rustlambda_workspace" "functions" {
  manifest_path = "${path.module}/hello/Cargo.toml"
}

# Every Lambda function of the workspace, compiled together.
resource "rustlambda_package" "functions" {
  for_each = data.rustlambda_workspace.functions.binaries

  manifest_path = data.rustlambda_workspace.functions.manifest_path
  package       = each.value.package
  binary        = each.key
}

output "builds" {
  value = { for name, package in rustlambda_package.functions : name => package.build }
}

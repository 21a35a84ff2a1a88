# Publishes the functions of the upload pipeline, for those who install it without a Rust toolchain.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  store = { bucket = module.artifacts.name, prefix = var.name }

  # Relative, so that a plan reads the same in every checkout.
  lambdas   = "${path.module}/../../lambdas"
  functions = toset(["upload-api", "upload-processor"])
}

module "artifacts" {
  source              = "../../modules/object-store"
  name                = "${var.name}-artifacts-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}"
  deletion_protection = var.deletion_protection
}

resource "rustlambda_package" "function" {
  for_each      = local.functions
  manifest_path = "${local.lambdas}/${each.key}/Cargo.toml"
  profile       = var.build_profile
  architecture  = var.architecture
}

resource "rustlambda_release" "function" {
  for_each = local.functions
  name     = each.key
  version  = var.release_version
  package  = rustlambda_package.function[each.key]
  store    = local.store
  retain   = 20

  # Whoever has installed a release can install it again.
  keep_on_destroy = var.deletion_protection
}

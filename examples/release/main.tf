# Publishes the functions of the upload pipeline, for those who install it without a Rust toolchain.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  store   = { bucket = module.artifacts.name, prefix = var.name, expected_bucket_owner = local.account }

  # Relative, so that a plan reads the same in every checkout.
  lambdas   = "${path.module}/../../lambdas"
  functions = toset(["upload-api", "upload-processor", "upload-receiver", "upload-reconciler"])
}

module "artifacts" {
  source              = "../../modules/object-store"
  name                = "${var.name}-artifacts-${local.account}-${data.aws_region.current.id}"
  write_once          = true # Nothing that is published is overwritten, by whatever program.
  deletion_protection = var.deletion_protection
}

# An earlier version of this example had the bucket's policy itself.
moved {
  from = aws_s3_bucket_policy.write_once
  to   = module.artifacts.aws_s3_bucket_policy.this
}

resource "aws_s3_bucket_object_lock_configuration" "artifacts" {
  count  = var.object_lock_days == null ? 0 : 1
  bucket = module.artifacts.name
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.object_lock_days
    }
  }
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
  retain   = var.retain

  # Whoever has installed a release can install it again.
  keep_on_destroy = var.deletion_protection

  # S3 locks only what is written afterwards ("Locking objects with Object Lock").
  depends_on = [aws_s3_bucket_object_lock_configuration.artifacts]
}

# Who installs reads; who publishes writes, and deletes only where releases do not stay for ever.
locals {
  read  = ["s3:GetObject", "s3:GetObjectVersion"]
  write = concat(["s3:PutObject"], var.retain == null ? [] : ["s3:DeleteObject"])
  roles = {
    reader = { trusted = var.reader_arns, actions = local.read }
    writer = { trusted = var.writer_arns, actions = concat(local.read, local.write) }
  }
}

resource "aws_iam_role" "access" {
  for_each = local.roles
  name     = "${module.artifacts.name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = coalescelist(each.value.trusted, [local.account]) }
    }]
  })
}

resource "aws_iam_role_policy" "access" {
  for_each = local.roles
  name     = each.key
  role     = aws_iam_role.access[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:ListBucket"], Resource = [module.artifacts.arn] },
      { Effect = "Allow", Action = each.value.actions, Resource = ["${module.artifacts.arn}/*"] },
    ]
  })
}

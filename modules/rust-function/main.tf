data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # Known before the function exists, and so before its zip does.
  arn = "arn:${data.aws_partition.current.partition}:lambda:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:function:${var.name}"

  # Compiled here, or made elsewhere: the same results either way.
  artifact = concat(rustlambda_package.this[*], var.artifact[*])[0]

  # Lambda takes the zip from the store where there is one, and from this disk otherwise.
  stored = local.artifact.s3_key != null
}

resource "rustlambda_package" "this" {
  count            = length(var.package[*])
  manifest_path    = var.package.manifest_path
  binary_path      = var.package.binary_path
  package          = var.package.package
  binary           = var.package.binary
  profile          = var.package.profile
  features         = var.package.features
  default_features = var.package.default_features
  compiler         = var.package.compiler
  runtime          = var.package.runtime
  assets           = var.package.assets
  output_dir       = var.package.output_dir
  environment      = var.package.environment
  store            = var.package.store
  architecture     = var.architecture
  function_arns    = [local.arn]
}

resource "aws_lambda_function" "this" {
  function_name                  = var.name
  description                    = var.description
  role                           = local.role_arn
  runtime                        = local.artifact.runtime
  handler                        = coalesce(var.handler, local.artifact.handler)
  architectures                  = [local.artifact.architecture]
  filename                       = local.stored ? null : local.artifact.filename
  s3_bucket                      = local.artifact.s3_bucket
  s3_key                         = local.artifact.s3_key
  s3_object_version              = local.artifact.s3_object_version
  source_code_hash               = local.artifact.source_code_hash
  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency
  kms_key_arn                    = var.kms_key_arn
  publish                        = true
  tags                           = var.tags

  dynamic "environment" {
    for_each = length(var.environment) > 0 ? [var.environment] : []
    content {
      variables = environment.value
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = upper(var.log_level) # Unset is INFO, and drops what is below.
  }

  # The first invocation already needs what the role may do, and so does Lambda when it joins the VPC.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# What is invoked: routes, rules and event sources name the alias, so that a change moves all of them at once, and back.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that answers."
  function_name    = aws_lambda_function.this.function_name
  function_version = coalesce(var.live_version, aws_lambda_function.this.version)

  dynamic "routing_config" {
    for_each = [for weight in [var.canary_weight] : weight if weight > 0]
    content {
      additional_version_weights = { (aws_lambda_function.this.version) = routing_config.value }
    }
  }
}

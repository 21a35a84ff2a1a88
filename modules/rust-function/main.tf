data "aws_region" "current" {}

locals {
  # Compiled here, or made elsewhere: the same results either way.
  artifact = concat(rustlambda_package.this[*], var.artifact[*])[0]

  # Lambda takes the zip from the store where there is one, and from this disk otherwise.
  stored = local.artifact.s3_key != null
}

resource "rustlambda_package" "this" {
  count         = length(var.package[*])
  manifest_path = var.package.manifest_path
  package       = var.package.package
  binary        = var.package.binary
  profile       = var.package.profile
  features      = var.package.features
  environment   = var.package.environment
  store         = var.package.store
  architecture  = var.architecture
}

resource "aws_lambda_function" "this" {
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
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
  tags                           = var.tags

  dynamic "environment" {
    for_each = length(var.environment) > 0 ? [var.environment] : []
    content {
      variables = environment.value
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

  # The first invocation already needs what the role may do.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_lambda_event_source_mapping" "kinesis" {
  count                              = length(var.kinesis_source[*])
  event_source_arn                   = var.kinesis_source.stream_arn
  function_name                      = aws_lambda_function.this.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = var.kinesis_source.batch_size
  maximum_batching_window_in_seconds = var.kinesis_source.batching_window_seconds
  parallelization_factor             = var.kinesis_source.parallelization_factor
  maximum_retry_attempts             = var.kinesis_source.maximum_retries
  maximum_record_age_in_seconds      = floor(var.kinesis_source.maximum_record_age_hours * 3600)
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.tags

  destination_config {
    on_failure {
      destination_arn = coalesce(var.kinesis_source.on_failure.queue_arn, var.kinesis_source.on_failure.bucket_arn)
    }
  }
}

resource "aws_lambda_event_source_mapping" "dynamodb" {
  count                              = length(var.dynamodb_source[*])
  event_source_arn                   = var.dynamodb_source.stream_arn
  function_name                      = aws_lambda_function.this.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = var.dynamodb_source.batch_size
  maximum_batching_window_in_seconds = var.dynamodb_source.batching_window_seconds
  parallelization_factor             = var.dynamodb_source.parallelization_factor
  maximum_retry_attempts             = var.dynamodb_source.maximum_retries
  maximum_record_age_in_seconds      = floor(var.dynamodb_source.maximum_record_age_hours * 3600)
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.tags

  destination_config {
    on_failure {
      destination_arn = coalesce(var.dynamodb_source.on_failure.queue_arn, var.dynamodb_source.on_failure.bucket_arn)
    }
  }

  dynamic "filter_criteria" {
    for_each = length(var.dynamodb_source.filters) > 0 ? [var.dynamodb_source.filters] : []
    content {
      dynamic "filter" {
        for_each = filter_criteria.value
        content {
          pattern = filter.value
        }
      }
    }
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  count                              = length(var.queue_source[*])
  event_source_arn                   = var.queue_source.queue_arn
  function_name                      = aws_lambda_function.this.arn
  batch_size                         = var.queue_source.batch_size
  maximum_batching_window_in_seconds = var.queue_source.batching_window_seconds
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.tags

  dynamic "scaling_config" {
    for_each = var.queue_source.maximum_concurrency[*]
    content {
      maximum_concurrency = scaling_config.value
    }
  }
}

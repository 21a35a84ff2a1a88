# What the function consumes, through its alias.

resource "aws_lambda_event_source_mapping" "kinesis" {
  count                              = length(var.kinesis_source[*])
  event_source_arn                   = var.kinesis_source.stream_arn
  function_name                      = aws_lambda_alias.live.arn
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
  function_name                      = aws_lambda_alias.live.arn
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
  function_name                      = aws_lambda_alias.live.arn
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

# What the function consumes, through its alias.

locals {
  stream_sources = merge(
    { for source in var.kinesis_source[*] : "kinesis" => merge(source, { filters = [] }) },
    { for source in var.dynamodb_source[*] : "dynamodb" => source },
  )
}

resource "aws_lambda_event_source_mapping" "stream" {
  for_each                           = local.stream_sources
  event_source_arn                   = each.value.stream_arn
  function_name                      = aws_lambda_alias.live.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = each.value.batch_size
  maximum_batching_window_in_seconds = each.value.batching_window_seconds
  parallelization_factor             = each.value.parallelization_factor
  maximum_retry_attempts             = each.value.maximum_retries
  maximum_record_age_in_seconds      = floor(each.value.maximum_record_age_hours * 3600)
  bisect_batch_on_function_error     = true
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.tags

  destination_config {
    on_failure {
      destination_arn = coalesce(each.value.on_failure.queue_arn, each.value.on_failure.bucket_arn)
    }
  }

  dynamic "filter_criteria" {
    for_each = length(each.value.filters) > 0 ? [each.value.filters] : []
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

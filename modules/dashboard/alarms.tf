# What somebody should look at. Each compares the worst of one period with a threshold.
locals {
  function_alarms = merge([for key, name in var.functions : {
    "${key}-errors" = {
      namespace   = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = name }, statistic = "Sum"
      description = "The function ${name} failed."
    }
    "${key}-throttles" = {
      namespace   = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = name }, statistic = "Sum"
      description = "The function ${name} was not started: its concurrency, or the account's, was used up."
    }
  }]...)

  stream_alarms = { for key in var.stream_consumers : "${key}-iterator-age" => {
    namespace   = "AWS/Lambda", metric = "IteratorAge", dimensions = { FunctionName = var.functions[key] }, statistic = "Maximum"
    threshold   = var.thresholds.iterator_age_minutes * 60 * 1000
    description = "The function ${var.functions[key]} is behind its stream: it is too slow, or a record fails again and again."
  } }

  queue_alarms = { for key, name in var.queues : "${key}-age" => {
    namespace   = "AWS/SQS", metric = "ApproximateAgeOfOldestMessage", dimensions = { QueueName = name }, statistic = "Maximum"
    threshold   = var.thresholds.queue_age_minutes * 60
    description = "A message of the queue ${name} waits for long."
  } }

  dead_letter_alarms = { for key, name in var.dead_letter_queues : "${key}-dead-letters" => {
    namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = name }, statistic = "Maximum"
    description = "The queue ${name} holds messages: something could not be done, and waits for somebody to look."
  } }

  api_alarms = { for key, api in local.apis : "${key}-errors-5xx" => {
    namespace   = "AWS/ApiGateway", metric = api.errors, dimensions = api.dimensions, statistic = "Sum"
    description = "The API ${key} answered 5xx."
  } }

  execution_alarms = merge([for key, arn in var.state_machines : {
    for end in ["Failed", "TimedOut", "Aborted"] : "${key}-${lower(end)}" => {
      namespace   = "AWS/States", metric = "Executions${end}", dimensions = { StateMachineArn = arn }, statistic = "Sum"
      description = "An execution of ${key} ended ${upper(end)}."
    }
  }]...)

  alarms = merge(
    local.function_alarms, local.stream_alarms, local.queue_alarms, local.dead_letter_alarms, local.api_alarms, local.execution_alarms,
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 1
  threshold           = try(each.value.threshold, 0)
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching" # What is not used reports nothing.
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}


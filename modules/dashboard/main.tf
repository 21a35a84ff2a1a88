data "aws_region" "current" {}

locals {
  # A dashboard is 24 columns wide.
  third = { width = 8, height = 6 }

  function_graphs = [
    for graph in [
      { metric = "Invocations", statistic = "Sum", title = "Invocations" },
      { metric = "Errors", statistic = "Sum", title = "Errors" },
      { metric = "Duration", statistic = "p95", title = "Duration, 95th percentile (ms)" },
      ] : {
      title     = graph.title
      statistic = graph.statistic
      metrics   = [for name in var.functions : ["AWS/Lambda", graph.metric, "FunctionName", name]]
    } if length(var.functions) > 0
  ]

  queue_graphs = [
    for graph in [
      { metric = "ApproximateNumberOfMessagesVisible", title = "Messages that wait" },
      { metric = "ApproximateAgeOfOldestMessage", title = "Age of the oldest message (s)" },
      ] : {
      title     = graph.title
      statistic = "Maximum"
      metrics   = [for name in concat(var.queues, values(var.dead_letter_queues)) : ["AWS/SQS", graph.metric, "QueueName", name]]
    } if length(var.queues) + length(var.dead_letter_queues) > 0
  ]

  execution_graphs = [for arn in var.state_machine_arns : {
    title     = "Executions of ${element(split(":", arn), 6)}"
    statistic = "Sum"
    metrics = [
      for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"] :
      ["AWS/States", metric, "StateMachineArn", arn]
    ]
  }]

  graphs = concat(local.function_graphs, local.queue_graphs, local.execution_graphs)
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [for index, graph in local.graphs : {
      type   = "metric"
      x      = index % 3 * local.third.width
      y      = floor(index / 3) * local.third.height
      width  = local.third.width
      height = local.third.height
      properties = {
        title   = graph.title
        region  = data.aws_region.current.id
        stat    = graph.statistic
        period  = 60
        metrics = graph.metrics
      }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  for_each            = var.dead_letter_queues
  alarm_name          = "${var.name}-${each.key}-dead-letters"
  alarm_description   = "The queue ${each.value} holds messages: something could not be done, and waits for somebody to look."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching" # SQS stops reporting a queue that is not used.
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

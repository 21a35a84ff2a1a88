data "aws_region" "current" {}

locals {
  # A dashboard is 24 columns wide.
  third = { width = 8, height = 6 }

  # What HTTP and REST APIs call the same metrics, and how they are told apart ("Monitor HTTP APIs" and "Amazon API Gateway
  # dimensions and metrics", API Gateway Developer Guide).
  apis = merge(
    { for key, id in var.http_apis : key => { dimensions = { ApiId = id }, errors = "5xx" } },
    { for key, api in var.rest_apis : key => { dimensions = { ApiName = api.name, Stage = api.stage }, errors = "5XXError" } },
  )
  api_dimensions = { for key, api in local.apis : key => flatten([for name, value in api.dimensions : [name, value]]) }

  function_graphs = [
    for graph in [
      { metric = "Invocations", statistic = "Sum", title = "Invocations" },
      { metric = "Errors", statistic = "Sum", title = "Errors" },
      { metric = "Throttles", statistic = "Sum", title = "Throttles" },
      { metric = "Duration", statistic = "p95", title = "Duration, 95th percentile (ms)" },
      ] : {
      title     = graph.title
      statistic = graph.statistic
      metrics   = [for name in values(var.functions) : ["AWS/Lambda", graph.metric, "FunctionName", name]]
    } if length(var.functions) > 0
  ]

  stream_graphs = [
    for title in ["Age of the records that streams deliver (ms)"] : {
      title     = title
      statistic = "Maximum"
      metrics   = [for key in sort(var.stream_consumers) : ["AWS/Lambda", "IteratorAge", "FunctionName", var.functions[key]]]
    } if length(var.stream_consumers) > 0
  ]

  queue_graphs = [
    for graph in [
      { metric = "ApproximateNumberOfMessagesVisible", title = "Messages that wait" },
      { metric = "ApproximateAgeOfOldestMessage", title = "Age of the oldest message (s)" },
      ] : {
      title     = graph.title
      statistic = "Maximum"
      metrics   = [for name in concat(values(var.queues), values(var.dead_letter_queues)) : ["AWS/SQS", graph.metric, "QueueName", name]]
    } if length(var.queues) + length(var.dead_letter_queues) > 0
  ]

  api_graphs = [
    for graph in [
      { metric = "errors", statistic = "Sum", title = "API answers of 5xx" },
      { metric = "latency", statistic = "p95", title = "API latency, 95th percentile (ms)" },
      ] : {
      title     = graph.title
      statistic = graph.statistic
      metrics = [
        for key, api in local.apis :
        concat(["AWS/ApiGateway", graph.metric == "errors" ? api.errors : "Latency"], local.api_dimensions[key])
      ]
    } if length(local.apis) > 0
  ]

  execution_graphs = [for key, arn in var.state_machines : {
    title     = "Executions of ${key}"
    statistic = "Sum"
    metrics = [
      for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] :
      ["AWS/States", metric, "StateMachineArn", arn]
    ]
  }]

  graphs = concat(
    local.function_graphs, local.stream_graphs, local.queue_graphs, local.api_graphs, local.execution_graphs,
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  # Dashboards are not of a region: the region in the name lets the same configuration be deployed in several
  # ("Using Amazon CloudWatch dashboards").
  dashboard_name = "${var.name}-${data.aws_region.current.id}"
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

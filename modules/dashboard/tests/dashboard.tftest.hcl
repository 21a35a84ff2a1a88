mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name               = "shop"
  functions          = { charge = "shop-charge", ship = "shop-ship" }
  stream_consumers   = ["ship"]
  queues             = { orders = "shop-orders" }
  dead_letter_queues = { orders = "shop-orders-dead-letters" }
  http_apis          = { shop = "a1b2c3" }
  rest_apis          = { admin = { name = "shop-admin", stage = "v1" } }
  state_machines     = { fulfilment = "arn:aws:states:eu-west-1:123456789012:stateMachine:fulfilment" }
}

run "shows_everything_that_it_is_told_of" {
  assert {
    condition = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[*].properties.title == [
      "Invocations", "Errors", "Throttles", "Duration, 95th percentile (ms)", "Age of the records that streams deliver (ms)",
      "Messages that wait", "Age of the oldest message (s)", "API answers of 5xx", "API latency, 95th percentile (ms)",
      "Executions of fulfilment",
    ]
    error_message = "Each thing must have its graphs."
  }
  assert {
    condition = {
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.properties.title => widget.properties.metrics
      if contains(["Throttles", "Messages that wait", "API answers of 5xx"], widget.properties.title)
      } == {
      "Throttles" = [
        ["AWS/Lambda", "Throttles", "FunctionName", "shop-charge"],
        ["AWS/Lambda", "Throttles", "FunctionName", "shop-ship"],
      ]
      "Messages that wait" = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "shop-orders"],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "shop-orders-dead-letters"],
      ]
      "API answers of 5xx" = [
        ["AWS/ApiGateway", "5XXError", "ApiName", "shop-admin", "Stage", "v1"],
        ["AWS/ApiGateway", "5xx", "ApiId", "a1b2c3"],
      ]
    }
    error_message = "A graph must show everything of its kind."
  }
  assert {
    condition     = contains(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[9].properties.metrics[*][1], "ExecutionsAborted")
    error_message = "Aborted executions must be shown."
  }
  assert {
    condition = [
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [widget.x, widget.y]
    ] == [[0, 0], [8, 0], [16, 0], [0, 6], [8, 6], [16, 6], [0, 12], [8, 12], [16, 12], [0, 18]]
    error_message = "Graphs must stand beside each other, three in a row."
  }
}

# Two regions of one account share their dashboards.
run "is_named_after_the_region" {
  assert {
    condition     = output.name == "shop-eu-west-1"
    error_message = "A second region must not overwrite the dashboard."
  }
}

run "alarms_of_what_somebody_should_look_at" {
  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
    thresholds       = { iterator_age_minutes = 30 }
  }

  assert {
    condition = {
      for key, alarm in aws_cloudwatch_metric_alarm.this : key => "${alarm.namespace} ${alarm.metric_name} ${join(" ", values(alarm.dimensions))} > ${alarm.threshold}"
      } == {
      "charge-errors"       = "AWS/Lambda Errors shop-charge > 0"
      "charge-throttles"    = "AWS/Lambda Throttles shop-charge > 0"
      "ship-errors"         = "AWS/Lambda Errors shop-ship > 0"
      "ship-throttles"      = "AWS/Lambda Throttles shop-ship > 0"
      "ship-iterator-age"   = "AWS/Lambda IteratorAge shop-ship > 1800000"
      "orders-age"          = "AWS/SQS ApproximateAgeOfOldestMessage shop-orders > 900"
      "orders-dead-letters" = "AWS/SQS ApproximateNumberOfMessagesVisible shop-orders-dead-letters > 0"
      "shop-errors-5xx"     = "AWS/ApiGateway 5xx a1b2c3 > 0"
      "admin-errors-5xx"    = "AWS/ApiGateway 5XXError shop-admin v1 > 0"
      "fulfilment-failed"   = "AWS/States ExecutionsFailed ${var.state_machines.fulfilment} > 0"
      "fulfilment-timedout" = "AWS/States ExecutionsTimedOut ${var.state_machines.fulfilment} > 0"
      "fulfilment-aborted"  = "AWS/States ExecutionsAborted ${var.state_machines.fulfilment} > 0"
    }
    error_message = "Each kind of trouble must be an alarm."
  }
  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_actions == toset(var.alarm_topic_arns) && alarm.comparison_operator == "GreaterThanThreshold" && alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "Whoever is on call must hear of it, and not of what is not used."
  }
}

run "shows_only_what_there_is" {
  variables {
    functions          = {}
    stream_consumers   = []
    queues             = {}
    dead_letter_queues = {}
    http_apis          = {}
    rest_apis          = {}
    state_machines     = {}
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 0 && length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Graphs and alarms of nothing must be left out."
  }
}

run "refuses_what_cloudwatch_would" {
  command = plan
  variables {
    name             = "the shop"
    stream_consumers = ["refund"]
    thresholds       = { queue_age_minutes = 0 }
    alarm_topic_arns = ["on-call"]
  }
  expect_failures = [var.name, var.stream_consumers, var.thresholds, var.alarm_topic_arns]
}

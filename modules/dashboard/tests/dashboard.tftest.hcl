mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name               = "shop"
  functions          = ["charge", "ship"]
  queues             = ["orders"]
  dead_letter_queues = { orders = "orders-dead-letters" }
  state_machine_arns = ["arn:aws:states:eu-west-1:123456789012:stateMachine:fulfilment"]
}

run "shows_functions_queues_and_executions" {
  assert {
    condition = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[*].properties.title == [
      "Invocations", "Errors", "Duration, 95th percentile (ms)",
      "Messages that wait", "Age of the oldest message (s)", "Executions of fulfilment",
    ]
    error_message = "Each thing must have its graphs."
  }
  assert {
    condition = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[1].properties.metrics == [
      ["AWS/Lambda", "Errors", "FunctionName", "charge"],
      ["AWS/Lambda", "Errors", "FunctionName", "ship"],
    ]
    error_message = "A graph must show every function."
  }
  assert {
    condition = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[3].properties.metrics == [
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "orders"],
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "orders-dead-letters"],
    ]
    error_message = "A graph must show every queue."
  }
  assert {
    condition = [
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [widget.x, widget.y]
    ] == [[0, 0], [8, 0], [16, 0], [0, 6], [8, 6], [16, 6]]
    error_message = "Graphs must stand beside each other, three in a row."
  }
}

run "alarms_at_the_first_dead_letter" {
  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.dead_letters["orders"].metric_name == "ApproximateNumberOfMessagesVisible"
      && aws_cloudwatch_metric_alarm.dead_letters["orders"].dimensions == tomap({ QueueName = "orders-dead-letters" })
      && aws_cloudwatch_metric_alarm.dead_letters["orders"].comparison_operator == "GreaterThanThreshold"
      && aws_cloudwatch_metric_alarm.dead_letters["orders"].threshold == 0
    )
    error_message = "The first message in a dead letter queue must be an alarm."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters["orders"].alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:on-call"])
    error_message = "Whoever is on call must hear of it."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.dead_letters) == ["orders"]
    error_message = "A queue that is full now and then must have no alarm."
  }
}

run "shows_only_what_there_is" {
  variables {
    functions          = []
    queues             = []
    dead_letter_queues = {}
    state_machine_arns = []
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 0
    error_message = "Graphs of nothing must be left out."
  }
}

run "refuses_what_cloudwatch_would" {
  command = plan
  variables {
    name             = "the shop"
    alarm_topic_arns = ["on-call"]
  }
  expect_failures = [var.name, var.alarm_topic_arns]
}

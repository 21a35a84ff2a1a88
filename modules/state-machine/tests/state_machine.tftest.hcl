mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/orders" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/orders" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-1:123456789012:orders-unfinished" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:eu-west-1:123456789012:rule/orders" }
  }
}

variables {
  name       = "orders"
  functions  = { charge = "arn:aws:lambda:eu-west-1:123456789012:function:charge" }
  definition = "{\"StartAt\":\"Charge\",\"TimeoutSeconds\":60,\"States\":{\"Charge\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:lambda:eu-west-1:123456789012:function:charge\",\"TimeoutSeconds\":10,\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"]}],\"End\":true}}}"
}

run "may_invoke_its_functions_and_nothing_else" {
  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[0] == {
      Sid      = "InvokeTasks"
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = ["arn:aws:lambda:eu-west-1:123456789012:function:charge"]
    }
    error_message = "The state machine must be able to invoke the given functions only."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[*].Sid == ["InvokeTasks", "DeliverLogs"]
    error_message = "Without tracing the role must invoke and log, and no more."
  }
  assert {
    condition     = aws_iam_role.this.name == "orders-states-eu-west-1"
    error_message = "The role's name must hold the region, or a second region could not deploy the state machine."
  }
}

run "is_nobody_elses_deputy" {
  variables {
    start_rule = { event_pattern = "{\"source\":[\"shop\"]}" }
  }
  assert {
    condition = alltrue([
      for role in [aws_iam_role.this, aws_iam_role.start[0]] :
      jsondecode(role.assume_role_policy).Statement[0].Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    ])
    error_message = "The services must take the roles for this account only."
  }
}

run "fits_into_an_enterprise" {
  variables {
    role        = { path = "/applications/", permissions_boundary = "arn:aws:iam::123456789012:policy/boundary" }
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
  assert {
    condition     = aws_iam_role.this.path == "/applications/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The role must stand where it is asked for, within its boundary."
  }
  assert {
    condition = (
      aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn
      && aws_sqs_queue.unfinished.kms_master_key_id == var.kms_key_arn
    )
    error_message = "The key must encrypt log and queue."
  }
}

run "logs_errors_to_a_log_of_its_own" {
  assert {
    condition = (
      aws_sfn_state_machine.this.logging_configuration[0].level == "ERROR"
      && !aws_sfn_state_machine.this.logging_configuration[0].include_execution_data
      && aws_sfn_state_machine.this.logging_configuration[0].log_destination == "${aws_cloudwatch_log_group.this.arn}:*"
    )
    error_message = "Errors must be logged, and data only where somebody asked for it."
  }
  assert {
    condition     = startswith(aws_cloudwatch_log_group.this.name, "/aws/vendedlogs/states/") && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log must go where its lines are deleted some day."
  }
}

run "keeps_what_was_not_finished" {
  assert {
    condition     = aws_sqs_queue.unfinished.message_retention_seconds == 1209600
    error_message = "What was not finished must be kept for 14 days."
  }
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.unfinished.event_pattern).detail == {
      stateMachineArn = [aws_sfn_state_machine.this.arn]
      status          = ["FAILED", "TIMED_OUT", "ABORTED"]
    }
    error_message = "Every end but success must go to the queue, of this state machine only."
  }
  assert {
    condition     = aws_cloudwatch_event_target.unfinished.arn == aws_sqs_queue.unfinished.arn && length(aws_cloudwatch_event_rule.start) == 0
    error_message = "The rule must write to the queue, and nothing must start executions by itself."
  }
  assert {
    condition     = contains([for statement in jsondecode(aws_sqs_queue_policy.unfinished.policy).Statement : "${statement.Effect} ${jsonencode(statement.Condition)}"], "Deny {\"Bool\":{\"aws:SecureTransport\":\"false\"}}")
    error_message = "The queue must refuse plain HTTP."
  }
}

run "starts_by_a_rule" {
  variables {
    tracing = true
    start_rule = {
      event_pattern  = "{\"source\":[\"shop\"]}"
      event_bus_name = "shop"
      input_transformer = {
        paths    = { id = "$.detail.id" }
        template = "{\"id\":<id>}"
      }
    }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.start[0].event_bus_name == "shop" && aws_cloudwatch_event_target.start[0].event_bus_name == "shop"
    error_message = "Rule and target must be on the given bus."
  }
  assert {
    condition = (
      aws_cloudwatch_event_target.start[0].arn == aws_sfn_state_machine.this.arn
      && aws_cloudwatch_event_target.start[0].input_transformer[0].input_template == "{\"id\":<id>}"
      && aws_cloudwatch_event_target.start[0].retry_policy[0].maximum_retry_attempts == 185
      && aws_cloudwatch_event_target.start[0].dead_letter_config[0].arn == aws_sqs_queue.unfinished.arn
    )
    error_message = "The event must start the state machine with its input, be retried, and be kept if that fails."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.start[0].policy).Statement[0] == {
      Sid      = "StartExecutions"
      Effect   = "Allow"
      Action   = "states:StartExecution"
      Resource = aws_sfn_state_machine.this.arn
    }
    error_message = "EventBridge must be able to start this state machine and nothing else."
  }
  assert {
    condition     = contains(jsondecode(aws_iam_role_policy.this.policy).Statement[*].Sid, "SendTraces") && aws_sfn_state_machine.this.tracing_configuration[0].enabled
    error_message = "Tracing must be on, and allowed."
  }
}

run "refuses_what_would_hang_or_fail_later" {
  command = plan
  variables {
    name       = "orders of today"
    definition = "{\"StartAt\":\"Charge\",\"States\":{\"Charge\":{\"Type\":\"Task\"}}}"
    functions  = { all = "*" }
    logging    = { level = "INFO" }
    start_rule = { event_pattern = "shop", maximum_retries = 200 }
  }
  expect_failures = [var.name, var.definition, var.functions, var.logging, var.start_rule]
}

run "refuses_a_retention_that_cloudwatch_lacks" {
  command = plan
  variables {
    logging = { retention_days = 10 }
  }
  expect_failures = [var.logging]
}

run "refuses_a_definition_that_starts_nowhere" {
  command = plan
  variables {
    definition = "{\"StartAt\":\"Ship\",\"TimeoutSeconds\":60,\"States\":{\"Charge\":{\"Type\":\"Succeed\"}}}"
  }
  expect_failures = [var.definition]
}

run "refuses_a_task_that_does_not_retry_throttling" {
  command = plan
  variables {
    definition = "{\"StartAt\":\"Charge\",\"TimeoutSeconds\":60,\"States\":{\"Charge\":{\"Type\":\"Task\",\"TimeoutSeconds\":10,\"Retry\":[{\"ErrorEquals\":[\"States.Timeout\"]},{\"ErrorEquals\":[\"States.ALL\"],\"MaxAttempts\":0}],\"End\":true}}}"
  }
  expect_failures = [var.definition]
}

run "takes_a_task_that_retries_throttling_by_name" {
  command = plan
  variables {
    definition = "{\"StartAt\":\"Charge\",\"TimeoutSeconds\":60,\"States\":{\"Charge\":{\"Type\":\"Task\",\"TimeoutSeconds\":10,\"Retry\":[{\"ErrorEquals\":[\"Lambda.TooManyRequestsException\"],\"MaxAttempts\":10}],\"End\":true},\"Done\":{\"Type\":\"Succeed\"}}}"
  }
  assert {
    condition     = aws_sfn_state_machine.this.definition == var.definition
    error_message = "The definition must be deployed as it is."
  }
}

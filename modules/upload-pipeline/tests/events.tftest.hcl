# What starts the receiver and the reconciler, and who hears of uploads.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

mock_provider "rustlambda" {
  source = "./tests/mocks/rustlambda"
}

variables {
  name    = "photos"
  sign_in = { callback_urls = ["https://photos.example.com/callback"] }
}

# Bucket and key are those of "EventBridge event message structure", S3 User Guide.
run "starts_the_receiver_for_uploaded_objects" {
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.uploaded.event_pattern) == {
      source      = ["aws.s3"]
      detail-type = ["Object Created"]
      detail = {
        bucket = { name = ["photos-uploads-123456789012-eu-west-1"] }
        object = { key = [{ prefix = "uploads/" }] }
      }
    }
    error_message = "The rule must match what clients store, and nothing else."
  }
  assert {
    condition = [aws_cloudwatch_event_target.receiver.arn, aws_cloudwatch_event_target.receiver.rule] == [
      output.functions["upload-receiver"].arn, "photos-uploaded",
    ]
    error_message = "The rule must invoke the receiver by its alias, so that a version that goes back takes the rule with it."
  }
  assert {
    condition = {
      for name in ["function_name", "qualifier", "principal", "source_arn"] : name => aws_lambda_permission.uploaded[name]
      } == {
      function_name = "photos-upload-receiver"
      qualifier     = "live"
      principal     = "events.amazonaws.com"
      source_arn    = aws_cloudwatch_event_rule.uploaded.arn
    }
    error_message = "EventBridge must be able to invoke the alias, for this rule only."
  }
}

run "retries_what_the_receiver_does_not_take" {
  command = plan
  assert {
    condition     = one(aws_cloudwatch_event_target.receiver.retry_policy).maximum_event_age_in_seconds == 86400
    error_message = "An hour of trouble must not lose an event."
  }
}

run "reconciles_every_minute" {
  assert {
    condition = (
      aws_scheduler_schedule.reconcile.schedule_expression == "rate(1 minute)"
      && one(aws_scheduler_schedule.reconcile.flexible_time_window).mode == "OFF"
      && one(aws_scheduler_schedule.reconcile.target).arn == output.functions["upload-reconciler"].arn
    )
    error_message = "The schedule must invoke the reconciler's alias each minute."
  }
  assert {
    condition     = one(one(aws_scheduler_schedule.reconcile.target).retry_policy).maximum_retry_attempts == 0
    error_message = "Retries must not pile up on the next minute's invocation."
  }
  assert {
    condition     = local.functions.upload-reconciler.timeout_seconds < 60
    error_message = "An invocation should be over before the next begins."
  }
}

run "lets_the_schedule_do_nothing_else" {
  assert {
    condition = jsondecode(aws_iam_role_policy.reconcile.policy).Statement == [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = output.functions["upload-reconciler"].arn
    }]
    error_message = "The schedule's role must only invoke the reconciler."
  }
  assert {
    condition = one(jsondecode(aws_iam_role.reconcile.assume_role_policy).Statement) == {
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }
    error_message = "Only EventBridge Scheduler may assume the role, and only for this account."
  }
}

# A role's name has 64 characters, a rule's and a schedule's too; the longest region has 14.
run "has_names_that_aws_takes" {
  variables {
    name = "quarterly-report-uploads"
  }
  assert {
    condition = alltrue([
      for length in [
        length(aws_iam_role.reconcile.name) - length("eu-west-1") + 14,
        length(aws_cloudwatch_event_rule.uploaded.name),
        length(aws_scheduler_schedule.reconcile.name),
      ] : length <= 64
    ])
    error_message = "The longest name that the module takes must fit into every name that it makes."
  }
}

run "tells_others_on_a_bus_of_its_own" {
  assert {
    condition = (
      output.event_bus_name == "photos-uploads"
      && output.arns.event_bus == "arn:aws:events:eu-west-1:123456789012:event-bus/photos-uploads"
    )
    error_message = "By default the pipeline must have its own bus."
  }
}

run "tells_others_on_the_callers_bus" {
  variables {
    event_bus_name = "default"
  }
  assert {
    condition     = length(aws_cloudwatch_event_bus.this) == 0 && output.event_bus_name == "default"
    error_message = "With a bus of the caller's, the pipeline must create none."
  }
  assert {
    condition = distinct(flatten([
      for name in ["upload-processor", "upload-reconciler"] : [
        for statement in jsondecode(output.functions[name].policy).Statement : statement.Resource if statement.Sid == "SendEvents"
      ]
    ])) == tolist(["arn:aws:events:eu-west-1:123456789012:event-bus/default"])
    error_message = "The functions must be allowed to send to that bus, and to no other."
  }
}

run "refuses_the_arn_of_a_bus" {
  command = plan
  variables {
    event_bus_name = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
  }
  expect_failures = [var.event_bus_name]
}

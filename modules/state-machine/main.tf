data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  # By default EventBridge hands over the whole event; with a transformer, what the template makes of it.
  transformer = try(var.start_rule.input_transformer, null)
}

resource "aws_sfn_state_machine" "this" {
  name       = var.name
  type       = "STANDARD"
  role_arn   = aws_iam_role.this.arn
  definition = var.definition
  tags       = var.tags

  logging_configuration {
    level                  = var.logging.level
    include_execution_data = var.logging.include_execution_data
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }

  tracing_configuration {
    enabled = var.tracing
  }

  # Step Functions tries what the role may do with the log before it creates a state machine.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_cloudwatch_log_group" "this" {
  # Log groups with this prefix share one entry of the account's log resource policy, which AWS limits to 5,120 characters.
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = var.logging.retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# What was not finished: Step Functions tells of every execution that ends, on the account's default bus.
resource "aws_cloudwatch_event_rule" "unfinished" {
  name        = "${var.name}-unfinished"
  description = "Executions of ${var.name} that failed, were stopped or took too long."
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = {
      stateMachineArn = [aws_sfn_state_machine.this.arn]
      status          = ["FAILED", "TIMED_OUT", "ABORTED"]
    }
  })
}

resource "aws_cloudwatch_event_target" "unfinished" {
  rule = aws_cloudwatch_event_rule.unfinished.name
  arn  = aws_sqs_queue.unfinished.arn

  # EventBridge can write to the queue before it has something to write.
  depends_on = [aws_sqs_queue_policy.unfinished]
}

resource "aws_sqs_queue" "unfinished" {
  name                      = "${var.name}-unfinished"
  message_retention_seconds = 14 * 24 * 60 * 60 # The longest that SQS keeps a message.
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  kms_master_key_id         = var.kms_key_arn
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "unfinished" {
  queue_url = aws_sqs_queue.unfinished.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "WriteUnfinished"
        Effect    = "Allow"
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.unfinished.arn
        Principal = { Service = "events.amazonaws.com" }
        Condition = { ArnEquals = { "aws:SourceArn" = concat([aws_cloudwatch_event_rule.unfinished.arn], aws_cloudwatch_event_rule.start[*].arn) } }
      },
      # "Amazon SQS security best practices": enforce encryption of data in transit.
      {
        Sid       = "RefusePlainHttp"
        Effect    = "Deny"
        Action    = "sqs:*"
        Resource  = aws_sqs_queue.unfinished.arn
        Principal = "*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "start" {
  count          = length(var.start_rule[*])
  name           = "${var.name}-start"
  description    = "Events that start ${var.name}."
  event_bus_name = var.start_rule.event_bus_name
  event_pattern  = var.start_rule.event_pattern
  tags           = var.tags
}

resource "aws_cloudwatch_event_target" "start" {
  count          = length(var.start_rule[*])
  rule           = aws_cloudwatch_event_rule.start[0].name
  event_bus_name = var.start_rule.event_bus_name
  arn            = aws_sfn_state_machine.this.arn
  role_arn       = aws_iam_role.start[0].arn

  dynamic "input_transformer" {
    for_each = local.transformer[*]
    content {
      input_paths    = input_transformer.value.paths
      input_template = input_transformer.value.template
    }
  }

  retry_policy {
    maximum_event_age_in_seconds = var.start_rule.maximum_age_seconds
    maximum_retry_attempts       = var.start_rule.maximum_retries
  }

  dead_letter_config {
    arn = aws_sqs_queue.unfinished.arn
  }
}

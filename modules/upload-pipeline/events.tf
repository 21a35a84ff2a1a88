# What starts functions besides the API and the stream, and the bus that tells others.

data "aws_partition" "current" {}

locals {
  event_bus_name = var.event_bus_name == null ? aws_cloudwatch_event_bus.this[0].name : var.event_bus_name
  event_bus_arn  = "arn:${data.aws_partition.current.partition}:events:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:event-bus/${local.event_bus_name}"

  receiver   = module.function["upload-receiver"]
  reconciler = module.function["upload-reconciler"]
}

resource "aws_cloudwatch_event_bus" "this" {
  count = var.event_bus_name == null ? 1 : 0
  name  = "${var.name}-uploads"
  tags  = var.tags
}

# S3 sends its events to the account's default bus, and to no other ("Using EventBridge", S3 User Guide).
resource "aws_cloudwatch_event_rule" "uploaded" {
  name        = "${var.name}-uploaded"
  description = "Objects that clients have stored in ${module.uploads.name}."
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [module.uploads.name] }
      object = { key = [{ prefix = "uploads/" }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "receiver" {
  rule = aws_cloudwatch_event_rule.uploaded.name
  arn  = local.receiver.arn

  # EventBridge's own limits, which it has without the block too. What is lost for longer, the reconciler finds.
  retry_policy {
    maximum_event_age_in_seconds = 24 * 60 * 60
    maximum_retry_attempts       = 185
  }

  # EventBridge may invoke the function before it has something to tell it.
  depends_on = [aws_lambda_permission.uploaded]
}

resource "aws_lambda_permission" "uploaded" {
  action        = "lambda:InvokeFunction"
  function_name = local.receiver.function_name
  qualifier     = element(split(":", local.receiver.arn), 7)
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.uploaded.arn
}

resource "aws_scheduler_schedule" "reconcile" {
  name                = "${var.name}-reconcile"
  description         = "Looks for uploads of ${var.name} that nobody works on any more."
  schedule_expression = "rate(1 minute)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.reconciler.arn
    role_arn = aws_iam_role.reconcile.arn
    input    = jsonencode({})

    # A minute later it comes again anyway.
    retry_policy {
      maximum_event_age_in_seconds = 60
      maximum_retry_attempts       = 0
    }
  }

  depends_on = [aws_iam_role_policy.reconcile]
}

resource "aws_iam_role" "reconcile" {
  # Role names are unique in the whole account: the region lets one name be deployed in several.
  name                 = "${var.name}-reconcile-${data.aws_region.current.id}"
  path                 = var.role.path
  permissions_boundary = var.role.permissions_boundary
  description          = "Lets the schedule ${var.name}-reconcile invoke its function."
  tags                 = var.tags

  # "Confused deputy prevention in EventBridge Scheduler", EventBridge Scheduler User Guide.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "reconcile" {
  name = "reconcile"
  role = aws_iam_role.reconcile.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = local.reconciler.arn }]
  })
}

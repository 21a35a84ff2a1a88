locals {
  invoke_statement = {
    Sid      = "InvokeTasks"
    Effect   = "Allow"
    Action   = "lambda:InvokeFunction"
    Resource = values(var.functions)
  }

  # Log delivery knows no resources ("Logging in CloudWatch Logs", Step Functions).
  log_statement = {
    Sid    = "DeliverLogs"
    Effect = "Allow"
    Action = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    Resource = "*"
  }

  # Nor does X-Ray.
  tracing_statement = {
    Sid    = "SendTraces"
    Effect = "Allow"
    Action = [
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
    Resource = "*"
  }
}

resource "aws_iam_role" "this" {
  # Role names are unique in the whole account: the region lets one name be deployed in several.
  name                 = "${var.name}-states-${data.aws_region.current.id}"
  path                 = var.role.path
  permissions_boundary = var.role.permissions_boundary
  description          = "What the state machine ${var.name} may do."
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "state-machine"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.invoke_statement, local.log_statement],
      [for enabled in [var.tracing] : local.tracing_statement if enabled],
    )
  })
}

resource "aws_iam_role" "start" {
  count                = length(var.start_rule[*])
  name                 = "${var.name}-start-${data.aws_region.current.id}"
  path                 = var.role.path
  permissions_boundary = var.role.permissions_boundary
  description          = "Lets EventBridge start the state machine ${var.name}."
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "start" {
  count = length(var.start_rule[*])
  name  = "start"
  role  = aws_iam_role.start[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "StartExecutions"
      Effect   = "Allow"
      Action   = "states:StartExecution"
      Resource = aws_sfn_state_machine.this.arn
    }]
  })
}

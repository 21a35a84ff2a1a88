locals {
  log_statement = {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  tracing_statement = {
    sid       = "SendTraces"
    actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"] # X-Ray knows no resources for these.
  }

  # What Lambda does with this role while it polls an event source for the function.
  kinesis_statements = [for source in var.kinesis_source[*] : [
    {
      sid = "ReadStream"
      actions = [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ]
      resources = [source.stream_arn]
    },
    {
      sid       = "ReportDiscardedRecords"
      actions   = ["sqs:SendMessage"]
      resources = [source.failure_queue_arn]
    },
  ]]

  dynamodb_statements = [for source in var.dynamodb_source[*] : [
    {
      sid       = "ReadTableStream"
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      resources = [source.stream_arn]
    },
    {
      # Lists the streams of the table, and so is asked for all of them.
      sid       = "ListTableStreams"
      actions   = ["dynamodb:ListStreams"]
      resources = [replace(source.stream_arn, "/\\/stream\\/.*$/", "/stream/*")]
    },
    {
      sid       = "ReportDiscardedChanges"
      actions   = ["sqs:SendMessage"]
      resources = [source.failure_queue_arn]
    },
  ]]

  queue_statements = [for source in var.queue_source[*] : {
    sid       = "ReadQueue"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [source.queue_arn]
  }]

  statements = concat(
    [local.log_statement],
    [for enabled in [var.tracing] : local.tracing_statement if enabled],
    flatten(local.kinesis_statements),
    flatten(local.dynamodb_statements),
    local.queue_statements,
    var.permissions,
  )
}

resource "aws_iam_role" "this" {
  # Role names are unique in the whole account: the region lets one name be deployed in several.
  name        = "${var.name}-${data.aws_region.current.id}"
  description = "What the function ${var.name} may do."
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "function"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in local.statements : {
      Sid      = statement.sid
      Effect   = "Allow"
      Action   = statement.actions
      Resource = statement.resources
    }]
  })
}

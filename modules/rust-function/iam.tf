locals {
  # Names of the statements below, which the caller's own must not have.
  own_sids = [
    "WriteLogs", "SendTraces", "ReadStream", "ReportDiscardedRecords", "ReadTableStream", "ListTableStreams",
    "ReportDiscardedChanges", "KeepDiscarded", "FindDiscarded", "ReadQueue",
  ]

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
    [for queue_arn in source.on_failure.queue_arn[*] : {
      sid       = "ReportDiscardedRecords"
      actions   = ["sqs:SendMessage"]
      resources = [queue_arn]
    }],
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
    [for queue_arn in source.on_failure.queue_arn[*] : {
      sid       = "ReportDiscardedChanges"
      actions   = ["sqs:SendMessage"]
      resources = [queue_arn]
    }],
  ]]

  # Lambda keeps what it gives up below aws/lambda/<mapping>/ ("Retain discarded batch records", Lambda Developer Guide).
  failure_buckets = distinct(compact(concat(
    var.kinesis_source[*].on_failure.bucket_arn,
    var.dynamodb_source[*].on_failure.bucket_arn,
  )))
  bucket_statements = [for bucket_arns in [local.failure_buckets] : [
    {
      sid       = "KeepDiscarded"
      actions   = ["s3:PutObject"]
      resources = formatlist("%s/aws/lambda/*", bucket_arns)
    },
    {
      sid       = "FindDiscarded"
      actions   = ["s3:ListBucket"]
      resources = bucket_arns
    },
  ] if length(bucket_arns) > 0]

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
    flatten(local.bucket_statements),
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

locals {
  # Names of the statements below, which the caller's own must not have.
  own_sids = [
    "WriteLogs", "SendTraces", "ReadStream", "ReportDiscardedRecords", "ReadTableStream", "ListTableStreams",
    "ReportDiscardedChanges", "KeepDiscarded", "FindDiscarded", "ReadQueue", "UseKey",
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

  # What the services that the function calls ask of it when they encrypt with this key ("DynamoDB encryption at rest",
  # "Data protection in Amazon Kinesis Data Streams", "Protecting data with server-side encryption" of S3, SQS).
  key_statements = [for key_arn in var.kms_key_arn[*] : {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = [key_arn]
  }]

  statements = concat(
    [local.log_statement],
    [for enabled in [var.tracing] : local.tracing_statement if enabled],
    flatten(local.kinesis_statements),
    flatten(local.dynamodb_statements),
    flatten(local.bucket_statements),
    local.queue_statements,
    local.key_statements,
    var.permissions,
  )

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in local.statements : merge(
      {
        Sid      = statement.sid
        Effect   = "Allow"
        Action   = statement.actions
        Resource = statement.resources
      },
      { for key, value in { Condition = try(statement.condition, {}) } : key => value if length(value) > 0 },
    )]
  })

  # A role that exists already is its owner's: it is not changed here.
  role_arn = var.role.arn == null ? aws_iam_role.this[0].arn : var.role.arn
}

resource "aws_iam_role" "this" {
  count = var.role.arn == null ? 1 : 0

  # Role names are unique in the whole account: the region lets one name be deployed in several.
  name                 = "${var.name}-${data.aws_region.current.id}"
  path                 = var.role.path
  permissions_boundary = var.role.permissions_boundary
  description          = "What the function ${var.name} may do."
  tags                 = var.tags

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
  count = var.role.arn == null ? 1 : 0
  name  = "function"
  role  = aws_iam_role.this[0].id

  policy = local.policy
}

# Lambda puts network interfaces into the subnets, in the role's name ("Giving Lambda functions access to resources in an Amazon VPC").
resource "aws_iam_role_policy_attachment" "vpc" {
  count      = var.role.arn == null ? length(var.vpc[*]) : 0
  role       = aws_iam_role.this[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

locals {
  # Names of the statements below, which the caller's own must not have.
  own_sids = [
    "WriteLogs", "SendTraces", "ManageNetworkInterfaces", "KeepNetworkInterfacesFromCode", "ReadStream", "ReadTableStream",
    "ListTableStreams", "ReportDiscarded", "KeepDiscarded", "FindDiscarded", "ReadQueue", "UseKey",
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

  # Lambda manages the function's network interfaces with this role. The condition key is in the calls of the function's own
  # code only, which has no need of them ("Giving Lambda functions access to resources in an Amazon VPC", Lambda Developer
  # Guide). The managed policy AWSLambdaVPCAccessExecutionRole would also let the code write to every log group.
  network_interface_actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ]
  vpc_statements = [for vpc in var.vpc[*] : [
    {
      sid       = "ManageNetworkInterfaces"
      actions   = local.network_interface_actions
      resources = ["*"]
    },
    {
      sid       = "KeepNetworkInterfacesFromCode"
      effect    = "Deny"
      actions   = concat(local.network_interface_actions, ["ec2:DetachNetworkInterface"])
      resources = ["*"]
      condition = { ArnEquals = { "lambda:SourceFunctionArn" = [local.arn] } }
    },
  ]]

  # What Lambda does with this role while it polls an event source for the function.
  kinesis_statements = [for source in var.kinesis_source[*] : {
    sid = "ReadStream"
    actions = [
      "kinesis:DescribeStream",
      "kinesis:DescribeStreamSummary",
      "kinesis:GetRecords",
      "kinesis:GetShardIterator",
      "kinesis:ListShards",
    ]
    resources = [source.stream_arn]
  }]

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
  ]]

  failure_queue_statements = [for queue_arns in [distinct(compact(values(local.stream_sources)[*].on_failure.queue_arn))] : {
    sid       = "ReportDiscarded"
    actions   = ["sqs:SendMessage"]
    resources = queue_arns
  } if length(queue_arns) > 0]

  # Lambda keeps what it gives up below aws/lambda/<mapping>/ ("Retain discarded batch records", Lambda Developer Guide).
  failure_bucket_statements = [for bucket_arns in [distinct(compact(values(local.stream_sources)[*].on_failure.bucket_arn))] : [
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
    flatten(local.vpc_statements),
    local.kinesis_statements,
    flatten(local.dynamodb_statements),
    local.failure_queue_statements,
    flatten(local.failure_bucket_statements),
    local.queue_statements,
    local.key_statements,
    var.permissions,
  )

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for statement in local.statements : merge(
      {
        Sid      = statement.sid
        Effect   = try(statement.effect, "Allow")
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

mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/hello" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/hello" }
  }
  mock_resource "aws_lambda_function" {
    defaults = {
      arn     = "arn:aws:lambda:eu-west-1:123456789012:function:hello"
      version = "42"
    }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:hello:live" }
  }
}

mock_provider "rustlambda" {
  mock_resource "rustlambda_package" {
    defaults = {
      runtime          = "provided.al2023"
      handler          = "bootstrap"
      filename         = "target/hello.zip"
      source_code_hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    }
  }
}

variables {
  name    = "hello"
  package = { manifest_path = "lambdas/hello/Cargo.toml" }
}

run "deploys_what_was_compiled" {
  variables {
    architecture = "arm64"
  }

  assert {
    condition     = can(regex("^arn:[^:]+:lambda:eu-west-1:[^:]+:function:hello$", one(rustlambda_package.this[0].function_arns)))
    error_message = "The package must know the function that it is for, or a fresh machine could not create it again."
  }

  assert {
    condition = (
      # A mocked package has a value for everything, and so is in a store.
      aws_lambda_function.this.s3_key == rustlambda_package.this[0].s3_key
      && aws_lambda_function.this.source_code_hash == rustlambda_package.this[0].source_code_hash
      && aws_lambda_function.this.handler == "bootstrap"
    )
    error_message = "The function must run the package, and change with it."
  }
  assert {
    condition     = rustlambda_package.this[0].architecture == "arm64" && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "The function must run on what it was compiled for."
  }
  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_group == "/aws/lambda/hello" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log must go where its lines are deleted some day."
  }
}

run "may_write_its_log_and_nothing_else" {
  assert {
    condition = jsondecode(aws_iam_role_policy.this[0].policy).Statement == [{
      Sid      = "WriteLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/hello:*"]
    }]
    error_message = "A function that was given nothing must be able to do nothing."
  }
  assert {
    condition     = aws_iam_role.this[0].name == "hello-eu-west-1"
    error_message = "The role's name must hold the region, or a second region could not deploy the function."
  }
}

run "may_do_what_it_was_given" {
  variables {
    permissions = [{ sid = "Store", actions = ["s3:PutObject"], resources = ["arn:aws:s3:::files/*"] }]
    tracing     = true
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this[0].policy).Statement[*].Sid == ["WriteLogs", "SendTraces", "Store"]
    error_message = "The role must hold the given statements, and tracing's."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.this[0].policy).Statement[2] == {
      Sid      = "Store"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["arn:aws:s3:::files/*"]
    }
    error_message = "A given statement must arrive unchanged."
  }
}

run "may_do_it_under_a_condition" {
  variables {
    permissions = [{
      sid       = "Store"
      actions   = ["s3:PutObject"]
      resources = ["arn:aws:s3:::files/*"]
      condition = { StringEquals = { "s3:x-amz-storage-class" = ["STANDARD"] } }
    }]
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this[0].policy).Statement[1].Condition == { StringEquals = { "s3:x-amz-storage-class" = ["STANDARD"] } }
    error_message = "A condition must arrive unchanged."
  }
}

run "publishes_versions_and_invokes_the_newest" {
  variables {
    queue_source = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:orders" }
  }

  assert {
    condition     = aws_lambda_function.this.publish && aws_lambda_alias.live.function_version == "42" && length(aws_lambda_alias.live.routing_config) == 0
    error_message = "Each change must be a version, and the newest must answer."
  }
  assert {
    condition     = output.arn == aws_lambda_alias.live.arn && aws_lambda_event_source_mapping.queue[0].function_name == aws_lambda_alias.live.arn
    error_message = "Routes and event sources must invoke the alias, or going back would not reach them."
  }
}

run "goes_back_to_a_version" {
  variables {
    live_version = "41"
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "41"
    error_message = "The named version must answer."
  }
}

run "tries_the_newest_version_on_a_few" {
  variables {
    live_version  = "41"
    canary_weight = 0.1
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "41" && aws_lambda_alias.live.routing_config[0].additional_version_weights == tomap({ "42" = 0.1 })
    error_message = "The newest version must get its share, and the named one the rest."
  }
}

run "refuses_a_canary_without_the_version_before" {
  command = plan
  variables {
    canary_weight = 0.1
  }
  expect_failures = [var.canary_weight]
}

run "fits_into_an_enterprise" {
  variables {
    role        = { path = "/applications/", permissions_boundary = "arn:aws:iam::123456789012:policy/boundary" }
    vpc         = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_iam_role.this[0].path == "/applications/" && aws_iam_role.this[0].permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The role must stand where it is asked for, within its boundary."
  }
  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-1"])
    error_message = "The function must be in the given subnets."
  }
  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.kms_key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn
    error_message = "The key must encrypt environment and log."
  }
  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement : statement.Resource if statement.Sid == "UseKey"
    ]) == [var.kms_key_arn]
    error_message = "The function must be able to use this key and no other."
  }
}

# "Giving Lambda functions access to resources in an Amazon VPC", Lambda Developer Guide: which permissions Lambda needs, and the
# statement that keeps them from the function's own code. AWSLambdaVPCAccessExecutionRole also allows every log group.
run "lets_lambda_and_not_the_code_manage_network_interfaces" {
  variables {
    vpc = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement : statement if statement.Sid == "ManageNetworkInterfaces"
      ]) == {
      Sid    = "ManageNetworkInterfaces"
      Effect = "Allow"
      Action = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ]
      Resource = ["*"]
    }
    error_message = "Lambda must be able to create and delete the function's network interfaces."
  }
  assert {
    condition = one([
      for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement :
      contains(statement.Action, "ec2:CreateNetworkInterface") && contains(statement.Action, "ec2:DetachNetworkInterface") && can(regex("^arn:aws:lambda:eu-west-1:[^:]*:function:hello$", statement.Condition.ArnEquals["lambda:SourceFunctionArn"][0]))
      if statement.Effect == "Deny"
    ])
    error_message = "The function's own code must not manage network interfaces."
  }
  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement : statement.Resource
      if anytrue([for action in statement.Action : startswith(action, "logs:")])
    ] == [["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/hello:*"]]
    error_message = "In a VPC, too, the function must write to its own log group only."
  }
}

run "takes_a_role_that_exists" {
  variables {
    role = { arn = "arn:aws:iam::123456789012:role/teams/shop/hello" }
    vpc  = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }

  assert {
    condition     = aws_lambda_function.this.role == "arn:aws:iam::123456789012:role/teams/shop/hello" && output.role_name == "hello"
    error_message = "The function must have the given role."
  }
  assert {
    condition     = length(aws_iam_role.this) + length(aws_iam_role_policy.this) == 0
    error_message = "A role of somebody else must be left alone."
  }
  assert {
    condition     = slice(jsondecode(output.policy).Statement[*].Sid, 0, 2) == ["WriteLogs", "ManageNetworkInterfaces"]
    error_message = "Its owner must learn what it has to allow, also for the VPC."
  }
}

run "refuses_what_an_enterprise_would" {
  command = plan
  variables {
    role         = { path = "applications", arn = "hello" }
    vpc          = { subnet_ids = [], security_group_ids = [] }
    kms_key_arn  = "alias/hello"
    live_version = "newest"
  }
  expect_failures = [var.role, var.vpc, var.kms_key_arn, var.live_version]
}

run "survives_a_bad_record" {
  variables {
    kinesis_source = {
      stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
      on_failure = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:failures" }
    }
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.stream["kinesis"].function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.stream["kinesis"].bisect_batch_on_function_error
      && aws_lambda_event_source_mapping.stream["kinesis"].maximum_retry_attempts == -1
      && aws_lambda_event_source_mapping.stream["kinesis"].maximum_record_age_in_seconds == 18 * 3600
    )
    error_message = "Only what failed must be retried, for as long as the stream surely has it."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream["kinesis"].destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-west-1:123456789012:failures"
    error_message = "What was given up must be reported to the queue."
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement : statement.Sid => statement.Resource } == {
      WriteLogs       = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/hello:*"]
      ReadStream      = ["arn:aws:kinesis:eu-west-1:123456789012:stream/orders"]
      ReportDiscarded = ["arn:aws:sqs:eu-west-1:123456789012:failures"]
    }
    error_message = "The role must reach this stream and this queue only."
  }
}

run "survives_a_bad_change" {
  variables {
    dynamodb_source = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      on_failure = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:failures" }
      filters    = ["{\"eventName\":[\"INSERT\"]}"]
    }
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.stream["dynamodb"].function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.stream["dynamodb"].bisect_batch_on_function_error
      && aws_lambda_event_source_mapping.stream["dynamodb"].maximum_retry_attempts == -1
      && aws_lambda_event_source_mapping.stream["dynamodb"].maximum_record_age_in_seconds == 18 * 3600
      && aws_lambda_event_source_mapping.stream["dynamodb"].starting_position == "TRIM_HORIZON"
    )
    error_message = "Only what failed must be retried, for as long as the stream surely has it, and nothing left out."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.stream["dynamodb"].destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-west-1:123456789012:failures"
    error_message = "What was given up must be reported to the queue."
  }
  assert {
    condition     = one(one(aws_lambda_event_source_mapping.stream["dynamodb"].filter_criteria).filter).pattern == "{\"eventName\":[\"INSERT\"]}"
    error_message = "The filter must keep away what the function has no use for."
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement : statement.Sid => statement.Resource } == {
      WriteLogs        = ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/hello:*"]
      ReadTableStream  = ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"]
      ListTableStreams = ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/*"]
      ReportDiscarded  = ["arn:aws:sqs:eu-west-1:123456789012:failures"]
    }
    error_message = "The role must reach this table's streams and this queue only."
  }
}

run "keeps_discarded_records_whole_in_a_bucket" {
  variables {
    kinesis_source = {
      stream_arn               = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
      on_failure               = { bucket_arn = "arn:aws:s3:::discarded" }
      maximum_retries          = 5
      maximum_record_age_hours = 160
    }
    dynamodb_source = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      on_failure = { bucket_arn = "arn:aws:s3:::discarded" }
    }
  }

  assert {
    condition = (
      aws_lambda_event_source_mapping.stream["kinesis"].destination_config[0].on_failure[0].destination_arn == "arn:aws:s3:::discarded"
      && aws_lambda_event_source_mapping.stream["dynamodb"].destination_config[0].on_failure[0].destination_arn == "arn:aws:s3:::discarded"
    )
    error_message = "What was given up must be kept in the bucket."
  }
  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.this[0].policy).Statement : statement.Sid => "${statement.Action[0]} ${statement.Resource[0]}"
      if endswith(statement.Sid, "Discarded")
      } == {
      KeepDiscarded = "s3:PutObject arn:aws:s3:::discarded/aws/lambda/*"
      FindDiscarded = "s3:ListBucket arn:aws:s3:::discarded"
    }
    error_message = "Lambda must be able to write to the bucket, and to nothing else."
  }
  assert {
    condition = (
      aws_lambda_event_source_mapping.stream["kinesis"].maximum_retry_attempts == 5
      && aws_lambda_event_source_mapping.stream["kinesis"].maximum_record_age_in_seconds == 160 * 3600
    )
    error_message = "The caller's own limits must hold."
  }
}

run "refuses_retries_that_outlive_the_record" {
  command = plan
  variables {
    kinesis_source = {
      stream_arn      = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
      on_failure      = {}
      maximum_retries = -2
    }
    dynamodb_source = {
      stream_arn               = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      on_failure               = { bucket_arn = "arn:aws:s3:::discarded" }
      maximum_record_age_hours = 24
    }
  }
  expect_failures = [var.kinesis_source, var.dynamodb_source]
}

run "logs_as_much_as_was_asked_for" {
  command = plan
  variables {
    log_level = "debug"
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].application_log_level == "DEBUG"
    error_message = "Lambda must not drop what the function was asked to log: unset, it drops all below INFO."
  }
}

run "refuses_statements_that_iam_would" {
  command = plan
  variables {
    permissions        = [{ sid = "store-photos", actions = ["s3:PutObject"], resources = ["*"] }]
    log_level          = "verbose"
    log_retention_days = 10
  }
  expect_failures = [var.permissions, var.log_level, var.log_retention_days]
}

run "refuses_one_name_for_two_statements" {
  command = plan
  variables {
    permissions = [{ sid = "WriteLogs", actions = ["s3:PutObject"], resources = ["*"] }]
  }
  expect_failures = [var.permissions]
}

run "takes_messages_one_by_one" {
  variables {
    queue_source = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:orders" }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.queue[0].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "Only the messages that failed must come again."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.this[0].policy).Statement[1] == {
      Sid      = "ReadQueue"
      Effect   = "Allow"
      Action   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      Resource = ["arn:aws:sqs:eu-west-1:123456789012:orders"]
    }
    error_message = "The role must read this queue only."
  }
}

run "deploys_what_was_made_elsewhere" {
  variables {
    package = null
    handler = "refund"
    artifact = {
      source_code_hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
      s3_bucket        = "artifacts"
      s3_key           = "orders/1.4.2.zip"
      architecture     = "arm64"
      runtime          = "provided.al2023"
      handler          = "bootstrap"
      build            = "1.4.2+0123456789ab"
    }
  }

  assert {
    condition     = length(rustlambda_package.this) == 0 && output.build == "1.4.2+0123456789ab"
    error_message = "An artifact must not be compiled again."
  }
  assert {
    condition = (
      aws_lambda_function.this.s3_bucket == "artifacts"
      && aws_lambda_function.this.s3_key == "orders/1.4.2.zip"
      && aws_lambda_function.this.filename == null
      && aws_lambda_function.this.source_code_hash == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
      && aws_lambda_function.this.architectures == tolist(["arm64"])
    )
    error_message = "A stored artifact must be deployed from where it is stored, for what it was compiled for."
  }
  assert {
    condition     = aws_lambda_function.this.handler == "refund"
    error_message = "A binary that is several functions must learn which one it is."
  }
}

run "deploys_from_this_disk_what_is_in_no_store" {
  variables {
    package = null
    artifact = {
      source_code_hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
      filename         = "target/hello.zip"
      architecture     = "x86_64"
      runtime          = "provided.al2023"
      handler          = "bootstrap"
      build            = "1.4.2+0123456789ab"
    }
  }

  assert {
    condition     = aws_lambda_function.this.filename == "target/hello.zip" && aws_lambda_function.this.s3_key == null
    error_message = "A package that is in no store must be sent from this disk."
  }
}

run "compiles_as_it_is_told" {
  command = plan
  variables {
    package = {
      manifest_path    = "lambdas/hello/Cargo.toml"
      default_features = false
      features         = ["metrics"]
      compiler         = "zigbuild"
      runtime          = "provided.al2"
      assets           = { "templates/mail.txt" = "mail.txt" }
      output_dir       = "build"
      store            = { bucket = "artifacts", prefix = "zips", region = "eu-central-1", expected_bucket_owner = "123456789012", read_only = true }
    }
  }

  assert {
    condition = (
      !rustlambda_package.this[0].default_features
      && rustlambda_package.this[0].features == toset(["metrics"])
      && rustlambda_package.this[0].compiler == "zigbuild"
      && rustlambda_package.this[0].runtime == "provided.al2"
      && rustlambda_package.this[0].assets == tomap({ "templates/mail.txt" = "mail.txt" })
      && rustlambda_package.this[0].output_dir == "build"
    )
    error_message = "What the package can be told must reach it."
  }
  assert {
    condition = (
      rustlambda_package.this[0].store.region == "eu-central-1"
      && rustlambda_package.this[0].store.expected_bucket_owner == "123456789012"
      && rustlambda_package.this[0].store.read_only
    )
    error_message = "What the store can be told must reach it."
  }
}

run "packages_an_executable_that_is_there_already" {
  command = plan
  variables {
    package = { binary_path = "dist/hello" }
  }

  assert {
    condition     = rustlambda_package.this[0].binary_path == "dist/hello" && rustlambda_package.this[0].manifest_path == null
    error_message = "The executable must be packaged, and nothing compiled."
  }
}

run "refuses_sources_and_an_executable" {
  command = plan
  variables {
    package = { manifest_path = "lambdas/hello/Cargo.toml", binary_path = "dist/hello" }
  }
  expect_failures = [var.package]
}

run "refuses_a_queue_that_delivers_twice" {
  command = plan
  variables {
    timeout_seconds = 60
    queue_source    = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:orders", visibility_timeout_seconds = 30 }
  }
  expect_failures = [var.queue_source]
}

run "refuses_too_little_concurrency" {
  command = plan
  variables {
    queue_source         = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:orders", maximum_concurrency = 1 }
    reserved_concurrency = -2
  }
  expect_failures = [var.queue_source, var.reserved_concurrency]
}

run "refuses_two_things_to_deploy" {
  command = plan
  variables {
    artifact = {
      source_code_hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
      architecture     = "x86_64"
      runtime          = "provided.al2023"
      handler          = "bootstrap"
      build            = "1.4.2"
    }
  }
  expect_failures = [var.package]
}

run "refuses_what_would_fail_later" {
  command = plan
  variables {
    name            = "hello world"
    package         = { manifest_path = "lambdas/hello" }
    architecture    = "aarch64"
    permissions     = [{ sid = "All", actions = ["s3:*"], resources = ["*"] }]
    timeout_seconds = 901
    kinesis_source = {
      stream_arn             = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
      on_failure             = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:failures" }
      parallelization_factor = 11
    }
    dynamodb_source = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      on_failure = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:failures" }
      filters    = ["INSERT"]
    }
  }
  expect_failures = [
    var.name, var.package, var.architecture, var.permissions, var.timeout_seconds, var.kinesis_source,
    var.dynamodb_source,
  ]
}

run "an_earlier_version_mapped_the_streams" {
  state_key = "upgraded"
  module {
    source = "./tests/earlier"
  }
}

# Lambda refuses a second mapping of a stream to a function (CreateEventSourceMapping, ResourceConflictException), and a mapping
# that is created anew reads the stream from its beginning.
run "keeps_the_mappings_of_an_earlier_version" {
  state_key = "upgraded"
  variables {
    kinesis_source = {
      stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"
      on_failure = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:discarded" }
    }
    dynamodb_source = {
      stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000"
      on_failure = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:discarded" }
    }
  }

  assert {
    condition     = { for source, mapping in aws_lambda_event_source_mapping.stream : source => mapping.uuid } == run.an_earlier_version_mapped_the_streams.uuids
    error_message = "An upgrade must keep the mappings that there are."
  }
}

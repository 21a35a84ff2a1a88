locals {
  # Relative, so that a plan reads the same in every checkout.
  lambdas = "${path.module}/../../lambdas"

  # Six hours to fetch a record by what the queue says of it, before the stream forgets it; Lambda's limit is a week.
  maximum_record_age_hours = coalesce(var.stream.maximum_record_age_hours, min(var.stream.retention_hours - 6, 168))

  # Of every function: whatever writes a row says when DynamoDB deletes it.
  environment = merge(
    { LOG_LEVEL = var.log_level },
    { for days in var.expire_after_days[*] : "EXPIRE_AFTER_DAYS" => days },
  )

  # What differs from function to function.
  functions = {
    upload-api = {
      description     = "Answers the upload routes: stores the file, writes its row and puts its record on the stream."
      memory_mb       = 256
      timeout_seconds = 29 # Its three calls to AWS may take 8 s each, retries included; API Gateway gives up after 30 s.

      # With a number, a caller that floods the API leaves the account's other functions their share.
      reserved_concurrency = var.api_concurrency
      kinesis_source       = null

      # A REST API sends another event than an HTTP API, and leaves the answer to browsers of other sites to the function.
      environment = merge(
        {
          UPLOADS_BUCKET = module.uploads.name
          UPLOADS_TABLE  = module.table.name
          STREAM_NAME    = module.stream.name
          REST_API       = var.api == "rest"
        },
        { for origin in var.allowed_origins : "ALLOWED_ORIGIN" => origin if var.api == "rest" },
      )

      permissions = [
        {
          sid       = "StoreUploads"
          actions   = ["s3:PutObject"]
          resources = ["${module.uploads.arn}/uploads/*"]
        },
        {
          # After a write whose answer was lost: what is there, and is it what was sent?
          sid       = "CheckUploads"
          actions   = ["s3:GetObject"]
          resources = ["${module.uploads.arn}/uploads/*"]
        },
        {
          sid       = "RecordUploads"
          actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
          resources = [module.table.arn]
        },
        {
          sid       = "AnnounceUploads"
          actions   = ["kinesis:PutRecord"]
          resources = [module.stream.arn]
        },
      ]
    }

    upload-processor = {
      description          = "Reads each upload on the stream and stores what it makes of it."
      memory_mb            = 512 # For the processor that comes with it; the memory that an upload takes does not grow with it.
      timeout_seconds      = 60
      reserved_concurrency = -1

      environment = {
        PROCESSED_BUCKET      = module.processed.name
        UPLOADS_TABLE         = module.table.name
        DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead_letters.url
      }

      # With the queue as its destination, the module also grants sqs:SendMessage, which the function needs for its own dead letters.
      kinesis_source = {
        stream_arn               = module.stream.arn
        on_failure               = { queue_arn = aws_sqs_queue.dead_letters.arn }
        parallelization_factor   = var.stream.parallelization_factor
        batch_size               = var.stream.batch_size
        maximum_retries          = var.stream.maximum_retries
        maximum_record_age_hours = local.maximum_record_age_hours
      }

      permissions = [
        {
          sid       = "ReadUploads"
          actions   = ["s3:GetObjectVersion"]
          resources = ["${module.uploads.arn}/uploads/*"]
        },
        {
          # Without it S3 answers 403 for an object that is missing, and the function could not tell.
          sid       = "SeeMissingObjects"
          actions   = ["s3:ListBucket"]
          resources = [module.uploads.arn, module.processed.arn]
        },
        {
          sid       = "StoreResults"
          actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
          resources = ["${module.processed.arn}/processed/*"]
        },
        {
          # A result that an earlier try has stored is described, not written again.
          sid       = "CheckResults"
          actions   = ["s3:GetObject"]
          resources = ["${module.processed.arn}/processed/*"]
        },
        {
          sid       = "RecordResults"
          actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
          resources = [module.table.arn]
        },
      ]
    }
  }
}

data "rustlambda_release" "function" {
  for_each           = var.release == null ? [] : toset(keys(local.functions))
  name               = each.key
  version_constraint = var.release.version_constraint
  architecture       = var.build.architecture
  store              = { bucket = var.release.bucket, prefix = var.release.prefix }
}

module "function" {
  source   = "../rust-function"
  for_each = local.functions

  name                 = "${var.name}-${each.key}"
  description          = each.value.description
  architecture         = var.build.architecture
  memory_mb            = each.value.memory_mb
  timeout_seconds      = each.value.timeout_seconds
  reserved_concurrency = each.value.reserved_concurrency
  environment          = merge(local.environment, each.value.environment)
  kinesis_source       = each.value.kinesis_source
  permissions          = each.value.permissions
  role                 = var.role
  vpc                  = var.vpc
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  log_level            = var.log_level
  log_retention_days   = var.log_retention_days
  tags                 = var.tags

  # One of the two is null: the function is compiled, or installed.
  package = var.release != null ? null : {
    manifest_path = "${local.lambdas}/${each.key}/Cargo.toml"
    profile       = var.build.profile
    environment   = var.build.environment
    store         = var.build.store
  }
  artifact = try(data.rustlambda_release.function[each.key], null)
}

locals {
  # Relative, so that a plan reads the same in every checkout.
  lambdas = "${path.module}/../../lambdas"

  # Six hours to fetch a record by what the queue says of it, before the stream forgets it; Lambda's limit is a week.
  maximum_record_age_hours = coalesce(var.stream.maximum_record_age_hours, min(var.stream.retention_hours - 6, 168))

  # Of every function: whatever writes a row says when somebody has to look at it, and when its data goes.
  environment = merge(
    {
      LOG_LEVEL               = var.log_level
      UPLOADS_TABLE           = module.table.name
      RECONCILE_AFTER_SECONDS = var.reconcile_after_minutes * 60
      STREAM_RETENTION_HOURS  = var.stream.retention_hours
    },
    { for days in var.expire_after_days[*] : "EXPIRE_AFTER_DAYS" => days },
  )

  # Where a function finds uploads, and puts their records.
  places = { UPLOADS_BUCKET = module.uploads.name, STREAM_NAME = module.stream.name }

  # What is not limited is not said.
  limits = { for name, limit in {
    MULTIPART_ABOVE_BYTES = var.multipart_above_bytes
    MAX_UPLOAD_BYTES      = try(min([for bytes in [var.max_upload_bytes, var.processor.max_bytes] : bytes if bytes != null]...), null)
    QUOTA_BYTES           = var.quota.bytes
    QUOTA_OPEN_UPLOADS    = var.quota.open_uploads
  } : name => limit if limit != null && limit != -1 }

  # What differs from function to function.
  functions = {
    upload-api = {
      description     = "Answers the upload routes: takes and announces uploads, and tells, removes and retries them."
      memory_mb       = 256
      timeout_seconds = 29 # API Gateway gives up after 30 s.

      # With a number, a caller that floods the API leaves the account's other functions their share.
      reserved_concurrency = var.api_concurrency
      kinesis_source       = null

      # A REST API sends another event than an HTTP API, and leaves the answer to browsers of other sites to the function.
      environment = merge(
        local.places,
        { PROCESSED_BUCKET = module.processed.name, REST_API = var.api == "rest" },
        { for origin in var.allowed_origins : "ALLOWED_ORIGIN" => origin if var.api == "rest" },
        local.limits,
      )
    }

    upload-receiver = {
      description          = "Hears from S3 of each uploaded object, records it and puts its record on the stream."
      memory_mb            = 256
      timeout_seconds      = 30
      reserved_concurrency = -1
      kinesis_source       = null
      environment          = local.places
    }

    upload-processor = {
      description          = "Reads each upload on the stream and stores what it makes of it."
      memory_mb            = var.processor.memory_mb
      timeout_seconds      = var.processor.timeout_seconds
      reserved_concurrency = -1

      environment = {
        PROCESSED_BUCKET      = module.processed.name
        DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead_letters.url
        EVENT_BUS_NAME        = local.event_bus_name
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
    }

    upload-reconciler = {
      description          = "Looks every minute for uploads that nobody works on any more, and goes on with them or ends them."
      memory_mb            = 256
      timeout_seconds      = 55 # Less than the minute until it comes again.
      reserved_concurrency = -1
      kinesis_source       = null
      environment          = merge(local.places, { PROCESSED_BUCKET = module.processed.name, EVENT_BUS_NAME = local.event_bus_name })
    }
  }

  # What is installed. A processor of the caller's stands instead of this repository's.
  releases = merge(
    merge([for release in var.release[*] : {
      for name in keys(local.functions) : name => merge(release, { name = name })
      if name != "upload-processor" || var.processor.manifest_path == null
    }]...),
    { for release in var.processor.release[*] : "upload-processor" => release },
  )

  # What is compiled otherwise. The profile of this repository's functions is in its own Cargo.toml.
  packages = merge(
    { for name in keys(local.functions) : name => { manifest_path = "${local.lambdas}/${name}/Cargo.toml", profile = var.build.profile } },
    { for path in var.processor.manifest_path[*] : "upload-processor" => { manifest_path = path, profile = var.processor.profile } },
  )
}

data "rustlambda_release" "function" {
  for_each           = local.releases
  name               = each.value.name
  version_constraint = each.value.version_constraint
  architecture       = var.build.architecture
  store              = { bucket = each.value.bucket, prefix = each.value.prefix }
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
  permissions          = local.permissions[each.key]
  role                 = var.role
  vpc                  = var.vpc
  kms_key_arn          = var.kms_key_arn
  tracing              = var.tracing
  log_level            = var.log_level
  log_retention_days   = var.log_retention_days
  tags                 = var.tags

  # One of the two is null: the function is compiled, or installed.
  package = contains(keys(local.releases), each.key) ? null : merge(local.packages[each.key], {
    environment = var.build.environment
    store       = var.build.store
  })
  artifact = try(data.rustlambda_release.function[each.key], null)
}

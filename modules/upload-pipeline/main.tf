data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  # What expires is an old version from then on. S3 keeps those for a day at least, and 30 are for what was deleted by mistake.
  # Clients have 24 hours for a multipart upload, after which the reconciler aborts it. S3 aborts what the reconciler has missed,
  # no sooner: it rounds a day up to the next midnight UTC ("Lifecycle configuration elements", S3 User Guide).
  lifecycle_days = {
    object            = var.expire_after_days
    old_version       = var.expire_after_days == null ? 30 : 1
    incomplete_upload = 2
  }

  # API references: UpdateShardCount, IncreaseStreamRetentionPeriod, CreateEventSourceMapping.
  stream_limits = {
    shards                   = [1, 10000]
    retention_hours          = [24, 8760]
    parallelization_factor   = [1, 10]
    batch_size               = [1, 10000]
    maximum_retries          = [-1, 10000]
    maximum_record_age_hours = [1, 168]
  }

  # What a browser sends with a signed link, and what of S3's answer its script may read.
  bucket_cors = one([for origins in [concat(var.allowed_origins, var.bucket_origins)] : {
    origins        = origins
    methods        = ["GET", "HEAD", "PUT"]
    headers        = ["content-type", "if-none-match", "x-amz-checksum-sha256", "x-amz-sdk-checksum-algorithm"]
    expose_headers = ["ETag", "x-amz-checksum-sha256", "x-amz-version-id"]
  } if length(origins) > 0])

  # Bucket names are shared by all accounts; with these two the same pipeline goes into any account and region.
  bucket_suffix = "${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}"
}

module "uploads" {
  source              = "../object-store"
  name                = "${var.name}-uploads-${local.bucket_suffix}"
  write_once          = true
  eventbridge         = true
  deletion_protection = var.deletion_protection
  lifecycle_days      = local.lifecycle_days
  kms_key_arn         = var.kms_key_arn
  cors                = local.bucket_cors
  tags                = var.tags
}

module "processed" {
  source              = "../object-store"
  name                = "${var.name}-processed-${local.bucket_suffix}"
  write_once          = true
  deletion_protection = var.deletion_protection
  lifecycle_days      = local.lifecycle_days
  kms_key_arn         = var.kms_key_arn
  cors                = one([for cors in local.bucket_cors[*] : merge(cors, { methods = ["GET", "HEAD"] })])
  tags                = var.tags
}

module "table" {
  source        = "../table"
  name          = "${var.name}-uploads"
  partition_key = { name = "owner" }
  sort_key      = { name = "upload_id" }
  ttl_attribute = "expires_at"

  # Only rows of unfinished uploads have these attributes: by them is found what nobody works on any more.
  indexes = {
    unfinished = { partition_key = { name = "unfinished" }, sort_key = { name = "due_at" }, projected = ["status"] }
  }

  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.deletion_protection
  tags                = var.tags

  # While the table is protected, destroy stops at it, and so before it comes to what the table depends on: records, dead
  # letters, the bus on which others have rules, and the client id and the domain that clients know. AWS protects none of them.
  depends_on = [module.stream, aws_sqs_queue.dead_letters, aws_cloudwatch_event_bus.this, module.user_pool]
}

module "stream" {
  source          = "../event-stream"
  name            = "${var.name}-uploads"
  shards          = var.stream.shards
  retention_hours = var.stream.retention_hours
  kms_key_id      = coalesce(var.kms_key_arn, "alias/aws/kinesis")
  tags            = var.tags
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 14 * 24 * 60 * 60 # The longest that SQS keeps a message.
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  kms_master_key_id         = var.kms_key_arn
  tags                      = var.tags
}

# "Amazon SQS security best practices": enforce encryption of data in transit.
resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RefusePlainHttp"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.dead_letters.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

module "dashboard" {
  source             = "../dashboard"
  name               = var.name
  functions          = { for name, function in module.function : name => function.function_name }
  stream_consumers   = ["upload-processor"]
  dead_letter_queues = { uploads = aws_sqs_queue.dead_letters.name }
  http_apis          = { for api in module.http_api : "api" => api.id }
  rest_apis          = { for api in module.rest_api : "api" => { name = var.name, stage = api.stage_name } }
  alarm_topic_arns   = var.alarm_topic_arns
  tags               = var.tags
}

module "user_pool" {
  source              = "../user-pool"
  name                = var.name
  domain_prefix       = "${var.name}-${data.aws_caller_identity.current.account_id}"
  callback_urls       = var.sign_in.callback_urls
  logout_urls         = var.sign_in.logout_urls
  auth_flows          = var.sign_in.auth_flows
  self_sign_up        = var.sign_in.self_sign_up
  self_service        = var.sign_in.self_service
  email               = var.sign_in.email
  remove_unconfirmed  = one([for days in var.sign_in.remove_unconfirmed_after_days[*] : { after_days = days, role = var.role }])
  deletion_protection = var.deletion_protection
  tags                = var.tags
}

locals {
  # One of the two.
  api = concat(module.http_api, module.rest_api)[0]

  # Access tokens carry these, id tokens none.
  scopes = var.sign_in.accept_id_tokens ? [] : module.user_pool.access_token_scopes

  routes = { for route in [
    "POST /uploads",
    "GET /uploads",
    "GET /uploads/{upload_id}",
    "DELETE /uploads/{upload_id}",
    "POST /uploads/{upload_id}/parts",
    "GET /uploads/{upload_id}/parts",
    "POST /uploads/{upload_id}/complete",
    "POST /uploads/{upload_id}/retry",
  ] : route => { function = "upload-api" } }

  # Of the requests and the answers of these routes.
  cors = {
    methods        = sort(distinct([for route in keys(local.routes) : split(" ", route)[0]]))
    headers        = ["authorization", "content-type", "idempotency-key"]
    expose_headers = ["location", "retry-after"]
  }
}

module "http_api" {
  source             = "../http-api"
  count              = var.api == "http" ? 1 : 0
  name               = var.name
  cors               = one([for origins in [var.allowed_origins] : merge(local.cors, { origins = origins }) if length(origins) > 0])
  throttling         = var.throttling
  kms_key_arn        = var.kms_key_arn
  log_retention_days = var.log_retention_days
  functions          = { upload-api = module.function["upload-api"].arn }
  routes             = local.routes
  tags               = var.tags

  jwt = {
    issuer   = module.user_pool.issuer
    audience = [module.user_pool.client_id]
    scopes   = local.scopes
  }
}

module "rest_api" {
  source             = "../rest-api"
  count              = var.api == "rest" ? 1 : 0
  name               = var.name
  cors               = one([for origin in var.allowed_origins : { origin = origin, headers = local.cors.headers }])
  throttling         = var.throttling
  requests_per_ip    = var.requests_per_ip
  kms_key_arn        = var.kms_key_arn
  log_retention_days = var.log_retention_days
  user_pool_arns     = [module.user_pool.arn]
  accept_id_tokens   = var.sign_in.accept_id_tokens
  functions          = { upload-api = module.function["upload-api"].arn }
  routes             = { for key, route in local.routes : key => merge(route, { scopes = local.scopes }) }
  tags               = var.tags
}

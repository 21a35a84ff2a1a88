# What each function may do and knows, and whose processor it is.
mock_provider "aws" {
  source = "./tests/mocks/aws"
}

mock_provider "rustlambda" {
  source = "./tests/mocks/rustlambda"
}

variables {
  name    = "photos"
  sign_in = { callback_urls = ["https://photos.example.com/callback"] }
}

# The whole list: an action that the code does not call is a fault, as is one that is missing. The mock gives both buckets one
# ARN.
run "lets_each_function_do_what_it_calls" {
  assert {
    condition = {
      for name, function in output.functions : name => {
        for resource in distinct(flatten(jsondecode(function.policy).Statement[*].Resource)) :
        reverse(split(":", resource))[0] => join(" ", sort(distinct(flatten([
          for statement in jsondecode(function.policy).Statement : statement.Action if contains(statement.Resource, resource)
        ]))))
      }
      } == {
      upload-api = {
        "bucket/uploads/*"     = "s3:AbortMultipartUpload s3:DeleteObjectVersion s3:GetObject s3:GetObjectVersion s3:ListMultipartUploadParts s3:PutObject"
        "bucket/processed/*"   = "s3:AbortMultipartUpload s3:DeleteObjectVersion s3:GetObjectVersion"
        "bucket"               = "s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions"
        "table/photos-uploads" = "dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem"
        "stream/uploads"       = "kinesis:PutRecord"
        "*"                    = "logs:CreateLogStream logs:PutLogEvents"
      }
      upload-receiver = {
        "bucket/uploads/*"     = "s3:AbortMultipartUpload s3:DeleteObjectVersion s3:GetObject"
        "bucket"               = "s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions"
        "table/photos-uploads" = "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem"
        "stream/uploads"       = "kinesis:PutRecord"
        "*"                    = "logs:CreateLogStream logs:PutLogEvents"
      }
      upload-processor = {
        "bucket/uploads/*"         = "s3:GetObjectVersion"
        "bucket/processed/*"       = "s3:AbortMultipartUpload s3:DeleteObjectVersion s3:GetObject s3:PutObject"
        "bucket"                   = "s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions"
        "table/photos-uploads"     = "dynamodb:GetItem dynamodb:PutItem"
        "stream/uploads"           = "kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards"
        "dead-letters"             = "sqs:SendMessage"
        "event-bus/photos-uploads" = "events:PutEvents"
        "*"                        = "logs:CreateLogStream logs:PutLogEvents"
      }
      upload-reconciler = {
        "bucket/uploads/*"                      = "s3:AbortMultipartUpload s3:DeleteObjectVersion s3:GetObject"
        "bucket/processed/*"                    = "s3:AbortMultipartUpload s3:DeleteObjectVersion"
        "bucket"                                = "s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions"
        "table/photos-uploads"                  = "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem"
        "table/photos-uploads/index/unfinished" = "dynamodb:Query"
        "stream/uploads"                        = "kinesis:PutRecord"
        "event-bus/photos-uploads"              = "events:PutEvents"
        "*"                                     = "logs:CreateLogStream logs:PutLogEvents"
      }
    }
    error_message = "Each function must be allowed what its code calls, and nothing else."
  }
}

# A role's inline policies have 10,240 characters together ("IAM and AWS STS quotas"); names of 24 characters make them longer.
run "has_policies_that_iam_takes" {
  variables {
    name        = "quarterly-report-uploads"
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    vpc         = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
    tracing     = true
  }
  assert {
    condition     = alltrue([for function in output.functions : length(function.policy) < 6000])
    error_message = "A role's policy must stay far below what IAM takes."
  }
}

run "tells_each_function_what_it_needs" {
  assert {
    condition = {
      for name, function in local.functions : name => join(" ", sort(keys(merge(local.environment, function.environment))))
      } == {
      upload-api        = "LOG_LEVEL MULTIPART_ABOVE_BYTES PROCESSED_BUCKET QUOTA_BYTES QUOTA_OPEN_UPLOADS RECONCILE_AFTER_SECONDS REST_API STREAM_NAME STREAM_RETENTION_HOURS UPLOADS_BUCKET UPLOADS_TABLE"
      upload-receiver   = "LOG_LEVEL RECONCILE_AFTER_SECONDS STREAM_NAME STREAM_RETENTION_HOURS UPLOADS_BUCKET UPLOADS_TABLE"
      upload-processor  = "DEAD_LETTER_QUEUE_URL EVENT_BUS_NAME LOG_LEVEL PROCESSED_BUCKET RECONCILE_AFTER_SECONDS STREAM_RETENTION_HOURS UPLOADS_TABLE"
      upload-reconciler = "EVENT_BUS_NAME LOG_LEVEL PROCESSED_BUCKET RECONCILE_AFTER_SECONDS STREAM_NAME STREAM_RETENTION_HOURS UPLOADS_BUCKET UPLOADS_TABLE"
    }
    error_message = "Each function must have the variables that it reads."
  }
  assert {
    condition = { for name, value in local.functions.upload-api.environment : name => tostring(value) if can(regex("BYTES|QUOTA", name)) } == {
      MULTIPART_ABOVE_BYTES = "16777216"
      QUOTA_BYTES           = "107374182400"
      QUOTA_OPEN_UPLOADS    = "100"
    }
    error_message = "By default a user must have a quota, and S3 alone limit the size."
  }
  assert {
    condition     = local.environment.RECONCILE_AFTER_SECONDS == 300 && local.environment.STREAM_RETENTION_HOURS == 24
    error_message = "What writes rows must know when they are due."
  }
}

run "limits_what_the_caller_limits" {
  variables {
    quota                   = { bytes = -1, open_uploads = 3 }
    max_upload_bytes        = 53687091200000
    multipart_above_bytes   = 5242880
    reconcile_after_minutes = 1
    stream                  = { retention_hours = 48 }
  }
  assert {
    condition = { for name, value in local.limits : name => tostring(value) } == {
      MULTIPART_ABOVE_BYTES = "5242880"
      MAX_UPLOAD_BYTES      = "53687091200000"
      QUOTA_OPEN_UPLOADS    = "3"
    }
    error_message = "The function must have the caller's limits in whole digits, and none that the caller took away."
  }
  assert {
    condition     = local.environment.RECONCILE_AFTER_SECONDS == 60 && local.environment.STREAM_RETENTION_HOURS == 48
    error_message = "What writes rows must know the caller's times."
  }
}

run "refuses_limits_that_nobody_could_meet" {
  command = plan
  variables {
    quota                   = { bytes = 0 }
    max_upload_bytes        = 53687091200001
    multipart_above_bytes   = 5242879
    reconcile_after_minutes = 0.5
  }
  expect_failures = [var.quota, var.max_upload_bytes, var.multipart_above_bytes, var.reconcile_after_minutes]
}

# Both limits hold: what the processor cannot take is refused when it is announced, not after 15 minutes.
run "refuses_at_announcement_what_the_processor_cannot_take" {
  variables {
    max_upload_bytes = 2000000000
    processor        = { max_bytes = 1000000000, memory_mb = 1024, timeout_seconds = 900 }
  }
  assert {
    condition     = local.limits.MAX_UPLOAD_BYTES == 1000000000
    error_message = "The smaller limit must win."
  }
  assert {
    condition     = local.functions.upload-processor.memory_mb == 1024 && local.functions.upload-processor.timeout_seconds == 900
    error_message = "The processor must have the memory and the time that the caller gives it."
  }
}

run "compiles_the_processor_of_this_repository" {
  assert {
    condition = local.packages.upload-processor == {
      manifest_path = "./../../lambdas/upload-processor/Cargo.toml"
      profile       = "lambda"
    } && length(local.releases) == 0
    error_message = "By default the processor must be this repository's."
  }
}

run "compiles_a_processor_of_ones_own" {
  variables {
    processor = { manifest_path = "thumbnails/Cargo.toml" }
    release   = { bucket = "artifacts" }
  }
  assert {
    condition     = local.packages.upload-processor.manifest_path == "thumbnails/Cargo.toml" && local.packages.upload-processor.profile == null
    error_message = "The caller's crate must be compiled, with a profile that every crate has."
  }
  assert {
    condition     = toset(keys(data.rustlambda_release.function)) == toset(["upload-api", "upload-receiver", "upload-reconciler"])
    error_message = "The other functions must still be the released ones."
  }
}

run "installs_a_processor_of_ones_own" {
  variables {
    processor = { release = { bucket = "ours", prefix = "processors", name = "thumbnails", version_constraint = "~> 2.0" } }
  }
  assert {
    condition = { for key, release in data.rustlambda_release.function : key => [release.name, release.version_constraint, release.store.bucket, release.store.prefix] } == {
      upload-processor = ["thumbnails", "~> 2.0", "ours", "processors"]
    }
    error_message = "The processor must be the caller's release, and the others compiled."
  }
}

run "refuses_two_processors" {
  command = plan
  variables {
    processor = {
      manifest_path = "thumbnails/Cargo.toml"
      release       = { bucket = "ours", name = "thumbnails" }
    }
  }
  expect_failures = [var.processor]
}

run "refuses_a_processor_that_lambda_would" {
  command = plan
  variables {
    processor = { timeout_seconds = 901 }
  }
  expect_failures = [var.processor]
}

run "refuses_a_folder_for_a_manifest" {
  command = plan
  variables {
    processor = { manifest_path = "thumbnails" }
  }
  expect_failures = [var.processor]
}

# What a page sends with a signed link, and what its script reads of the answer.
run "lets_a_browser_send_files_and_read_their_checksums" {
  variables {
    allowed_origins = ["https://photos.example.com"]
    bucket_origins  = ["https://files.example.com"]
  }
  assert {
    condition = jsonencode(local.bucket_cors) == jsonencode({
      origins        = ["https://photos.example.com", "https://files.example.com"]
      methods        = ["GET", "HEAD", "PUT"]
      headers        = ["content-type", "if-none-match", "x-amz-checksum-sha256", "x-amz-sdk-checksum-algorithm"]
      expose_headers = ["ETag", "x-amz-checksum-sha256", "x-amz-version-id"]
    })
    error_message = "A script must be able to send what a signed link asks for."
  }
  assert {
    condition     = local.cors.methods == tolist(["DELETE", "GET", "POST"]) && contains(local.cors.headers, "idempotency-key") && contains(local.cors.expose_headers, "retry-after")
    error_message = "A script must be able to call every route, and to read when it may come again."
  }
}

run "opens_nothing_to_scripts_unless_it_is_asked_to" {
  assert {
    condition     = local.bucket_cors == null
    error_message = "Without origins, no other site's script may use the buckets."
  }
}

run "answers_every_route_by_one_function" {
  assert {
    condition = toset(keys(local.routes)) == toset([
      "POST /uploads", "GET /uploads", "GET /uploads/{upload_id}", "DELETE /uploads/{upload_id}", "POST /uploads/{upload_id}/parts",
      "GET /uploads/{upload_id}/parts", "POST /uploads/{upload_id}/complete", "POST /uploads/{upload_id}/retry",
    ])
    error_message = "The API must have each route, by its method."
  }
}

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

run "names_are_unique_by_account_and_region" {
  assert {
    condition = (
      output.uploads_bucket == "photos-uploads-123456789012-eu-west-1"
      && output.processed_bucket == "photos-processed-123456789012-eu-west-1"
      && output.hosted_ui_url == "https://photos-123456789012.auth.eu-west-1.amazoncognito.com"
    )
    error_message = "Names that all accounts share must hold the account and the region."
  }
  assert {
    condition     = output.functions["upload-api"].role_name == "photos-upload-api-eu-west-1"
    error_message = "Role names, which all regions share, must hold the region."
  }
}

run "alarms_of_what_somebody_should_look_at" {
  assert {
    condition = output.dashboard_name == "photos-eu-west-1" && toset(keys(output.alarm_names)) == toset([
      "api-errors-5xx", "uploads-dead-letters", "upload-api-errors", "upload-api-throttles",
      "upload-processor-errors", "upload-processor-iterator-age", "upload-processor-throttles",
      "upload-receiver-errors", "upload-receiver-throttles", "upload-reconciler-errors", "upload-reconciler-throttles",
    ])
    error_message = "The pipeline must have its dashboard and its alarms."
  }
}

run "is_called_through_an_http_api" {
  assert {
    condition     = length(module.rest_api) == 0 && !local.functions.upload-api.environment.REST_API
    error_message = "The API must be an HTTP API unless the caller asks for the dearer one."
  }
}

run "is_called_through_a_rest_api_by_choice" {
  variables {
    api             = "rest"
    requests_per_ip = 1000
    allowed_origins = ["https://photos.example.com"]
  }
  assert {
    condition     = output.api_endpoint == "https://api.execute-api.eu-west-1.amazonaws.com/v1" && length(module.http_api) == 0
    error_message = "Clients must call the REST API."
  }
  assert {
    condition     = local.functions.upload-api.environment.REST_API && local.functions.upload-api.environment.ALLOWED_ORIGIN == "https://photos.example.com"
    error_message = "The function must know which event it gets, and whose scripts may read its answers."
  }
  assert {
    condition     = contains(keys(output.alarm_names), "api-errors-5xx")
    error_message = "Answers of 5xx must be an alarm with either API."
  }
}

run "refuses_what_one_of_the_apis_cannot_do" {
  command = plan
  variables {
    requests_per_ip = 1000
  }
  expect_failures = [var.requests_per_ip]
}

run "refuses_a_second_site_with_a_rest_api" {
  command = plan
  variables {
    api             = "rest"
    allowed_origins = ["https://a.example.com", "https://b.example.com"]
  }
  expect_failures = [var.allowed_origins]
}

run "encrypts_with_a_key_of_ones_own" {
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    role        = { path = "/applications/", permissions_boundary = "arn:aws:iam::123456789012:policy/boundary" }
    vpc         = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }
  assert {
    condition     = aws_sqs_queue.dead_letters.kms_master_key_id == var.kms_key_arn
    error_message = "The key must encrypt the dead letters."
  }
  assert {
    condition = alltrue([
      for name, function in output.functions : contains(jsondecode(function.policy).Statement[*].Sid, "UseKey")
    ])
    error_message = "The functions must be able to use the key."
  }
}

# Lambda leaves 100 of an account's concurrency unreserved, and a new account has 10 ("Configuring reserved concurrency").
run "reserves_no_concurrency_that_a_new_account_lacks" {
  command = plan
  assert {
    condition     = var.api_concurrency == -1
    error_message = "By default the apply must work in a new account."
  }
}

run "refuses_an_api_that_answers_nothing" {
  command = plan
  variables {
    api_concurrency   = 0
    expire_after_days = 0
  }
  expect_failures = [var.api_concurrency, var.expire_after_days]
}

run "keeps_what_nobody_asked_to_delete" {
  assert {
    condition     = !contains(keys(local.environment), "EXPIRE_AFTER_DAYS") && jsonencode(local.lifecycle_days) == jsonencode({ object = null, old_version = 30, incomplete_upload = 2 })
    error_message = "Objects and rows must stay unless the caller says how long."
  }
}

run "deletes_rows_with_their_objects" {
  variables {
    expire_after_days = 5
  }
  assert {
    condition     = local.environment.EXPIRE_AFTER_DAYS == 5 && local.lifecycle_days == { object = 5, old_version = 1, incomplete_upload = 2 }
    error_message = "Whatever writes a row must know when it expires, and an expired object must not stay for 30 days more."
  }
}

run "refuses_plain_http_to_the_dead_letters" {
  assert {
    condition     = one(jsondecode(aws_sqs_queue_policy.dead_letters.policy).Statement).Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "Nobody may read dead letters where others can listen."
  }
}

run "keeps_dead_letters_as_long_as_it_can" {
  assert {
    condition     = aws_sqs_queue.dead_letters.message_retention_seconds == 1209600 && aws_sqs_queue.dead_letters.sqs_managed_sse_enabled
    error_message = "Dead letters must be encrypted and kept for 14 days."
  }
}

run "refuses_to_retry_what_the_stream_has_forgotten" {
  command = plan
  variables {
    stream = { retention_hours = 48, maximum_record_age_hours = 48 }
  }
  expect_failures = [var.stream]
}

# What a caller reads must name the caller's own variable, not one of a module within.
run "names_the_callers_variable" {
  command = plan
  variables {
    stream          = { batch_size = 20000 }
    allowed_origins = ["https://*"]
    kms_key_arn     = "alias/uploads"
  }
  expect_failures = [var.stream, var.allowed_origins, var.kms_key_arn]
}

run "refuses_a_part_of_a_shard" {
  command = plan
  variables {
    stream = { shards = 1.5 }
  }
  expect_failures = [var.stream]
}

run "refuses_names_that_would_fail_at_apply" {
  command = plan
  variables {
    name = "drawstring"
  }
  expect_failures = [var.name]
}

run "refuses_names_that_are_too_long_for_a_bucket" {
  command = plan
  variables {
    name = "quarterly-report-ingestion"
  }
  expect_failures = [var.name]
}

run "installs_what_is_released" {
  variables {
    build   = { architecture = "arm64" }
    release = { bucket = "artifacts", prefix = "pipeline", version_constraint = "~> 1.4" }
  }

  assert {
    condition = { for key, release in data.rustlambda_release.function : key => [release.name, release.version_constraint, release.architecture, release.store.bucket] } == {
      for name in ["upload-api", "upload-receiver", "upload-processor", "upload-reconciler"] : name => [name, "~> 1.4", "arm64", "artifacts"]
    }
    error_message = "Every function must be a released version that the caller allows, for the architecture that he asks for."
  }
  assert {
    condition     = output.functions["upload-api"].build == "1.4.2+0123456789ab"
    error_message = "What is deployed must be the release."
  }
}

run "an_earlier_version_had_other_names" {
  state_key = "upgraded"
  module {
    source = "./tests/earlier"
  }
}

# A new API has another address. A function, its role and its log cannot be created beside others of the same name.
run "keeps_the_api_and_the_functions_of_an_earlier_version" {
  state_key = "upgraded"
  assert {
    condition = merge(
      { api = output.api_id },
      { for name in ["upload-api", "upload-processor"] : name => output.functions[name].invoke_arn },
    ) == run.an_earlier_version_had_other_names.ids
    error_message = "An upgrade must keep the API and the functions that there are."
  }
}

mock_provider "aws" {}

variables {
  name = "acme-files"
}

run "is_private_encrypted_and_versioned" {
  command = plan

  assert {
    condition = (
      aws_s3_bucket_public_access_block.this.block_public_acls
      && aws_s3_bucket_public_access_block.this.block_public_policy
      && aws_s3_bucket_public_access_block.this.ignore_public_acls
      && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    )
    error_message = "All four ways to make the bucket public must be blocked."
  }
  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "Access control lists must be off."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "Objects must be encrypted without a key of one's own."
  }
  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket must be versioned."
  }
  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "A bucket with objects must survive destroy."
  }
}

run "keeps_objects_and_removes_leftovers" {
  command = plan

  assert {
    condition     = toset(aws_s3_bucket_lifecycle_configuration.this.rule[*].id) == toset(["remove-delete-markers", "remove-incomplete-uploads", "remove-old-versions"])
    error_message = "Unless it is asked to, the bucket must not expire current objects."
  }
  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0
    error_message = "Unless it is asked to, the bucket must not be open to other origins."
  }
}

run "expires_objects_and_opens_to_origins_by_choice" {
  command = plan
  variables {
    lifecycle_days      = { object = 365 }
    cors                = { origins = ["https://app.example.com"] }
    kms_key_arn         = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    deletion_protection = false
  }

  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.expiration[0].days if rule.id == "expire-objects"]) == 365
    error_message = "Objects must expire after the given days."
  }
  assert {
    condition     = one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_origins == toset(["https://app.example.com"])
    error_message = "Only the given origin must be allowed."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "The given key must encrypt the objects."
  }
  assert {
    condition     = aws_s3_bucket.this.force_destroy
    error_message = "Without protection, destroy must remove the objects too."
  }
}

# aws:SecureTransport: "AWS global condition context keys", IAM User Guide.
run "refuses_plain_http" {
  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Sid       = "RefusePlainHttp"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "Nobody may read or write the bucket where others can listen, and nothing more may be denied."
  }
}

# The policy is the one of "Enforce conditional writes on Amazon S3 buckets", S3 User Guide. The embedded AWS does not know its
# condition keys.
run "keeps_objects_from_being_overwritten_by_choice" {
  variables {
    write_once = true
  }

  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement if statement.Sid == "WriteOnce"] == [{
      Sid       = "WriteOnce"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.this.arn}/*"
      Condition = {
        Null = { "s3:if-none-match" = "true" }
        Bool = { "s3:ObjectCreationOperation" = "true" }
      }
    }]
    error_message = "An upload without If-None-Match must be refused, whoever sends it; the parts of an upload must not be."
  }
}

# The one policy of a bucket holds the module's statements and the caller's.
run "adds_the_callers_statements_to_the_policy" {
  variables {
    write_once = true
    policy_statements = [
      {
        Sid       = "ReadFiles"
        Effect    = "Allow"
        Principal = { AWS = ["arn:aws:iam::123456789012:root"] }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::acme-files/*"
      },
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
        Resource  = "arn:aws:s3:::acme-files/kept/*"
        Condition = { StringNotEquals = { "aws:PrincipalAccount" = "123456789012" } }
      },
    ]
  }
  assert {
    condition     = [for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : try(statement.Sid, "-")] == ["RefusePlainHttp", "WriteOnce", "ReadFiles", "-"]
    error_message = "The caller's statements must stand beside the module's."
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[3].Condition.StringNotEquals["aws:PrincipalAccount"] == "123456789012"
    error_message = "A statement must be the caller's, as it was given."
  }
}

run "refuses_a_statement_that_replaces_the_modules" {
  command = plan
  variables {
    policy_statements = [{ Sid = "WriteOnce", Effect = "Allow", Principal = "*", Action = "s3:PutObject", Resource = "arn:aws:s3:::acme-files/*" }]
  }
  expect_failures = [var.policy_statements]
}

run "refuses_what_is_no_list_of_statements" {
  command = plan
  variables {
    policy_statements = "{}"
  }
  expect_failures = [var.policy_statements]
}

run "tells_eventbridge_by_choice" {
  command = plan
  assert {
    condition     = length(aws_s3_bucket_notification.this) == 0
    error_message = "Unless it is asked to, the module must leave the bucket's notifications to the caller."
  }
}

run "tells_eventbridge_of_objects" {
  command = plan
  variables {
    eventbridge = true
  }
  assert {
    condition     = aws_s3_bucket_notification.this[0].eventbridge
    error_message = "S3 must tell EventBridge of the bucket's objects."
  }
}

run "refuses_names_that_s3_keeps_for_itself" {
  command = plan
  variables {
    name = "files--x-s3"
  }
  expect_failures = [var.name]
}

run "refuses_cors_without_an_origin" {
  command = plan
  variables {
    cors = { origins = [] }
  }
  expect_failures = [var.cors]
}

run "refuses_the_wildcard_of_a_scheme" {
  command = plan
  variables {
    cors = { origins = ["https://*"] }
  }
  expect_failures = [var.cors]
}

run "refuses_what_would_be_unsafe_or_refused_by_s3" {
  command = plan
  variables {
    name           = "Acme_Files"
    lifecycle_days = { old_version = 0 }
    cors           = { origins = ["*"] }
  }
  expect_failures = [var.name, var.lifecycle_days, var.cors]
}

resource "aws_s3_bucket" "this" {
  bucket        = var.name
  force_destroy = !var.deletion_protection
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    # One data key a bucket instead of one an object: fewer KMS requests to pay for.
    bucket_key_enabled = var.kms_key_arn != null
    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  # Versioning comes first: one of the rules is about old versions.
  bucket = aws_s3_bucket_versioning.this.bucket

  rule {
    id     = "remove-incomplete-uploads"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload {
      days_after_initiation = var.lifecycle_days.incomplete_upload
    }
  }

  # What is left of an object when its versions are gone.
  rule {
    id     = "remove-delete-markers"
    status = "Enabled"
    filter {}
    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "remove-old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.lifecycle_days.old_version
    }
  }

  dynamic "rule" {
    for_each = var.lifecycle_days.object[*]
    content {
      id     = "expire-objects"
      status = "Enabled"
      filter {}
      expiration {
        days = rule.value
      }
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "this" {
  count  = length(var.cors[*])
  bucket = aws_s3_bucket.this.id
  cors_rule {
    allowed_origins = var.cors.origins
    allowed_methods = var.cors.methods
    allowed_headers = var.cors.headers
    expose_headers  = var.cors.expose_headers
    max_age_seconds = var.cors.max_age_seconds
  }
}

# A bucket has one notification configuration: without the variable it is the caller's.
resource "aws_s3_bucket_notification" "this" {
  count       = var.eventbridge ? 1 : 0
  bucket      = aws_s3_bucket.this.id
  eventbridge = true
}

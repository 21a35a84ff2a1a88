locals {
  # Names of the module's own statements, which the caller's must not have.
  own_sids = ["RefusePlainHttp", "WriteOnce"]

  # "Security best practices for Amazon S3": enforce encryption of data in transit.
  refuse_plain_http = {
    Sid       = "RefusePlainHttp"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }

  # S3 evaluates these conditions for PutObject and CompleteMultipartUpload; the other requests of a multipart upload create
  # no object, and take no If-None-Match ("Enforce conditional writes on Amazon S3 buckets", S3 User Guide).
  refuse_overwrites = {
    Sid       = "WriteOnce"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:PutObject"
    Resource  = "${aws_s3_bucket.this.arn}/*"
    Condition = {
      Null = { "s3:if-none-match" = "true" }
      Bool = { "s3:ObjectCreationOperation" = "true" }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.refuse_plain_http],
      [for statement in [local.refuse_overwrites] : statement if var.write_once],
      [for statement in var.policy_statements : statement],
    )
  })

  # S3 answers 409 to one of two changes of a bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

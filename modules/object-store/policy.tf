locals {
  # S3 evaluates these conditions for PutObject and CompleteMultipartUpload; the other requests of a multipart upload create
  # no object, and take no If-None-Match ("Enforce conditional writes on Amazon S3 buckets", S3 User Guide).
  write_once = [for enabled in [var.write_once] : {
    Sid       = "WriteOnce"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:PutObject"
    Resource  = "${aws_s3_bucket.this.arn}/*"
    Condition = {
      Null = { "s3:if-none-match" = "true" }
      Bool = { "s3:ObjectCreationOperation" = "true" }
    }
  } if enabled]
}

resource "aws_s3_bucket_policy" "this" {
  count  = var.write_once ? 1 : 0
  bucket = aws_s3_bucket.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.write_once })

  # S3 answers 409 to one of two changes of a bucket's access at the same time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket

  # Nobody writes to the bucket before it is private, encrypted, versioned and under its policy.
  depends_on = [
    aws_s3_bucket_policy.this,
    aws_s3_bucket_public_access_block.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn

  # Nobody writes to the bucket before it is private, encrypted, versioned and under its policy.
  depends_on = [
    aws_s3_bucket_policy.this,
    aws_s3_bucket_public_access_block.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

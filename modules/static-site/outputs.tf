output "url" {
  description = "Address of the site, without a slash at the end: its first domain name, or the distribution's."
  value       = "https://${var.domain == null ? aws_cloudfront_distribution.this.domain_name : var.domain.names[0]}"
}

output "distribution_domain_name" {
  description = "The distribution's own domain name: where a CNAME of yours points to, if the zone is not in Route 53."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "distribution_id" {
  description = "Id of the distribution."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.this.arn
}

output "bucket" {
  description = "Bucket that holds the files."
  value       = aws_s3_bucket.this.bucket
}

output "content_security_policy" {
  description = "The Content-Security-Policy under which the pages run."
  value       = local.content_security_policy
}

output "log_group_name" {
  description = "Log group in us-east-1 that holds the access log, if there is one."
  value       = one(aws_cloudwatch_log_group.access[*].name)
}

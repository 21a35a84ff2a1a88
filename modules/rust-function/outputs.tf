output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function: what a route or an event rule invokes."
  value       = aws_lambda_function.this.arn
}

output "role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.this.name
}

output "log_group_name" {
  description = "Log group that holds the function's log."
  value       = aws_cloudwatch_log_group.this.name
}

output "build" {
  description = "What is deployed: the crate's version and the fingerprint of its sources."
  value       = local.artifact.build
}

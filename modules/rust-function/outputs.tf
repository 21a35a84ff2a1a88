output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function's alias `live`: what a route, a rule or a state machine invokes."
  value       = aws_lambda_alias.live.arn
}

output "invoke_arn" {
  description = "URI by which API Gateway invokes the alias `live`."
  value       = aws_lambda_alias.live.invoke_arn
}

output "function_arn" {
  description = "ARN of the function without a qualifier."
  value       = aws_lambda_function.this.arn
}

output "qualified_arn" {
  description = "ARN of the newest version."
  value       = aws_lambda_function.this.qualified_arn
}

output "version" {
  description = "Number of the newest version: what `live_version` may name after the next change."
  value       = aws_lambda_function.this.version
}

output "role_name" {
  description = "Name of the function's role."
  value       = try(aws_iam_role.this[0].name, reverse(split("/", local.role_arn))[0])
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = local.role_arn
}

output "policy" {
  description = "What the function needs, in JSON: the policy of its role."
  value       = local.policy
}

output "log_group_name" {
  description = "Log group that holds the function's log."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "ARN of the log group."
  value       = aws_cloudwatch_log_group.this.arn
}

output "build" {
  description = "What is deployed: the crate's version and the fingerprint of its sources."
  value       = local.artifact.build
}

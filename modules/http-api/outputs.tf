output "id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "api_endpoint" {
  description = "Address of the API, without a slash at the end."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "execution_arn" {
  description = "ARN of the API for policies of Lambda and IAM, before \"/<stage>/<method>/<path>\"."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_apigatewayv2_stage.default.name
}

output "log_group_arn" {
  description = "ARN of the log group that holds the access log."
  value       = aws_cloudwatch_log_group.access.arn
}

output "log_group_name" {
  description = "Log group that holds the access log."
  value       = aws_cloudwatch_log_group.access.name
}

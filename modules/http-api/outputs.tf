output "id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "endpoint" {
  description = "Address of the API, without a slash at the end."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "log_group_name" {
  description = "Log group that holds the access log."
  value       = aws_cloudwatch_log_group.access.name
}

output "id" {
  description = "Id of the API."
  value       = aws_api_gateway_rest_api.this.id
}

output "api_endpoint" {
  description = "Address of the API's stage, without a slash at the end."
  value       = aws_api_gateway_stage.this.invoke_url
}

output "origin" {
  description = "Scheme and host of the API, known before its stage is."
  value       = "https://${aws_api_gateway_rest_api.this.id}.execute-api.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"
}

output "execution_arn" {
  description = "ARN of the API for policies of Lambda and IAM, before \"/<stage>/<method>/<path>\"."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "log_group_arn" {
  description = "ARN of the log group that holds the access log."
  value       = aws_cloudwatch_log_group.access.arn
}

output "deployment" {
  description = "What the stage serves: the deployment's id, and the fingerprint of the API that it is a copy of. Both change with every change of the API."
  value = {
    id          = aws_api_gateway_deployment.this.id
    fingerprint = aws_api_gateway_deployment.this.triggers.api
  }
}

output "log_group_name" {
  description = "Log group that holds the access log."
  value       = aws_cloudwatch_log_group.access.name
}

output "api_keys" {
  description = "What each of the usage plan's `clients` sends in the header x-api-key."
  value       = { for client, key in aws_api_gateway_api_key.client : client => key.value }
  sensitive   = true
}

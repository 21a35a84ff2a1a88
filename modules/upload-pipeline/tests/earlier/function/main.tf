variable "name" {
  type = string
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = var.name
  function_version = "1"
}

output "invoke_arn" {
  value = aws_lambda_alias.live.invoke_arn
}

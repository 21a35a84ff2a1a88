# API Gateway writes the access logs of all REST APIs of an account and region under one role, which is set once.
# Where it is set already, leave out this file and the api module's depends_on: a second setting would replace the first.

data "aws_partition" "current" {}

data "aws_region" "current" {}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.api_gateway_logs.arn

  # Not before the role can do what API Gateway tries when it is set.
  depends_on = [aws_iam_role_policy_attachment.api_gateway_logs]
}

resource "aws_iam_role" "api_gateway_logs" {
  name        = "${var.name}-api-gateway-logs-${data.aws_region.current.id}"
  description = "Lets API Gateway write the access logs of this account's REST APIs."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "api_gateway_logs" {
  role       = aws_iam_role.api_gateway_logs.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  protocol_type = "HTTP"
  tags          = var.tags

  dynamic "cors_configuration" {
    for_each = var.cors[*]
    content {
      allow_origins  = cors_configuration.value.origins
      allow_methods  = cors_configuration.value.methods
      allow_headers  = cors_configuration.value.headers
      expose_headers = cors_configuration.value.expose_headers
      max_age        = cors_configuration.value.max_age_seconds
    }
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count            = length(var.jwt[*])
  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.jwt.issuer
    audience = var.jwt.audience
  }
}

resource "aws_apigatewayv2_integration" "this" {
  for_each               = var.routes
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = var.functions[each.value.function]
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "this" {
  for_each             = var.routes
  api_id               = aws_apigatewayv2_api.this.id
  route_key            = each.key
  target               = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
  authorization_type   = each.value.public ? "NONE" : "JWT"
  authorizer_id        = each.value.public ? null : aws_apigatewayv2_authorizer.jwt[0].id
  authorization_scopes = each.value.public ? null : length(each.value.scopes) > 0 ? each.value.scopes : var.jwt.scopes
}

resource "aws_cloudwatch_log_group" "access" {
  # Log groups with this prefix share one entry of the account's log resource policy, which AWS limits to 5,120 characters.
  name              = "/aws/vendedlogs/http-api/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true
  tags        = var.tags

  default_route_settings {
    throttling_rate_limit  = var.throttling.requests_per_second
    throttling_burst_limit = var.throttling.burst
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      request_id        = "$context.requestId"
      time              = "$context.requestTime"
      source_ip         = "$context.identity.sourceIp"
      route             = "$context.routeKey" # Not the path nor the User-Agent: the client could forge members with them.
      status            = "$context.status"
      response_length   = "$context.responseLength"
      latency_ms        = "$context.responseLatency"
      subject           = "$context.authorizer.claims.sub"
      authorizer_error  = "$context.authorizer.error"
      integration_error = "$context.integrationErrorMessage"
    })
  }
}

# A stage serves a deployment, which is a copy of the API as it was: what is changed afterwards does not answer until it is deployed.
# So whatever makes up the API is in the triggers, also what is changed in place, such as a method's scopes. An argument that is
# added to one of these resources has to be added here. Whole resources will not do: what the provider reads back later differs
# from what it has just created, in null for an empty map, and would be deployed again without a change.
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    api = sha256(jsonencode({
      endpoint = aws_api_gateway_rest_api.this.endpoint_configuration[0].types
      authorizer = [
        aws_api_gateway_authorizer.cognito.id,
        aws_api_gateway_authorizer.cognito.type,
        aws_api_gateway_authorizer.cognito.provider_arns,
      ]
      methods = {
        for route, method in aws_api_gateway_method.this : route => [
          method.resource_id,
          method.http_method,
          method.authorization,
          method.authorizer_id,
          coalesce(method.authorization_scopes, []),
          method.api_key_required,
        ]
      }
      integrations = {
        for route, integration in aws_api_gateway_integration.this : route => [
          integration.resource_id,
          integration.http_method,
          integration.type,
          integration.integration_http_method,
          integration.uri,
        ]
      }
      preflights = {
        for path, response in aws_api_gateway_integration_response.preflight : path => [
          response.resource_id,
          response.status_code,
          response.response_parameters,
        ]
      }
      gateway_responses = {
        for type, response in aws_api_gateway_gateway_response.problem : type => [
          local.problems[type],
          response.response_templates,
          response.response_parameters,
        ]
      }
    }))
  }

  # The stage moves to the new deployment before the old one goes.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/rest-api/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = var.stage_name
  tags          = var.tags

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      request_id        = "$context.requestId"
      time              = "$context.requestTime"
      source_ip         = "$context.identity.sourceIp"
      method            = "$context.httpMethod"
      resource          = "$context.resourcePath" # Not the path nor the User-Agent: the client could forge members with them.
      status            = "$context.status"
      response_length   = "$context.responseLength"
      latency_ms        = "$context.responseLatency"
      subject           = "$context.authorizer.claims.sub"
      api_key_id        = "$context.identity.apiKeyId"
      gateway_error     = "$context.error.responseType"
      integration_error = "$context.integrationErrorMessage"
    })
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.throttling.requests_per_second
    throttling_burst_limit = var.throttling.burst
  }
}

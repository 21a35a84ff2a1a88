mock_provider "aws" {
  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      id            = "a1b2c3"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3"
    }
  }
  mock_resource "aws_apigatewayv2_authorizer" {
    defaults = { id = "jwt123" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:access" }
  }
}

variables {
  name = "orders"
  jwt = {
    issuer   = "https://issuer.example.com"
    audience = ["client"]
  }
  routes = {
    "POST /orders"           = { function_arn = "arn:aws:lambda:us-east-1:123456789012:function:orders" }
    "GET /orders/{order_id}" = { function_arn = "arn:aws:lambda:us-east-1:123456789012:function:orders", scopes = ["orders/read"] }
  }
}

run "asks_for_a_token_on_every_route" {
  assert {
    condition = alltrue([
      for route in aws_apigatewayv2_route.this : route.authorization_type == "JWT" && route.authorizer_id == "jwt123"
    ])
    error_message = "Every route must have the JWT authorizer."
  }
  assert {
    condition     = aws_apigatewayv2_route.this["GET /orders/{order_id}"].authorization_scopes == toset(["orders/read"])
    error_message = "A route must ask for its scopes."
  }
  assert {
    condition = (
      aws_apigatewayv2_authorizer.jwt.jwt_configuration[0].issuer == "https://issuer.example.com"
      && aws_apigatewayv2_authorizer.jwt.jwt_configuration[0].audience == toset(["client"])
    )
    error_message = "Only tokens of this issuer for this client must be taken."
  }
}

run "may_invoke_a_function_for_its_own_routes_only" {
  assert {
    condition = { for route, permission in aws_lambda_permission.this : route => permission.source_arn } == {
      "POST /orders"           = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/POST/orders"
      "GET /orders/{order_id}" = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/GET/orders/{order_id}"
    }
    error_message = "A permission must name the route."
  }
}

run "throttles_and_logs" {
  command = plan

  assert {
    condition     = aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 100 && aws_cloudwatch_log_group.access.retention_in_days == 30
    error_message = "Requests must be throttled, and log lines must not be kept for ever."
  }
  assert {
    condition     = length(aws_apigatewayv2_api.this.cors_configuration) == 0
    error_message = "Unless it is asked to, the API must not be open to other origins."
  }
}

run "opens_a_route_only_where_it_is_said" {
  variables {
    routes = {
      "GET /health"  = { function_arn = "arn:aws:lambda:us-east-1:123456789012:function:orders", public = true }
      "POST /orders" = { function_arn = "arn:aws:lambda:us-east-1:123456789012:function:orders" }
    }
  }

  assert {
    condition     = { for key, route in aws_apigatewayv2_route.this : key => route.authorization_type } == { "GET /health" = "NONE", "POST /orders" = "JWT" }
    error_message = "Only the public route must be open."
  }
}

run "refuses_keys_that_are_no_routes_and_tokens_for_anyone" {
  command = plan
  variables {
    routes = { "/orders" = { function_arn = "arn:aws:lambda:us-east-1:123456789012:function:orders" } }
    jwt    = { issuer = "https://issuer.example.com", audience = [] }
    cors   = { origins = ["*"] }

    log_retention_days = 31
  }
  expect_failures = [var.routes, var.jwt, var.cors, var.log_retention_days]
}

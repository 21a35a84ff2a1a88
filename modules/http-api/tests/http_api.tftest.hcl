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
  functions = { orders = "arn:aws:lambda:us-east-1:123456789012:function:orders:live" }
  routes = {
    "POST /orders"           = { function = "orders" }
    "GET /orders/{order_id}" = { function = "orders", scopes = ["orders/read"] }
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
      aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].issuer == "https://issuer.example.com"
      && aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].audience == toset(["client"])
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

run "may_invoke_an_alias" {
  assert {
    condition = alltrue([
      for permission in aws_lambda_permission.this :
      permission.function_name == "arn:aws:lambda:us-east-1:123456789012:function:orders" && permission.qualifier == "live"
    ])
    error_message = "A permission must be on the alias that the API invokes."
  }
}

# A policy holds 20 KB; 60 statements of one route each would take about 24.
run "may_invoke_a_function_of_many_routes_by_one_permission" {
  variables {
    routes = { for number in range(60) : "GET /orders/by-${number}" => { function = "orders" } }
  }
  assert {
    condition     = { for key, permission in aws_lambda_permission.this : key => permission.source_arn } == { orders = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/*" }
    error_message = "A function of many routes must have one permission, or its policy grows too large."
  }
}

run "asks_for_scopes_that_id_tokens_lack" {
  variables {
    jwt = {
      issuer   = "https://issuer.example.com"
      audience = ["client"]
      scopes   = ["openid"]
    }
  }
  assert {
    condition = { for key, route in aws_apigatewayv2_route.this : key => one(route.authorization_scopes) } == {
      "POST /orders"           = "openid"
      "GET /orders/{order_id}" = "orders/read"
    }
    error_message = "A route without scopes of its own must ask for those of the API."
  }
}

run "needs_no_issuer_for_public_routes" {
  command = plan
  variables {
    jwt    = null
    routes = { "GET /health" = { function = "orders", public = true } }
  }
  assert {
    condition     = length(aws_apigatewayv2_authorizer.jwt) == 0 && aws_apigatewayv2_route.this["GET /health"].authorization_type == "NONE"
    error_message = "An API of public routes must have no authorizer."
  }
}

run "needs_an_issuer_for_the_others" {
  command = plan
  variables {
    jwt = null
  }
  expect_failures = [var.routes]
}

run "refuses_a_function_that_nobody_named" {
  command = plan
  variables {
    routes = { "GET /orders" = { function = "invoices" } }
  }
  expect_failures = [var.routes]
}

run "refuses_a_function_without_an_arn" {
  command = plan
  variables {
    functions = { orders = "orders" }
    routes    = { "GET /orders" = { function = "orders" } }
  }
  expect_failures = [var.functions]
}

run "refuses_origins_of_everybody_and_of_nobody" {
  command = plan
  variables {
    cors = { origins = ["https://*"] }
  }
  expect_failures = [var.cors]
}

run "refuses_cors_without_an_origin" {
  command = plan
  variables {
    cors = { origins = [] }
  }
  expect_failures = [var.cors]
}

run "encrypts_its_log_with_a_key_of_ones_own" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
  assert {
    condition     = aws_cloudwatch_log_group.access.kms_key_id == var.kms_key_arn
    error_message = "The key must encrypt the access log."
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
  assert {
    condition     = length([for field in ["$context.path", "userAgent"] : field if strcontains(aws_apigatewayv2_stage.default.access_log_settings[0].format, field)]) == 0
    error_message = "What a client writes at will must not be in a line of the log, where it could forge members."
  }
}

run "opens_a_route_only_where_it_is_said" {
  variables {
    routes = {
      "GET /health"  = { function = "orders", public = true }
      "POST /orders" = { function = "orders" }
    }
  }

  assert {
    condition     = { for key, route in aws_apigatewayv2_route.this : key => route.authorization_type } == { "GET /health" = "NONE", "POST /orders" = "JWT" }
    error_message = "Only the public route must be open."
  }
}

run "refuses_tokens_for_anyone" {
  command = plan
  variables {
    jwt = { issuer = "https://issuer.example.com", audience = [] }
  }
  expect_failures = [var.jwt]
}

run "refuses_keys_that_are_no_routes" {
  command = plan
  variables {
    routes = { "/orders" = { function = "orders" } }
    cors   = { origins = ["*"] }

    log_retention_days = 31
  }
  expect_failures = [var.routes, var.cors, var.log_retention_days]
}

run "refuses_an_alias_of_a_key" {
  command = plan
  variables {
    kms_key_arn = "alias/logs"
  }
  expect_failures = [var.kms_key_arn]
}

# The web client sends an Idempotency-Key, and waits as long as Retry-After says.
run "lets_scripts_send_and_read_what_the_functions_do" {
  command = plan
  variables {
    cors = { origins = ["https://app.example.com"] }
  }
  assert {
    condition     = aws_apigatewayv2_api.this.cors_configuration[0].allow_headers == toset(["authorization", "content-type", "idempotency-key", "if-match"])
    error_message = "A browser sends no request with a header that its preflight was not allowed."
  }
  assert {
    condition     = aws_apigatewayv2_api.this.cors_configuration[0].expose_headers == toset(["allow", "etag", "location", "retry-after"])
    error_message = "A script reads no header that is not exposed."
  }
}

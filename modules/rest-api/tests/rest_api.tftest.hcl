mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-1" }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = {
      id               = "a1b2c3"
      root_resource_id = "root"
      execution_arn    = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3"
    }
  }
  mock_resource "aws_api_gateway_authorizer" {
    defaults = { id = "cognito1" }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = { arn = "arn:aws:apigateway:us-east-1::/restapis/a1b2c3/stages/v1" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:access" }
  }
}

variables {
  name             = "orders"
  accept_id_tokens = true # Some routes below have no scopes.
  functions = {
    orders = "arn:aws:lambda:us-east-1:123456789012:function:orders:live"
    lines  = "arn:aws:lambda:us-east-1:123456789012:function:lines"
  }
  user_pool_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_pool"]
  routes = {
    "GET /orders"                = { function = "orders", scopes = ["orders/read"] }
    "POST /orders"               = { function = "orders", scopes = ["orders/write"] }
    "ANY /orders/{id}/lines"     = { function = "lines" }
    "GET /a/{b}/c/{everything+}" = { function = "lines" }
  }
}

run "asks_for_a_token_on_every_method" {
  assert {
    condition = alltrue([
      for method in aws_api_gateway_method.this : method.authorization == "COGNITO_USER_POOLS" && method.authorizer_id == "cognito1"
    ])
    error_message = "Every method must have the Cognito authorizer."
  }
  assert {
    condition     = aws_api_gateway_authorizer.cognito.type == "COGNITO_USER_POOLS" && aws_api_gateway_authorizer.cognito.provider_arns == toset(var.user_pool_arns)
    error_message = "Only tokens of these user pools must be taken."
  }
  assert {
    condition = { for route, method in aws_api_gateway_method.this : route => join(" ", coalesce(method.authorization_scopes, [])) } == {
      "GET /orders"                = "orders/read"
      "POST /orders"               = "orders/write"
      "ANY /orders/{id}/lines"     = ""
      "GET /a/{b}/c/{everything+}" = ""
    }
    error_message = "A method must ask for its own scopes: with none it takes id tokens."
  }
}

run "makes_each_path_once_below_its_parent" {
  assert {
    condition = { for path, resource in merge(
      aws_api_gateway_resource.depth_1, aws_api_gateway_resource.depth_2, aws_api_gateway_resource.depth_3, aws_api_gateway_resource.depth_4,
      ) : path => resource.path_part } == {
      "/orders"                = "orders"
      "/orders/{id}"           = "{id}"
      "/orders/{id}/lines"     = "lines"
      "/a"                     = "a"
      "/a/{b}"                 = "{b}"
      "/a/{b}/c"               = "c"
      "/a/{b}/c/{everything+}" = "{everything+}"
    }
    error_message = "Each path must be one resource, also where no route ends there."
  }
  assert {
    condition = (
      aws_api_gateway_resource.depth_1["/orders"].parent_id == "root"
      && aws_api_gateway_resource.depth_3["/orders/{id}/lines"].parent_id == aws_api_gateway_resource.depth_2["/orders/{id}"].id
      && aws_api_gateway_method.this["ANY /orders/{id}/lines"].resource_id == aws_api_gateway_resource.depth_3["/orders/{id}/lines"].id
    )
    error_message = "A resource must be below its parent, and a method on its path."
  }
}

run "hands_requests_to_the_functions" {
  assert {
    condition = alltrue([
      for integration in aws_api_gateway_integration.this : integration.type == "AWS_PROXY" && integration.integration_http_method == "POST"
    ])
    error_message = "Lambda is invoked by POST, whatever the route's method."
  }
  assert {
    condition     = aws_api_gateway_integration.this["GET /orders"].uri == "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:orders:live/invocations"
    error_message = "An integration must name its function."
  }
  assert {
    condition = { for route, permission in aws_lambda_permission.this : route => permission.source_arn } == {
      "GET /orders"                = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/GET/orders"
      "POST /orders"               = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/POST/orders"
      "ANY /orders/{id}/lines"     = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/*/orders/*/lines"
      "GET /a/{b}/c/{everything+}" = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/GET/a/*/c/*"
    }
    error_message = "A permission must be for the route and no other."
  }
}

run "may_invoke_an_alias" {
  assert {
    condition = { for route, permission in aws_lambda_permission.this : route => "${permission.function_name} ${coalesce(permission.qualifier, "-")}" if startswith(route, "GET") } == {
      "GET /orders"                = "arn:aws:lambda:us-east-1:123456789012:function:orders live"
      "GET /a/{b}/c/{everything+}" = "arn:aws:lambda:us-east-1:123456789012:function:lines -"
    }
    error_message = "A permission must be on the alias that the API invokes, where there is one."
  }
}

# A policy holds 20 KB; 60 statements of one route each would take about 24.
run "may_invoke_a_function_of_many_routes_by_one_permission" {
  variables {
    routes = merge(
      { for number in range(60) : "GET /orders/by-${number}" => { function = "orders" } },
      { "GET /lines" = { function = "lines" } },
    )
  }
  assert {
    condition = { for key, permission in aws_lambda_permission.this : key => permission.source_arn } == {
      "orders"     = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/*"
      "GET /lines" = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*/GET/lines"
    }
    error_message = "A function of many routes must have one permission, or its policy grows too large."
  }
}

run "takes_id_tokens_only_where_it_is_said" {
  command = plan
  variables {
    accept_id_tokens = false
    routes           = { "GET /orders" = { function = "orders" } }
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
  assert {
    condition     = aws_api_gateway_method_settings.all.method_path == "*/*" && aws_api_gateway_method_settings.all.settings[0].throttling_rate_limit == 100
    error_message = "Every method must be throttled."
  }
  assert {
    condition     = aws_api_gateway_stage.this.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.access.arn && aws_cloudwatch_log_group.access.retention_in_days == 30
    error_message = "Requests must be logged, and log lines must not be kept for ever."
  }
  assert {
    condition     = jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format).status == "$context.status"
    error_message = "A line of the access log must be JSON."
  }
  assert {
    condition     = length([for field in ["$context.path", "userAgent"] : field if strcontains(aws_api_gateway_stage.this.access_log_settings[0].format, field)]) == 0
    error_message = "What a client writes at will must not be in a line, where it could forge members."
  }
  assert {
    condition     = aws_api_gateway_rest_api.this.endpoint_configuration[0].types == tolist(["REGIONAL"]) && length(aws_api_gateway_usage_plan.this) == 0
    error_message = "Unless chosen otherwise the API must be regional and without a usage plan."
  }
}

run "answers_with_problems" {
  assert {
    condition = alltrue([
      for response in aws_api_gateway_gateway_response.problem :
      response.response_parameters["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
      # The one variable that is not within quotes: API Gateway writes it as a JSON string.
      && can(jsondecode(replace(response.response_templates["application/json"], "$context.error.messageString", "\"text\"")).detail)
    ])
    error_message = "What API Gateway answers itself must be problem details in JSON."
  }
  assert {
    condition     = aws_api_gateway_gateway_response.problem["UNAUTHORIZED"].response_parameters["gatewayresponse.header.WWW-Authenticate"] == "'Bearer'"
    error_message = "401 must name the scheme."
  }
  assert {
    condition = alltrue([
      for type in ["MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "RESOURCE_NOT_FOUND"] : aws_api_gateway_gateway_response.problem[type].status_code == "404"
    ])
    error_message = "A path that the API lacks must be answered 404, also to a bearer token."
  }
}

run "keeps_its_deployment_while_nothing_changes" {
  assert {
    condition     = output.deployment == run.answers_with_problems.deployment
    error_message = "An unchanged API must not be deployed again."
  }
}

# Scopes are changed in place: no resource of the API gets another id. A mocked deployment is not replaced, but its fingerprint tells that it would be.
run "is_deployed_again_when_a_scope_changes" {
  variables {
    routes = {
      "GET /orders"                = { function = "orders", scopes = ["orders/admin"] }
      "POST /orders"               = { function = "orders", scopes = ["orders/write"] }
      "ANY /orders/{id}/lines"     = { function = "lines" }
      "GET /a/{b}/c/{everything+}" = { function = "lines" }
    }
  }
  assert {
    condition     = output.deployment.fingerprint != run.answers_with_problems.deployment.fingerprint && aws_api_gateway_stage.this.deployment_id == output.deployment.id
    error_message = "A changed method must be deployed, and the stage must serve it."
  }
}

run "is_deployed_again_when_another_pool_signs_in" {
  variables {
    user_pool_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_other"]
  }
  assert {
    condition     = output.deployment.fingerprint != run.is_deployed_again_when_a_scope_changes.deployment.fingerprint
    error_message = "A changed authorizer must be deployed."
  }
}

run "is_deployed_again_at_another_endpoint" {
  variables {
    user_pool_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_other"]
    endpoint_type  = "EDGE"
  }
  assert {
    condition     = output.deployment.fingerprint != run.is_deployed_again_when_another_pool_signs_in.deployment.fingerprint
    error_message = "A changed endpoint must be deployed."
  }
}

run "answers_no_other_web_site_unless_asked" {
  command = plan
  assert {
    condition     = length(aws_api_gateway_method.preflight) == 0 && !can(aws_api_gateway_gateway_response.problem["UNAUTHORIZED"].response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"])
    error_message = "Without cors every method must ask for a token."
  }
}

run "answers_browsers_of_a_web_site_without_a_token" {
  variables {
    user_pool_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_other"]
    endpoint_type  = "EDGE"
    cors           = { origin = "https://app.example.com" }
    routes = {
      "GET /orders"         = { function = "orders" }
      "POST /orders"        = { function = "orders" }
      "ANY /orders/{id}"    = { function = "orders" }
      "OPTIONS /orders/own" = { function = "orders" }
    }
  }
  assert {
    condition = { for path, method in aws_api_gateway_method.preflight : path => "${method.http_method} ${method.authorization}" if method.api_key_required != true } == {
      "/orders"      = "OPTIONS NONE"
      "/orders/{id}" = "OPTIONS NONE"
    }
    error_message = "Each path must answer OPTIONS without a token or a key, unless it has an OPTIONS route of its own."
  }
  assert {
    condition = { for path, response in aws_api_gateway_integration_response.preflight : path => response.response_parameters["method.response.header.Access-Control-Allow-Methods"] } == {
      "/orders"      = "'GET,POST'"
      "/orders/{id}" = "'DELETE,GET,HEAD,PATCH,POST,PUT'"
    }
    error_message = "The answer must tell the path's own methods."
  }
  assert {
    condition = alltrue([
      for response in aws_api_gateway_integration_response.preflight :
      response.response_parameters["method.response.header.Access-Control-Allow-Origin"] == "'https://app.example.com'"
      && response.response_parameters["method.response.header.Access-Control-Allow-Headers"] == "'authorization,content-type,idempotency-key,if-match,x-api-key'"
    ])
    error_message = "The answer must name the web site, and the headers that carry the token and the body's type."
  }
  assert {
    condition     = aws_api_gateway_gateway_response.problem["UNAUTHORIZED"].response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://app.example.com'"
    error_message = "A script must be able to read a refusal."
  }
}

run "deploys_for_a_web_site" {
  variables {
    user_pool_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_other"]
    endpoint_type  = "EDGE"
    cors           = { origin = "https://other.example.com" }
    routes         = { "GET /orders" = { function = "orders" } }
  }
}

run "is_deployed_again_when_a_browser_is_answered_otherwise" {
  variables {
    user_pool_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_other"]
    endpoint_type  = "EDGE"
    cors           = { origin = "https://other.example.com", headers = ["authorization", "x-tenant"] }
    routes         = { "GET /orders" = { function = "orders" } }
  }
  assert {
    condition     = output.deployment.fingerprint != run.deploys_for_a_web_site.deployment.fingerprint
    error_message = "What a browser is answered must be deployed when it changes."
  }
}

run "asks_for_a_key_only_where_the_plan_has_clients" {
  command = plan
  variables {
    usage_plan = { quota = { requests = 1000 } }
  }
  assert {
    condition     = !anytrue(values(aws_api_gateway_method.this)[*].api_key_required) && length(aws_api_gateway_api_key.client) == 0
    error_message = "A plan without clients must ask nobody for a key."
  }
  assert {
    condition     = aws_api_gateway_usage_plan.this[0].quota_settings[0].limit == 1000 && aws_api_gateway_usage_plan.this[0].quota_settings[0].period == "DAY"
    error_message = "The quota must be set, for a day."
  }
}

run "gives_each_client_a_key" {
  command = plan
  variables {
    usage_plan = { clients = ["shop", "app"], requests_per_second = 5 }
  }
  assert {
    condition     = alltrue(values(aws_api_gateway_method.this)[*].api_key_required) && keys(aws_api_gateway_usage_plan_key.client) == ["app", "shop"]
    error_message = "Each client must have a key, and every method must ask for one."
  }
  assert {
    condition     = aws_api_gateway_usage_plan.this[0].throttle_settings[0].rate_limit == 5
    error_message = "A key must be throttled as the plan says."
  }
}

run "refuses_what_api_gateway_would_refuse" {
  command = plan
  variables {
    user_pool_arns = []
    routes         = { "/orders" = { function = "orders" } }
    endpoint_type  = "PRIVATE"
    stage_name     = "$default"
    usage_plan     = { quota = { requests = 1, period = "HOUR" } }
    cors           = { origin = "https://app.example.com/path" }

    log_retention_days = 31
  }
  expect_failures = [
    var.user_pool_arns, var.routes, var.endpoint_type, var.stage_name, var.usage_plan, var.cors, var.log_retention_days,
  ]
}

run "refuses_paths_that_are_too_deep_or_odd" {
  command = plan
  variables {
    routes = { "GET /a/b/c/d/e" = { function = "orders" } }
  }
  expect_failures = [var.routes]
}

run "refuses_a_slash_at_the_end" {
  command = plan
  variables {
    routes = { "GET /orders/" = { function = "orders" } }
  }
  expect_failures = [var.routes]
}

run "limits_no_address_unless_asked" {
  command = plan
  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0 && !contains(keys(aws_api_gateway_gateway_response.problem), "WAF_FILTERED")
    error_message = "A web ACL costs money by the month: it must be there only by choice."
  }
}

# Gateway response types and their defaults: "Gateway response types for API Gateway", API Gateway Developer Guide.
run "limits_what_one_address_may_ask" {
  command = plan
  variables {
    requests_per_ip = 1000
  }
  assert {
    condition = (
      aws_wafv2_web_acl.this[0].scope == "REGIONAL" && length(aws_wafv2_web_acl_association.this) == 1
      && one(one(one(aws_wafv2_web_acl.this[0].rule).statement).rate_based_statement).limit == 1000
      && one(one(one(aws_wafv2_web_acl.this[0].rule).statement).rate_based_statement).aggregate_key_type == "IP"
    )
    error_message = "An address must be blocked that asks more often than allowed."
  }
  assert {
    condition     = aws_api_gateway_gateway_response.problem["WAF_FILTERED"].status_code == "429" && aws_api_gateway_gateway_response.problem["WAF_FILTERED"].response_parameters["gatewayresponse.header.Retry-After"] == "'300'"
    error_message = "Whoever is blocked must learn that it is for a while."
  }
}

run "refuses_a_limit_that_waf_would_refuse" {
  command = plan
  variables {
    requests_per_ip = 5
  }
  expect_failures = [var.requests_per_ip]
}

# A method that comes to be answered some day, such as DELETE, would be open to whoever may read.
run "refuses_any_method_to_whoever_may_read" {
  command = plan
  variables {
    routes = {
      "GET /orders"  = { function = "orders", scopes = ["orders/read"] }
      "POST /orders" = { function = "orders", scopes = ["orders/write"] }
      "ANY /orders"  = { function = "orders", scopes = ["orders/read", "orders/write"] }
    }
  }
  expect_failures = [var.routes]
}

run "lets_any_method_to_whoever_may_write" {
  command = plan
  variables {
    routes = {
      "GET /orders"  = { function = "orders", scopes = ["orders/read", "orders/write"] }
      "POST /orders" = { function = "orders", scopes = ["orders/write"] }
      "ANY /orders"  = { function = "orders", scopes = ["orders/write"] }
    }
  }
  assert {
    condition     = aws_api_gateway_method.this["ANY /orders"].authorization_scopes == toset(["orders/write"])
    error_message = "The other methods must ask for the scope that writes."
  }
}

# With https://*, every site would be let in, and API Gateway would answer the literal "https://*" to the browser.
run "refuses_an_origin_with_a_wildcard" {
  command = plan
  variables {
    cors = { origin = "https://*" }
  }
  expect_failures = [var.cors]
}

run "refuses_an_alias_of_a_key" {
  command = plan
  variables {
    kms_key_arn = "alias/logs"
  }
  expect_failures = [var.kms_key_arn]
}

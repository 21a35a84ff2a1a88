# A browser asks by OPTIONS, without a token, whether a script of another web site may send its request. API Gateway answers
# itself: no function is started. An OPTIONS route of the caller's own stands instead.
locals {
  preflights = var.cors == null ? {} : {
    for path in distinct(values(local.routes)[*].path) : path => {
      for header, value in {
        Access-Control-Allow-Origin  = var.cors.origin
        Access-Control-Allow-Headers = join(",", var.cors.headers)
        Access-Control-Max-Age       = var.cors.max_age_seconds
        Access-Control-Allow-Methods = join(",", sort(distinct(flatten([
          for route in values(local.routes) :
          route.method == "ANY" ? ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"] : [route.method] if route.path == path
        ]))))
      } : "method.response.header.${header}" => "'${value}'"
    } if !contains(keys(local.routes), "OPTIONS ${path}")
  }
}

resource "aws_api_gateway_method" "preflight" {
  for_each      = local.preflights
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.key]
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "preflight" {
  for_each          = local.preflights
  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = aws_api_gateway_method.preflight[each.key].resource_id
  http_method       = aws_api_gateway_method.preflight[each.key].http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 204 }) }
}

resource "aws_api_gateway_method_response" "preflight" {
  for_each            = local.preflights
  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = aws_api_gateway_method.preflight[each.key].resource_id
  http_method         = aws_api_gateway_method.preflight[each.key].http_method
  status_code         = "204"
  response_parameters = { for header in keys(each.value) : header => true }
}

resource "aws_api_gateway_integration_response" "preflight" {
  for_each            = local.preflights
  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = aws_api_gateway_integration.preflight[each.key].resource_id
  http_method         = aws_api_gateway_integration.preflight[each.key].http_method
  status_code         = aws_api_gateway_method_response.preflight[each.key].status_code
  response_parameters = each.value
}

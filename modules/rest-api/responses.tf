# What API Gateway answers itself, as problems (RFC 9457), like the functions behind it.
locals {
  # What API Gateway says of a path or a method that the API does not have ("Gateway response types for API Gateway"). It takes
  # the request for one that is signed with AWS credentials, finds no signature (MISSING_AUTHENTICATION_TOKEN), or takes
  # `Authorization: Bearer …` for a broken one (IncompleteSignatureException, INVALID_SIGNATURE). No method here is called with
  # AWS credentials, so neither can mean anything else. That INVALID_SIGNATURE answers a bearer token could only be tried on AWS.
  # If it does not, DEFAULT_4XX does, with 403: a status there would be the status of all refusals. ACCESS_DENIED is a token
  # without the scope, and EXPIRED_TOKEN says so: neither means an unknown path.
  not_found = {
    for type in ["MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "RESOURCE_NOT_FOUND"] : type => {
      status = 404
      body   = <<-JSON
        {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such resource, or it does not take this method","instance":"$context.requestId"}
      JSON
    }
  }

  too_many_requests = {
    status  = 429
    headers = { Retry-After = "1" } # The limit is one of requests a second.
    body    = <<-JSON
      {"type":"about:blank","title":"Too Many Requests","status":429,"detail":"too many requests at once; try again after the time in Retry-After","instance":"$context.requestId"}
    JSON
  }

  # The web ACL of this module blocks for one reason only. One of the caller's own may have others.
  rate_limited = { for limit in var.requests_per_ip[*] : "WAF_FILTERED" => merge(local.too_many_requests, {
    headers = { Retry-After = "300" } # WAF looks back five minutes.
  }) }

  problems = merge(local.not_found, local.rate_limited, {
    DEFAULT_4XX = {
      body = <<-JSON
        {"type":"about:blank","detail":$context.error.messageString,"instance":"$context.requestId"}
      JSON
    }
    DEFAULT_5XX = {
      body = <<-JSON
        {"type":"about:blank","detail":"the request failed for a reason that is not yours; quote the instance when you ask about it","instance":"$context.requestId"}
      JSON
    }
    UNAUTHORIZED = {
      status  = 401
      headers = { WWW-Authenticate = "Bearer" } # RFC 9110, section 15.5.2
      body    = <<-JSON
        {"type":"about:blank","title":"Unauthorized","status":401,"detail":"sign in, and send a token that is good for this","instance":"$context.requestId"}
      JSON
    }
    THROTTLED = local.too_many_requests
  })
}

resource "aws_api_gateway_gateway_response" "problem" {
  for_each           = local.problems
  rest_api_id        = aws_api_gateway_rest_api.this.id
  response_type      = each.key
  status_code        = try(tostring(each.value.status), null)
  response_templates = { "application/json" = trimspace(each.value.body) }

  # Fixed values stand in single quotes.
  response_parameters = {
    for name, value in merge(
      { Content-Type = "application/problem+json" },
      { for cors in var.cors[*] : "Access-Control-Allow-Origin" => cors.origin },
      try(each.value.headers, {}),
    ) :
    "gatewayresponse.header.${name}" => "'${value}'"
  }
}

# AWS WAF counts the requests of one address over five minutes. It protects REST APIs only: an HTTP API can have no web ACL
# ("Use AWS WAF to protect your REST APIs in API Gateway"; "Choose between REST APIs and HTTP APIs").
resource "aws_wafv2_web_acl" "this" {
  count       = length(var.requests_per_ip[*])
  name        = var.name
  description = "Limits what one address may ask of the API ${var.name}."
  scope       = "REGIONAL"
  tags        = var.tags

  default_action {
    allow {}
  }

  rule {
    name     = "requests-per-ip"
    priority = 0
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit              = var.requests_per_ip
        aggregate_key_type = "IP"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "requests-per-ip"
      sampled_requests_enabled   = false # Samples hold headers, and so tokens.
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count        = length(var.requests_per_ip[*])
  web_acl_arn  = aws_wafv2_web_acl.this[0].arn
  resource_arn = aws_api_gateway_stage.this.arn
}

locals {
  clients = toset(try(var.usage_plan.clients, []))
}

resource "aws_api_gateway_usage_plan" "this" {
  count = length(var.usage_plan[*])
  name  = var.name
  tags  = var.tags

  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name
  }

  throttle_settings {
    rate_limit  = var.usage_plan.requests_per_second
    burst_limit = var.usage_plan.burst
  }

  dynamic "quota_settings" {
    for_each = var.usage_plan.quota[*]
    content {
      limit  = quota_settings.value.requests
      period = quota_settings.value.period
    }
  }
}

resource "aws_api_gateway_api_key" "client" {
  for_each = local.clients
  name     = "${var.name}-${each.key}"
  tags     = var.tags
}

resource "aws_api_gateway_usage_plan_key" "client" {
  for_each      = local.clients
  usage_plan_id = aws_api_gateway_usage_plan.this[0].id
  key_id        = aws_api_gateway_api_key.client[each.key].id
  key_type      = "API_KEY"
}

locals {
  # The table and each of its indexes have capacities of their own.
  scaled = var.provisioned == null ? {} : merge(
    { for operation in ["read", "write"] : operation => { kind = "table", path = "", operation = operation } },
    {
      for pair in setproduct(keys(var.indexes), ["read", "write"]) :
      "${pair[0]} ${pair[1]}" => { kind = "index", path = "/index/${pair[0]}", operation = pair[1] }
    },
  )
}

resource "aws_appautoscaling_target" "this" {
  for_each           = local.scaled
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.this.name}${each.value.path}"
  scalable_dimension = "dynamodb:${each.value.kind}:${title(each.value.operation)}CapacityUnits"
  min_capacity       = var.provisioned[each.value.operation].minimum
  max_capacity       = var.provisioned[each.value.operation].maximum
  tags               = var.tags
}

resource "aws_appautoscaling_policy" "this" {
  for_each           = local.scaled
  name               = "utilization"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = var.provisioned[each.value.operation].target_percent

    predefined_metric_specification {
      predefined_metric_type = "DynamoDB${title(each.value.operation)}CapacityUtilization"
    }
  }
}

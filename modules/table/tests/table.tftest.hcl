mock_provider "aws" {}

variables {
  name          = "orders"
  partition_key = { name = "user_id" }
}

run "is_protected_encrypted_and_recoverable" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "The table must be on demand."
  }
  assert {
    condition     = aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.server_side_encryption[0].enabled
    error_message = "The table must be recoverable to any second, and encrypted with a key of the account."
  }
  assert {
    condition     = aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "The table must refuse to be deleted."
  }
  assert {
    condition     = aws_dynamodb_table.this.range_key == null && !aws_dynamodb_table.this.stream_enabled && length(aws_dynamodb_table.this.ttl) == 0
    error_message = "A sort key, a stream and a time to live must be there only by choice."
  }
}

run "declares_each_key_attribute_once" {
  command = plan
  variables {
    sort_key         = { name = "created_at", type = "N" }
    ttl_attribute    = "expires_at"
    stream_view_type = "NEW_AND_OLD_IMAGES"
    indexes = {
      by_status = { partition_key = { name = "status" }, sort_key = { name = "created_at", type = "N" } }
      by_user   = { partition_key = { name = "user_id" }, projected = ["total"] }
    }
  }

  assert {
    condition = { for attribute in aws_dynamodb_table.this.attribute : attribute.name => attribute.type } == {
      created_at = "N"
      status     = "S"
      user_id    = "S"
    }
    error_message = "Exactly the keys' attributes must be declared."
  }
  assert {
    condition     = { for index in aws_dynamodb_table.this.global_secondary_index : index.name => index.projection_type } == { by_status = "ALL", by_user = "INCLUDE" }
    error_message = "An index must copy all attributes unless it lists them."
  }
  assert {
    condition     = aws_dynamodb_table.this.ttl[0].attribute_name == "expires_at" && aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES"
    error_message = "The chosen time to live and stream must be set."
  }
}

run "refuses_one_attribute_of_two_types" {
  command = plan
  variables {
    indexes = { by_user = { partition_key = { name = "user_id", type = "N" } } }
  }
  expect_failures = [aws_dynamodb_table.this]
}

run "refuses_unknown_types" {
  command = plan
  variables {
    partition_key    = { name = "user_id", type = "string" }
    stream_view_type = "ALL"
    indexes          = { by_status = { partition_key = { name = "status" }, projected = [] } }
  }
  expect_failures = [var.partition_key, var.stream_view_type, var.indexes]
}

run "is_not_scaled_on_demand" {
  command = plan
  variables {
    indexes = { by_status = { partition_key = { name = "status" } } }
  }
  assert {
    condition     = length(aws_appautoscaling_target.this) == 0 && length(aws_appautoscaling_policy.this) == 0
    error_message = "A table on demand has no capacity to scale."
  }
}

run "scales_the_table_and_each_index" {
  command = plan
  variables {
    indexes = { by_status = { partition_key = { name = "status" } } }
    provisioned = {
      read  = { minimum = 5, maximum = 100 }
      write = { maximum = 50, target_percent = 50 }
    }
  }
  assert {
    condition = (
      aws_dynamodb_table.this.billing_mode == "PROVISIONED" && aws_dynamodb_table.this.read_capacity == 5 && aws_dynamodb_table.this.write_capacity == 1
      && alltrue([for index in aws_dynamodb_table.this.global_secondary_index : index.read_capacity == 5 && index.write_capacity == 1])
    )
    error_message = "The table and its index must begin with the minimum."
  }
  assert {
    condition = {
      for target in aws_appautoscaling_target.this : "${target.resource_id} ${target.scalable_dimension}" => [target.min_capacity, target.max_capacity]
      } == {
      "table/orders dynamodb:table:ReadCapacityUnits"                  = [5, 100]
      "table/orders dynamodb:table:WriteCapacityUnits"                 = [1, 50]
      "table/orders/index/by_status dynamodb:index:ReadCapacityUnits"  = [5, 100]
      "table/orders/index/by_status dynamodb:index:WriteCapacityUnits" = [1, 50]
    }
    error_message = "Reads and writes of the table and of the index must be scaled, within their limits."
  }
  assert {
    condition = {
      for key, policy in aws_appautoscaling_policy.this : key => [
        policy.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type,
        policy.target_tracking_scaling_policy_configuration[0].target_value,
      ]
      } == {
      "read"            = ["DynamoDBReadCapacityUtilization", 70]
      "write"           = ["DynamoDBWriteCapacityUtilization", 50]
      "by_status read"  = ["DynamoDBReadCapacityUtilization", 70]
      "by_status write" = ["DynamoDBWriteCapacityUtilization", 50]
    }
    error_message = "Each must follow its own metric."
  }
}

run "refuses_capacities_that_cannot_be" {
  command = plan
  variables {
    provisioned = {
      read  = { minimum = 10, maximum = 5 }
      write = { maximum = 5, target_percent = 95 }
    }
  }
  expect_failures = [var.provisioned]
}

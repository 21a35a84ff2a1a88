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

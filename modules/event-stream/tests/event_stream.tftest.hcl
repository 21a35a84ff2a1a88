mock_provider "aws" {}

variables {
  name = "orders"
}

run "scales_on_demand_and_is_encrypted" {
  command = plan

  assert {
    condition     = aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "ON_DEMAND" && aws_kinesis_stream.this.shard_count == null
    error_message = "A stream without shards must be on demand."
  }
  assert {
    condition     = aws_kinesis_stream.this.encryption_type == "KMS" && aws_kinesis_stream.this.kms_key_id == "alias/aws/kinesis"
    error_message = "A stream must be encrypted by KMS, with the account's own key unless another is given."
  }
}

run "has_the_shards_that_were_asked_for" {
  command = plan
  variables {
    shards = 3
  }

  assert {
    condition     = aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "PROVISIONED" && aws_kinesis_stream.this.shard_count == 3
    error_message = "Shards must be provisioned."
  }
}

run "refuses_a_part_of_a_shard" {
  command = plan
  variables {
    shards = 1.5
  }
  expect_failures = [var.shards]
}

run "refuses_what_kinesis_cannot_do" {
  command = plan
  variables {
    shards          = 0
    retention_hours = 12
  }
  expect_failures = [var.shards, var.retention_hours]
}

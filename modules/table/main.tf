locals {
  keys = concat(
    [var.partition_key],
    var.sort_key[*],
    values(var.indexes)[*].partition_key,
    [for index in values(var.indexes) : index.sort_key if index.sort_key != null],
  )

  # An attribute is declared once, however many keys use it.
  attributes = { for key in local.keys : key.name => key.type... }
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = var.provisioned == null ? "PAY_PER_REQUEST" : "PROVISIONED"
  read_capacity               = try(var.provisioned.read.minimum, null)
  write_capacity              = try(var.provisioned.write.minimum, null)
  hash_key                    = var.partition_key.name
  range_key                   = try(var.sort_key.name, null)
  deletion_protection_enabled = var.deletion_protection
  stream_enabled              = var.stream_view_type != null
  stream_view_type            = var.stream_view_type
  tags                        = var.tags

  dynamic "attribute" {
    for_each = local.attributes
    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes
    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.partition_key.name
      range_key          = try(global_secondary_index.value.sort_key.name, null)
      read_capacity      = try(var.provisioned.read.minimum, null)
      write_capacity     = try(var.provisioned.write.minimum, null)
      projection_type    = global_secondary_index.value.projected == null ? "ALL" : "INCLUDE"
      non_key_attributes = global_secondary_index.value.projected
    }
  }

  dynamic "ttl" {
    for_each = var.ttl_attribute[*]
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  # Without this block DynamoDB encrypts with a key that belongs to AWS and leaves no trace in CloudTrail.
  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  lifecycle {
    # Auto scaling's to change. On demand there is nothing to ignore.
    ignore_changes = [read_capacity, write_capacity]

    precondition {
      condition     = alltrue([for types in values(local.attributes) : length(distinct(types)) == 1])
      error_message = "partition_key, sort_key, indexes: an attribute is named with two types. Give it the same type everywhere."
    }
  }
}

variable "name" {
  description = "Name of the table, unique in the account and region."
  type        = string
  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.name))
    error_message = "name: use 3 to 255 letters, digits, \"_\", \".\" and \"-\"."
  }
}

variable "partition_key" {
  description = "Attribute that spreads the rows: its name, and its type S (string), N (number) or B (binary)."
  type = object({
    name = string
    type = optional(string, "S")
  })
  validation {
    condition     = contains(["S", "N", "B"], var.partition_key.type)
    error_message = "partition_key.type: use \"S\", \"N\" or \"B\"."
  }
}

variable "sort_key" {
  description = "Attribute that orders the rows of one partition. Null allows one row a partition key."
  type = object({
    name = string
    type = optional(string, "S")
  })
  default = null
  validation {
    condition     = contains(["S", "N", "B"], try(var.sort_key.type, "S"))
    error_message = "sort_key.type: use \"S\", \"N\" or \"B\"."
  }
}

variable "indexes" {
  description = "Global secondary indexes by name. `projected` lists the attributes that are copied besides the keys; null copies all."
  type = map(object({
    partition_key = object({
      name = string
      type = optional(string, "S")
    })
    sort_key = optional(object({
      name = string
      type = optional(string, "S")
    }))
    projected = optional(list(string))
  }))
  default  = {}
  nullable = false
  validation {
    condition     = alltrue([for index in values(var.indexes) : try(length(index.projected) > 0, true)])
    error_message = "indexes: `projected` is empty. Name the attributes to copy besides the keys, or leave it out to copy all."
  }
}

variable "provisioned" {
  description = "Capacity that is paid for by the hour, used or not, and that auto scaling keeps between `minimum` and `maximum` units so that `target_percent` of it is used; indexes have as much again each. Null is on demand, paid by request."
  type = object({
    read = object({
      minimum        = optional(number, 1)
      maximum        = number
      target_percent = optional(number, 70)
    })
    write = object({
      minimum        = optional(number, 1)
      maximum        = number
      target_percent = optional(number, 70)
    })
  })
  default = null
  validation {
    condition = alltrue([
      for capacity in try([var.provisioned.read, var.provisioned.write], []) : capacity.minimum >= 1 && capacity.minimum <= capacity.maximum
    ])
    error_message = "provisioned: give a minimum of 1 or more, and a maximum that is not below it."
  }
  validation {
    condition = alltrue([
      for capacity in try([var.provisioned.read, var.provisioned.write], []) : capacity.target_percent >= 20 && capacity.target_percent <= 90
    ])
    error_message = "provisioned.target_percent: DynamoDB takes between 20 and 90."
  }
}

variable "ttl_attribute" {
  description = "Attribute that holds the time (seconds since 1970) at which DynamoDB deletes the row. Null keeps rows for ever."
  type        = string
  default     = null
}

variable "stream_view_type" {
  description = "What the table's change stream carries: KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES. Null has no stream."
  type        = string
  default     = null
  validation {
    condition     = var.stream_view_type == null || contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], coalesce(var.stream_view_type, "-"))
    error_message = "stream_view_type: use KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES, or leave it out."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the table. Null uses the account's key for DynamoDB (alias/aws/dynamodb)."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

variable "name" {
  description = "Name of the stream, unique in the account and region."
  type        = string
  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{1,128}$", var.name))
    error_message = "name: use 1 to 128 letters, digits, \"_\", \".\" and \"-\"."
  }
}

variable "shards" {
  description = "Number of provisioned shards (1 MB/s or 1,000 records/s in, 2 MB/s out, each). Null lets Kinesis scale on demand. Choose at first: a change from on demand keeps its shards, at least four, and one apply halves or doubles their number at most."
  type        = number
  default     = null
  validation {
    condition     = var.shards == null || try(var.shards >= 1 && floor(var.shards) == var.shards, false)
    error_message = "shards: give a whole number, at least 1, or leave it out for a stream that scales on demand."
  }
}

variable "retention_hours" {
  description = "How long a record can be read. A consumer that is broken for longer loses records; more than 24 hours costs extra."
  type        = number
  default     = 24
  validation {
    condition     = var.retention_hours >= 24 && var.retention_hours <= 8760
    error_message = "retention_hours: Kinesis keeps records between 24 and 8760 hours (365 days)."
  }
}

variable "kms_key_id" {
  description = "KMS key that encrypts the stream. With a key of your own, producers need kms:GenerateDataKey on it and consumers kms:Decrypt."
  type        = string
  default     = "alias/aws/kinesis"
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

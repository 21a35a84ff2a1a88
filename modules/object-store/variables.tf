variable "name" {
  description = "Name of the bucket, unique among all accounts of the AWS partition. The account id and the region in it make that likely."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name: use 3 to 63 lower case letters, digits and \"-\", with a letter or digit at both ends."
  }
  validation {
    # "General purpose bucket naming rules", S3 User Guide.
    condition     = !can(regex("^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$", var.name))
    error_message = "name: S3 keeps names that begin with \"xn--\", \"sthree-\" or \"amzn-s3-demo-\", or end with \"-s3alias\", \"--ol-s3\", \"--x-s3\" or \"--table-s3\", for itself. Choose another."
  }
}

variable "write_once" {
  description = "Whether S3 refuses every upload without `If-None-Match: *`, so that nobody overwrites an object. It refuses copies into the bucket, too."
  type        = bool
  default     = false
}

variable "policy_statements" {
  description = "Statements of your own in the bucket's policy, after the module's. Give a list of objects as IAM's policies have them, and name the bucket by its ARN, which you know from its name: a reference to the module's output would be a circle."
  type        = any
  default     = []
  nullable    = false
  validation {
    condition     = can(var.policy_statements[*].Effect) && can([for statement in var.policy_statements : keys(statement)])
    error_message = "policy_statements: give a list of statements, each with the members of IAM's policies, such as [{ Sid = \"ReadPhotos\", Effect = \"Allow\", Principal = { AWS = \"arn:aws:iam::123456789012:root\" }, Action = \"s3:GetObject\", Resource = \"arn:aws:s3:::photos/*\" }]."
  }
  validation {
    # Each Sid of a policy is another ("IAM JSON policy elements: Sid").
    condition = try(
      length(distinct(concat(local.own_sids, [for statement in var.policy_statements : statement.Sid if can(statement.Sid)])))
      == length(local.own_sids) + length([for statement in var.policy_statements : statement.Sid if can(statement.Sid)]),
      true,
    )
    error_message = "policy_statements: two statements have the same Sid, or one has a name of the module's own: ${join(", ", local.own_sids)}. Choose another."
  }
}

variable "eventbridge" {
  description = "Whether S3 tells EventBridge, on the account's default bus, what happens to the bucket's objects. The module then owns the bucket's notifications: an `aws_s3_bucket_notification` of your own would replace them."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether destroy refuses to delete a bucket that still holds objects."
  type        = bool
  default     = true
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the objects. Null encrypts with keys that S3 manages (SSE-S3). Whoever reads or writes needs permission on your key."
  type        = string
  default     = null
}

variable "lifecycle_days" {
  description = "Days until S3 removes unfinished multipart uploads, versions that were overwritten or deleted, and (not by default) current objects. An object that expires is an old version from then on: it is gone after both together."
  type = object({
    incomplete_upload = optional(number, 7)
    old_version       = optional(number, 30)
    object            = optional(number)
  })
  default  = {}
  nullable = false
  validation {
    condition     = alltrue([for days in values(var.lifecycle_days) : days == null || try(days >= 1 && floor(days) == days, false)])
    error_message = "lifecycle_days: give whole days, 1 or more. Leave out `object` to keep objects for ever."
  }
}

variable "cors" {
  description = "Browser access from other origins, such as by presigned links. An upload needs the method PUT. Null allows none."
  type = object({
    origins         = list(string)
    methods         = optional(list(string), ["GET", "HEAD"])
    headers         = optional(list(string), ["*"])
    expose_headers  = optional(list(string), ["ETag", "x-amz-version-id"])
    max_age_seconds = optional(number, 3600)
  })
  default = null
  validation {
    condition     = length(try(var.cors.origins, ["-"])) > 0 && alltrue([for origin in try(var.cors.origins, []) : can(regex("^https?://[^/*]+$", origin))])
    error_message = "cors.origins: name at least one origin, or leave `cors` out. Give scheme and host without a path or \"*\", such as \"https://app.example.com\". \"*\" would let any site read what a signed link opens."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

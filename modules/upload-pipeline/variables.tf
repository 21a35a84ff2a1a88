variable "name" {
  description = "Name of the pipeline. Everything that it creates begins with it, so that several live side by side in one account."
  type        = string
  validation {
    # A bucket's name has 63 characters: "<name>-processed-<account>-<region>".
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "name: use 3 to 24 lower case letters, digits and \"-\", beginning with a letter and not ending with \"-\"."
  }
  validation {
    condition     = !can(regex("aws|amazon|cognito", var.name))
    error_message = "name: it becomes part of the sign-in page's address, where Cognito refuses \"aws\", \"amazon\" and \"cognito\". Choose another name."
  }
}

variable "deletion_protection" {
  description = "Whether destroy refuses to delete uploads, their table and the users. Set it to false and apply before you destroy a pipeline with everything in it."
  type        = bool
  default     = true
}

variable "sign_in" {
  description = "Your client's addresses (exactly as it sends them), how it may sign in besides the hosted UI, whether anybody may sign up (otherwise an administrator creates the accounts), after how many days accounts go that nobody confirmed, whether id tokens open the API besides access tokens, and the SES identity that sends the mail. See the module user-pool."
  type = object({
    callback_urls = list(string)
    logout_urls   = optional(list(string), [])
    auth_flows    = optional(set(string), ["ALLOW_USER_SRP_AUTH"])
    self_sign_up  = optional(bool, false)
    self_service  = optional(bool, false)

    # Null keeps accounts that nobody confirms.
    remove_unconfirmed_after_days = optional(number)

    # Id tokens say who somebody is, not what an application may do in their name.
    accept_id_tokens = optional(bool, false)
    email = optional(object({
      ses_arn = string
      from    = string
    }))
  })
  nullable = false
}

variable "api" {
  description = "What clients call: \"http\", an HTTP API, or \"rest\", a REST API, which costs 3.5 times as much and can have `requests_per_ip`. A change gives the API another address."
  type        = string
  default     = "http"
  validation {
    condition     = contains(["http", "rest"], var.api)
    error_message = "api: use \"http\" or \"rest\"."
  }
}

variable "requests_per_ip" {
  description = "Requests that AWS WAF takes from one IP address in five minutes before the REST API answers 429. Null has no WAF."
  type        = number
  default     = null
  validation {
    condition     = var.requests_per_ip == null || var.api == "rest"
    error_message = "requests_per_ip: an HTTP API cannot have AWS WAF. Set api = \"rest\", or leave it out."
  }
}

variable "allowed_origins" {
  description = "Web sites whose scripts may call the API and use signed links to the buckets, such as [\"https://app.example.com\"]."
  type        = list(string)
  default     = []
  nullable    = false
  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "allowed_origins: give scheme and host of each site without a path or \"*\", such as \"https://app.example.com\". \"*\" would let any site read what a signed link opens."
  }
  validation {
    condition     = var.api == "http" || length(var.allowed_origins) <= 1
    error_message = "allowed_origins: a REST API answers the scripts of one site. Name one, or set api = \"http\"."
  }
}

variable "bucket_origins" {
  description = "Web sites whose scripts may use signed links to the buckets and do not call the API from another origin, because it answers under their own domain."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "build" {
  description = "How cargo compiles the functions: profile, instruction set (x86_64 or arm64) and environment variables. `store` names a bucket that keeps the zips, so that a machine with unchanged sources compiles nothing."
  type = object({
    profile      = optional(string, "lambda")
    architecture = optional(string, "x86_64")
    environment  = optional(map(string))
    store = optional(object({
      bucket = string
      prefix = optional(string)
    }))
  })
  default  = {}
  nullable = false
}

variable "release" {
  description = "Released functions to install instead of compiling them, which needs no Rust toolchain: the bucket that holds the releases, and which versions are acceptable, such as \"~> 1.4\" (null takes the newest). Of `build`, only the architecture still matters."
  type = object({
    bucket             = string
    prefix             = optional(string)
    version_constraint = optional(string)
  })
  default = null
}

variable "stream" {
  description = "Between upload and processing: shards (null scales on demand), hours that records are kept, batches of one shard that are processed at once, records of a batch, and when a record is given up: after that many retries (-1 is without limit) or hours (null is six hours before the stream forgets it)."
  type = object({
    shards                   = optional(number)
    retention_hours          = optional(number, 24)
    parallelization_factor   = optional(number, 1)
    batch_size               = optional(number, 100)
    maximum_retries          = optional(number, -1)
    maximum_record_age_hours = optional(number)
  })
  default  = {}
  nullable = false
  validation {
    condition = alltrue([
      for name, limits in local.stream_limits : var.stream[name] == null ||
      try(var.stream[name] >= limits[0] && var.stream[name] <= limits[1] && floor(var.stream[name]) == var.stream[name], false)
    ])
    error_message = "stream: give whole numbers. AWS takes ${join(", ", [for name, limits in local.stream_limits : "${name} from ${limits[0]} to ${limits[1]}"])}."
  }
  validation {
    condition     = try(var.stream.maximum_record_age_hours < var.stream.retention_hours, true)
    error_message = "stream.maximum_record_age_hours: give less than retention_hours. What the stream has forgotten cannot be fetched any more."
  }
}

variable "throttling" {
  description = "Requests that all callers together may send to one route; beyond that they get 429."
  type = object({
    requests_per_second = optional(number, 100)
    burst               = optional(number, 200)
  })
  default  = {}
  nullable = false
}

variable "expire_after_days" {
  description = "Days until uploads, results and their rows are deleted; the README says when each is gone for good. Null keeps them."
  type        = number
  default     = null
  validation {
    condition     = try(var.expire_after_days >= 1 && floor(var.expire_after_days) == var.expire_after_days, var.expire_after_days == null)
    error_message = "expire_after_days: give whole days, 1 or more, or leave it out to keep uploads, results and rows."
  }
}

variable "tracing" {
  description = "Whether sampled invocations are traced in X-Ray."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "What the functions log: error, warn, info, debug or trace."
  type        = string
  default     = "info"
  validation {
    condition     = contains(["error", "warn", "info", "debug", "trace"], var.log_level)
    error_message = "log_level: use error, warn, info, debug or trace."
  }
}

variable "log_retention_days" {
  description = "Days until CloudWatch deletes a line of a log."
  type        = number
  default     = 30
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of trouble: dead letters, failures and throttles of a function, records that wait too long, API answers of 5xx. With none, alarms only show in CloudWatch."
  type        = list(string)
  default     = []
}

variable "api_concurrency" {
  description = "Requests that the function behind the API answers at once: reserved for it, and its limit. -1 shares the account's concurrency and reserves nothing, which every account allows. Lambda leaves 100 of an account's quota unreserved, so that a new account, whose quota is 10, can reserve none."
  type        = number
  # "Configuring reserved concurrency", Lambda Developer Guide; in a new account CreateFunction fails with "decreases account's
  # UnreservedConcurrentExecution below its minimum value of [10]" (github.com/awslabs/fhir-works-on-aws-deployment, issue 691).
  default = -1
  validation {
    condition     = var.api_concurrency == -1 || var.api_concurrency >= 1
    error_message = "api_concurrency: give 1 or more, or -1 to share the account's. With 0 the API would answer nothing."
  }
}

variable "role" {
  description = "IAM path and permissions boundary of the functions' roles."
  type = object({
    path                 = optional(string, "/")
    permissions_boundary = optional(string)
  })
  default  = {}
  nullable = false
}

variable "vpc" {
  description = "Subnets and security groups in which the functions run. They need a way to S3, DynamoDB, Kinesis, SQS and CloudWatch Logs from there: NAT, or endpoints."
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null
}

variable "kms_key_arn" {
  description = "KMS key that encrypts buckets, table, stream, dead letters, logs and the functions' environment. Its policy has to allow what the README lists. Null encrypts with keys of AWS and of the account."
  type        = string
  default     = null
  validation {
    # IAM's policies and CloudWatch Logs take no alias ("Using aliases to control access to KMS keys", AssociateKmsKey).
    condition     = can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/", var.kms_key_arn)) || var.kms_key_arn == null
    error_message = "kms_key_arn: give the ARN of the key, such as \"arn:aws:kms:eu-west-1:123456789012:key/…\", not its id or an alias."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

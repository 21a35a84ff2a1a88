variable "name" {
  description = "Name of the function, unique in the account and region. Its role and log group are named after it."
  type        = string
  validation {
    # A role's name has 64 characters; "-" and the longest region take 15.
    condition     = can(regex("^[a-zA-Z0-9_-]{1,49}$", var.name))
    error_message = "name: use 1 to 49 letters, digits, \"_\" and \"-\"."
  }
}

variable "description" {
  description = "What the function does, for whoever finds it in the console."
  type        = string
  default     = null
}

variable "package" {
  description = "What to compile and package: a Cargo.toml (`manifest_path`), or an executable that is there already (`binary_path`), with the arguments of the resource `rustlambda_package`. `package` and `binary` matter only where the manifest has several. `assets` are further files of the zip, by their paths in it. `store` names a bucket that keeps the zip for every machine."
  type = object({
    manifest_path    = optional(string)
    binary_path      = optional(string)
    package          = optional(string)
    binary           = optional(string)
    profile          = optional(string)
    features         = optional(set(string))
    default_features = optional(bool)
    environment      = optional(map(string))
    compiler         = optional(string)
    runtime          = optional(string)
    assets           = optional(map(string))
    output_dir       = optional(string)
    store = optional(object({
      bucket                = string
      prefix                = optional(string)
      region                = optional(string)
      kms_key_id            = optional(string)
      expected_bucket_owner = optional(string)
      read_only             = optional(bool)
      verify                = optional(bool)
    }))
  })
  default = null
  validation {
    condition     = try((var.package.manifest_path == null) != (var.package.binary_path == null), var.package == null)
    error_message = "package: give manifest_path or binary_path. `manifest_path` names the Cargo.toml to compile; `binary_path` the executable to package."
  }
  validation {
    condition     = try(endswith(var.package.manifest_path, "Cargo.toml"), try(var.package.manifest_path, null) == null)
    error_message = "package.manifest_path: name the Cargo.toml file itself, such as \"$${path.module}/../lambdas/hello/Cargo.toml\"."
  }
  validation {
    condition     = (var.package == null) != (var.artifact == null)
    error_message = "package, artifact: give one of them. `package` compiles sources; `artifact` deploys what a rustlambda_package or rustlambda_release has made."
  }
}

variable "artifact" {
  description = "What to deploy instead of compiling `package`: a whole `rustlambda_package`, or a `rustlambda_release`, resource or data source. Several functions can share one."
  type = object({
    source_code_hash  = string
    filename          = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
    architecture      = string
    runtime           = string
    handler           = string
    build             = string
  })
  default = null
}

variable "handler" {
  description = "What the function reads in `_HANDLER`, for a binary that is several functions and picks one by this name. Null gives `bootstrap`."
  type        = string
  default     = null
}

variable "architecture" {
  description = "Instruction set to compile `package` for and to run on: x86_64, or arm64, which costs about a fifth less. An `artifact` brings its own."
  type        = string
  default     = "x86_64"
  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture: use \"x86_64\" or \"arm64\"."
  }
}

variable "environment" {
  description = "Environment variables of the running function. They can be read in the console and in the state: no secrets."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "permissions" {
  description = "What the function may do, besides writing its log and reading its event source. `condition` is as in IAM's policies, such as { StringEquals = { \"s3:x-amz-storage-class\" = [\"STANDARD\"] } }."
  type = list(object({
    sid       = string
    actions   = list(string)
    resources = list(string)
    condition = optional(map(map(list(string))), {})
  }))
  default  = []
  nullable = false
  validation {
    condition     = !anytrue([for action in flatten(var.permissions[*].actions) : action == "*" || endswith(action, ":*")])
    error_message = "permissions: name the actions that the function calls, such as \"s3:PutObject\", instead of all of a service."
  }
  validation {
    # "IAM JSON policy elements: Sid", IAM User Guide.
    condition     = alltrue([for sid in var.permissions[*].sid : can(regex("^[A-Za-z0-9]+$", sid))])
    error_message = "permissions: a `sid` has letters and digits only, such as \"StorePhotos\"."
  }
  validation {
    condition     = length(distinct(concat(var.permissions[*].sid, local.own_sids))) == length(var.permissions) + length(local.own_sids)
    error_message = "permissions: two statements have the same `sid`, or one has a name of the module's own: ${join(", ", local.own_sids)}. Choose another."
  }
}

variable "role" {
  description = "The function's role: its IAM path and permissions boundary, or the ARN of a role that exists already and that the module leaves alone. Such a role must allow the output `policy`, and be known at plan."
  type = object({
    path                 = optional(string, "/")
    permissions_boundary = optional(string)
    arn                  = optional(string)
  })
  default  = {}
  nullable = false
  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.role.path))
    error_message = "role.path: begin and end it with \"/\", such as \"/applications/\"."
  }
  validation {
    condition     = alltrue([for arn in [var.role.permissions_boundary, var.role.arn] : arn == null || can(regex("^arn:aws[a-z-]*:iam::", arn))])
    error_message = "role: permissions_boundary is the ARN of an IAM policy, and arn that of an IAM role."
  }
  validation {
    condition     = var.role.arn == null || (var.role.permissions_boundary == null && var.role.path == "/")
    error_message = "role: path and permissions_boundary are for the role that the module creates. Leave them out with arn."
  }
}

variable "vpc" {
  description = "Subnets and security groups of a VPC in which the function runs. It then reaches AWS and the internet only as far as the VPC does, by NAT or endpoints."
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null
  validation {
    condition     = try(length(var.vpc.subnet_ids) > 0 && length(var.vpc.security_group_ids) > 0, true)
    error_message = "vpc: give at least one subnet and one security group."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the environment and the log, and with which the function may use what is encrypted by it. CloudWatch Logs needs a statement in the key's policy. Null encrypts with AWS's own keys."
  type        = string
  default     = null
  validation {
    # IAM and CloudWatch Logs take a key's ARN, not its alias ("AssociateKmsKey", CloudWatch Logs API reference).
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn)) || var.kms_key_arn == null
    error_message = "kms_key_arn: give the ARN of the key itself, such as \"arn:aws:kms:eu-west-1:123456789012:key/…\". An alias, or the key's id, will not do."
  }
}

variable "live_version" {
  description = "Version that answers, such as \"41\": the one before, to go back to it. Null is always the newest."
  type        = string
  default     = null
  validation {
    condition     = can(regex("^[1-9][0-9]*$", coalesce(var.live_version, "1")))
    error_message = "live_version: give the number of a published version, such as \"41\"."
  }
}

variable "canary_weight" {
  description = "Share of invocations, between 0 and 1, that the newest version gets while `live_version` holds the others."
  type        = number
  default     = 0
  validation {
    condition     = var.canary_weight >= 0 && var.canary_weight < 1 && (var.canary_weight == 0 || var.live_version != null)
    error_message = "canary_weight: give 0 to 0.99, and the live_version that the other invocations get."
  }
}

variable "memory_mb" {
  description = "Memory in MB. CPU grows with it: 1769 MB is one whole core."
  type        = number
  default     = 256
  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb: Lambda gives between 128 and 10240 MB."
  }
}

variable "timeout_seconds" {
  description = "Longest that one invocation may take."
  type        = number
  default     = 30
  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds: Lambda allows between 1 and 900 seconds."
  }
}

variable "reserved_concurrency" {
  description = "Instances that are kept for this function and that it cannot exceed. -1 shares the account's, and 0 stops the function. Lambda leaves 100 of an account's quota unreserved, so that a new account, whose quota is 10, can reserve none."
  type        = number
  default     = -1
  validation {
    condition     = var.reserved_concurrency >= -1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency: give a whole number of instances, or -1 to share the account's."
  }
}

variable "tracing" {
  description = "Whether each sampled invocation is traced in X-Ray, even if its caller is not."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "Least important lines that reach the log: trace, debug, info, warn or error. Lambda drops what is below, whatever the function writes, and tells the function by AWS_LAMBDA_LOG_LEVEL."
  type        = string
  default     = "info"
  validation {
    # "Log-level filtering", Lambda Developer Guide; it also has fatal, which Rust's loggers have not.
    condition     = contains(["trace", "debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level: use trace, debug, info, warn or error."
  }
}

variable "log_retention_days" {
  description = "Days until CloudWatch deletes a line of the log: one of the numbers that CloudWatch takes, such as 7, 30, 90 or 365. 0 keeps lines for ever."
  type        = number
  default     = 30
  validation {
    # API reference of CloudWatch Logs, PutRetentionPolicy.
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653 days, and 0 for ever."
  }
}

variable "kinesis_source" {
  description = "Kinesis stream whose records the function processes. It must answer with the `batchItemFailures` of the batch, and put aside by itself what it can never process: retries end only with the record's age, which must be below the stream's retention. What is given up then goes to `on_failure`: a queue learns its place on the stream, a bucket keeps it whole."
  type = object({
    stream_arn = string
    on_failure = object({
      queue_arn  = optional(string)
      bucket_arn = optional(string)
    })
    batch_size               = optional(number, 100)
    batching_window_seconds  = optional(number, 0)
    parallelization_factor   = optional(number, 1)
    maximum_retries          = optional(number, -1)
    maximum_record_age_hours = optional(number, 18)
  })
  default = null
  validation {
    # API reference, CreateEventSourceMapping: -1 is until the record is too old.
    condition     = try(var.kinesis_source.maximum_retries >= -1 && var.kinesis_source.maximum_retries <= 10000, true)
    error_message = "kinesis_source.maximum_retries: give 0 to 10000, or leave it out to retry until the record is too old."
  }
  validation {
    condition     = try(var.kinesis_source.maximum_record_age_hours >= 1 && var.kinesis_source.maximum_record_age_hours <= 168, true)
    error_message = "kinesis_source.maximum_record_age_hours: give 1 to 168, and less than the stream's retention; Lambda takes up to 168 hours."
  }
  validation {
    condition     = try((var.kinesis_source.on_failure.queue_arn == null) != (var.kinesis_source.on_failure.bucket_arn == null), true)
    error_message = "kinesis_source.on_failure: give queue_arn or bucket_arn. A bucket keeps whole records, a queue their place on the stream."
  }
  validation {
    condition     = try(var.kinesis_source.parallelization_factor >= 1 && var.kinesis_source.parallelization_factor <= 10, true)
    error_message = "kinesis_source.parallelization_factor: Lambda processes between 1 and 10 batches of a shard at once."
  }
}

variable "dynamodb_source" {
  description = "Change stream of a DynamoDB table that the function processes, in the manner of `kinesis_source`. `filters` are event patterns in JSON, of which a change must match one to reach the function."
  type = object({
    stream_arn = string
    on_failure = object({
      queue_arn  = optional(string)
      bucket_arn = optional(string)
    })
    filters                  = optional(list(string), [])
    batch_size               = optional(number, 100)
    batching_window_seconds  = optional(number, 0)
    parallelization_factor   = optional(number, 1)
    maximum_retries          = optional(number, -1)
    maximum_record_age_hours = optional(number, 18)
  })
  default = null
  validation {
    # API reference, CreateEventSourceMapping: -1 is until the record is too old.
    condition     = try(var.dynamodb_source.maximum_retries >= -1 && var.dynamodb_source.maximum_retries <= 10000, true)
    error_message = "dynamodb_source.maximum_retries: give 0 to 10000, or leave it out to retry until the record is too old."
  }
  validation {
    condition     = try(var.dynamodb_source.maximum_record_age_hours >= 1 && var.dynamodb_source.maximum_record_age_hours <= 23, true)
    error_message = "dynamodb_source.maximum_record_age_hours: give 1 to 23, and less than the stream's retention; the stream of a table keeps changes for 24 hours."
  }
  validation {
    condition     = try((var.dynamodb_source.on_failure.queue_arn == null) != (var.dynamodb_source.on_failure.bucket_arn == null), true)
    error_message = "dynamodb_source.on_failure: give queue_arn or bucket_arn. A bucket keeps whole records, a queue their place on the stream."
  }
  validation {
    condition     = try(var.dynamodb_source.parallelization_factor >= 1 && var.dynamodb_source.parallelization_factor <= 10, true)
    error_message = "dynamodb_source.parallelization_factor: Lambda processes between 1 and 10 batches of a shard at once."
  }
  validation {
    condition     = alltrue([for filter in try(var.dynamodb_source.filters, []) : can(keys(jsondecode(filter)))])
    error_message = "dynamodb_source.filters: write each as an event pattern in JSON, such as jsonencode({ eventName = [\"INSERT\"] })."
  }
}

variable "queue_source" {
  description = "SQS queue whose messages the function processes. It must answer with the `batchItemFailures` of the batch. The queue decides how often a message comes again and where it goes then; its visibility timeout must be at least the function's timeout, and AWS advises six times that. Give it as visibility_timeout_seconds to have that checked in the plan; Lambda refuses the queue otherwise."
  type = object({
    queue_arn                  = string
    batch_size                 = optional(number, 10)
    batching_window_seconds    = optional(number, 0)
    maximum_concurrency        = optional(number)
    visibility_timeout_seconds = optional(number)
  })
  default = null
  validation {
    # "Using Lambda with Amazon SQS": a shorter one is refused when the mapping is made.
    condition     = try(var.queue_source.visibility_timeout_seconds >= var.timeout_seconds, true)
    error_message = "queue_source.visibility_timeout_seconds: a message would come again while the function still works at it. Give at least timeout_seconds (${var.timeout_seconds}), better six times that."
  }
  validation {
    condition     = try(var.queue_source.maximum_concurrency >= 2 && var.queue_source.maximum_concurrency <= 1000, try(var.queue_source.maximum_concurrency, null) == null)
    error_message = "queue_source.maximum_concurrency: Lambda takes 2 to 1000. Leave it out to scale with the queue."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

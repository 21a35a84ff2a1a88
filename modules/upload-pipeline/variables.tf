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

variable "processor" {
  description = "What makes results of uploads. By default it is this repository's, which writes text in upper case. Yours is a crate (`manifest_path`, its Cargo.toml, compiled with `profile`, by default release) or a release of one. With it go its memory, its timeout and the largest upload that it can process (`max_bytes`): larger ones are refused when they are announced."
  type = object({
    manifest_path = optional(string)
    profile       = optional(string)
    release = optional(object({
      bucket             = string
      prefix             = optional(string)
      name               = string
      version_constraint = optional(string)
    }))
    memory_mb       = optional(number, 512)
    timeout_seconds = optional(number, 60)
    max_bytes       = optional(number)
  })
  default  = {}
  nullable = false
  validation {
    condition     = var.processor.manifest_path == null || var.processor.release == null
    error_message = "processor: give manifest_path or release, not both. `manifest_path` names the Cargo.toml to compile; `release` what is compiled already."
  }
  validation {
    condition     = var.processor.profile == null || var.processor.manifest_path != null
    error_message = "processor.profile: it is for the crate that manifest_path names. Set build.profile for the processor of this repository."
  }
  validation {
    condition     = endswith(coalesce(var.processor.manifest_path, "Cargo.toml"), "Cargo.toml")
    error_message = "processor.manifest_path: name the Cargo.toml file itself, such as \"$${path.module}/thumbnails/Cargo.toml\"."
  }
  validation {
    # "Lambda quotas", Lambda Developer Guide.
    condition = alltrue([
      for name, limits in { memory_mb = [128, 10240], timeout_seconds = [10, 900] } :
      var.processor[name] >= limits[0] && var.processor[name] <= limits[1] && floor(var.processor[name]) == var.processor[name]
    ])
    error_message = "processor: give whole numbers, memory_mb from 128 to 10240 and timeout_seconds from 10 to 900. Lambda gives an invocation no more than 15 minutes."
  }
  validation {
    condition     = var.processor.max_bytes == null || try(var.processor.max_bytes >= 1 && floor(var.processor.max_bytes) == var.processor.max_bytes, false)
    error_message = "processor.max_bytes: give whole bytes, 1 or more, or leave it out where the processor takes any size."
  }
}

variable "max_upload_bytes" {
  description = "Largest upload that may be announced. Null is S3's own limit, 48.8 TiB."
  type        = number
  default     = null
  validation {
    # 10,000 parts of 5 GiB ("Amazon S3 multipart upload limits").
    condition     = var.max_upload_bytes == null || try(var.max_upload_bytes >= 1 && var.max_upload_bytes <= 10000 * pow(2, 30) * 5 && floor(var.max_upload_bytes) == var.max_upload_bytes, false)
    error_message = "max_upload_bytes: give whole bytes, 1 to ${10000 * pow(2, 30) * 5}, or leave it out for S3's own limit."
  }
}

variable "multipart_above_bytes" {
  description = "Size above which an announced upload is sent in parts, which a client can go on with after an interruption. Up to it, an upload is one request."
  type        = number
  default     = 16777216
  nullable    = false
  validation {
    # A part has 5 MiB at least, a single PUT 5 GiB at most ("Amazon S3 multipart upload limits"; "Uploading objects").
    condition     = var.multipart_above_bytes >= 5 * pow(2, 20) && var.multipart_above_bytes <= 5 * pow(2, 30) && floor(var.multipart_above_bytes) == var.multipart_above_bytes
    error_message = "multipart_above_bytes: give whole bytes, 5242880 (5 MiB) to 5368709120 (5 GiB)."
  }
}

variable "quota" {
  description = "What one user may have: bytes of uploads that are stored or announced, and uploads that are announced and have not come. Beyond that the API answers 429. -1 is without limit."
  type = object({
    bytes        = optional(number, 107374182400)
    open_uploads = optional(number, 100)
  })
  default  = {}
  nullable = false
  validation {
    condition     = alltrue([for limit in values(var.quota) : (limit == -1 || limit >= 1) && floor(limit) == limit])
    error_message = "quota: give whole numbers, 1 or more, or -1 for no limit. With 0 nobody could upload."
  }
}

variable "reconcile_after_minutes" {
  description = "Minutes after which an upload that nobody works on is taken up again. A shorter time finds sooner what a crash has left; a longer one does not disturb a stream that is behind."
  type        = number
  default     = 5
  nullable    = false
  validation {
    condition     = var.reconcile_after_minutes >= 1 && floor(var.reconcile_after_minutes) == var.reconcile_after_minutes
    error_message = "reconcile_after_minutes: give whole minutes, 1 or more."
  }
}

variable "event_bus_name" {
  description = "EventBridge bus of this account and region that hears of each upload, such as \"default\". Null creates a bus for the pipeline."
  type        = string
  default     = null
  validation {
    # CreateEventBus, EventBridge API reference.
    condition     = can(regex("^[A-Za-z0-9/._-]{1,256}$", var.event_bus_name)) || var.event_bus_name == null
    error_message = "event_bus_name: give the name of a bus in this account and region, not its ARN."
  }
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
  description = "Subnets and security groups in which the functions run. They need a way to S3, DynamoDB, Kinesis, SQS, EventBridge and CloudWatch Logs from there: NAT, or endpoints."
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

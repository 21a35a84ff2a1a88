variable "name" {
  description = "Name of the API and of its access log."
  type        = string
  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.name))
    error_message = "name: use 1 to 128 letters, digits, \"_\" and \"-\"."
  }
}

variable "jwt" {
  description = "Whose tokens open the routes: the issuer's address, the app clients for which the token was made, and scopes of which a token needs one for a route that names none of its own. Id tokens have no scopes, so that any scope here keeps them out. Null is for an API whose routes are all public."
  type = object({
    issuer   = string
    audience = list(string)
    scopes   = optional(set(string), [])
  })
  default = null
  validation {
    condition     = try(length(var.jwt.audience) > 0, true)
    error_message = "jwt.audience: name at least one app client; with none, every token of the issuer would be let in."
  }
}

variable "functions" {
  description = "ARNs of the functions that answer routes, by names of your choice. An ARN may end in an alias, as the output `arn` of rust-function does."
  type        = map(string)
  validation {
    condition     = alltrue([for arn in values(var.functions) : can(regex("^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[a-zA-Z0-9_-]+(:[a-zA-Z0-9_-]+|:\\$LATEST)?$", arn))])
    error_message = "functions: give the ARN of each function, with or without an alias."
  }
}

variable "routes" {
  description = "Name of the function that answers each route, by \"METHOD /path\". A token is required, and any of `scopes` if given, except where `public` is true."
  type = map(object({
    function = string
    scopes   = optional(set(string), [])
    public   = optional(bool, false)
  }))
  validation {
    condition     = alltrue([for route in keys(var.routes) : can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /\\S*$", route))])
    error_message = "routes: write each key as a method and a path, such as \"POST /uploads\" or \"GET /uploads/{upload_id}\"."
  }
  validation {
    condition     = alltrue([for route in values(var.routes) : contains(keys(var.functions), route.function)])
    error_message = "routes: a route names a function that `functions` lacks."
  }
  validation {
    condition     = var.jwt != null || alltrue(values(var.routes)[*].public)
    error_message = "routes: a route is not public, and there is no `jwt` that says whose tokens open it."
  }
}

variable "cors" {
  description = "Browser access from other origins. Null allows none."
  type = object({
    origins         = list(string)
    methods         = optional(list(string), ["GET", "POST", "PUT", "PATCH", "DELETE"])
    headers         = optional(list(string), ["authorization", "content-type", "idempotency-key", "if-match"])
    expose_headers  = optional(list(string), ["allow", "etag", "location", "retry-after"])
    max_age_seconds = optional(number, 3600)
  })
  default = null
  validation {
    # With wildcards, such as https://*, API Gateway would let every site in.
    condition     = length(try(var.cors.origins, ["-"])) > 0 && alltrue([for origin in try(var.cors.origins, []) : can(regex("^https?://[^/*]+$", origin))])
    error_message = "cors.origins: name at least one origin, or leave `cors` out. Give scheme and host without a path or \"*\", such as \"https://app.example.com\"."
  }
}

variable "throttling" {
  description = "Requests that all callers together may send to one route; beyond that they get 429. The account's own limit, 10,000 a second, stands above it."
  type = object({
    requests_per_second = optional(number, 100)
    burst               = optional(number, 200)
  })
  default  = {}
  nullable = false
}

variable "log_retention_days" {
  description = "Days until CloudWatch deletes a line of the access log: one of the numbers that CloudWatch takes, such as 7, 30, 90 or 365. 0 keeps lines for ever."
  type        = number
  default     = 30
  validation {
    # API reference of CloudWatch Logs, PutRetentionPolicy.
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days: CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653 days, and 0 for ever."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the access log. CloudWatch Logs needs a statement in the key's policy. Null encrypts with a key of AWS."
  type        = string
  default     = null
  validation {
    # CloudWatch Logs takes a key's ARN, not its alias ("AssociateKmsKey", CloudWatch Logs API reference).
    condition     = can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn)) || var.kms_key_arn == null
    error_message = "kms_key_arn: give the ARN of the key itself, such as \"arn:aws:kms:eu-west-1:123456789012:key/…\". An alias, or the key's id, will not do."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

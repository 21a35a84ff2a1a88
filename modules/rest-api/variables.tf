variable "name" {
  description = "Name of the API, its usage plan and its access log."
  type        = string
  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.name))
    error_message = "name: use 1 to 128 letters, digits, \"_\" and \"-\"."
  }
}

variable "user_pool_arns" {
  description = "Cognito user pools whose tokens open the routes: those of all app clients of each pool."
  type        = list(string)
  validation {
    condition     = length(var.user_pool_arns) > 0
    error_message = "user_pool_arns: name at least one user pool; every route asks for a token of one of them."
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

variable "accept_id_tokens" {
  description = "Whether a route without scopes is allowed. It takes id tokens, which say who somebody is and not what an application may do in their name; it takes no access tokens."
  type        = bool
  default     = false
}

variable "routes" {
  description = "Name of the function that answers each route, by \"METHOD /path\"; the method ANY is all that have no route of their own. A route takes access tokens that have one of its `scopes`; without scopes, which `accept_id_tokens` allows, it takes id tokens."
  type = map(object({
    function = string
    scopes   = optional(set(string), [])
  }))
  validation {
    condition     = alltrue([for route in values(var.routes) : contains(keys(var.functions), route.function)])
    error_message = "routes: a route names a function that `functions` lacks."
  }
  validation {
    condition     = var.accept_id_tokens || alltrue([for route in values(var.routes) : length(route.scopes) > 0])
    error_message = "routes: a route has no scopes. Name those that its access tokens must have, or set accept_id_tokens = true and let id tokens open it."
  }
  validation {
    # ANY stands for methods that nobody named, which may change things.
    condition = alltrue([
      for key, route in var.routes : length(setsubtract(
        setintersection(route.scopes, flatten([for key, route in var.routes : tolist(route.scopes) if can(regex("^(GET|HEAD) ", key))])),
        flatten([for key, route in var.routes : tolist(route.scopes) if can(regex("^(POST|PUT|PATCH|DELETE) ", key))]),
      )) == 0 if startswith(key, "ANY ")
    ])
    error_message = "routes: an ANY route takes a scope that elsewhere opens only GET or HEAD. It would open every other method to readers; name a scope that writes."
  }
  validation {
    condition     = length(var.routes) > 0
    error_message = "routes: name at least one; API Gateway deploys no API without a method."
  }
  validation {
    condition     = alltrue([for route in keys(var.routes) : can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY) /(\\S*[^/ ])?$", route))])
    error_message = "routes: write each key as a method and a path without a slash at its end, such as \"POST /items\" or \"GET /items/{id}\"."
  }
  validation {
    condition     = alltrue([for route in keys(var.routes) : can(regex("^\\S+ (/([a-zA-Z0-9._:-]+|\\{[a-zA-Z0-9._-]+\\+?\\})){0,4}/?$", route))])
    error_message = "routes: a path has at most 4 segments, each of letters, digits, \".\", \"_\", \":\" and \"-\", or a parameter such as \"{id}\" or \"{rest+}\"."
  }
}

variable "cors" {
  description = "Web site whose scripts may call the API: its origin, or \"*\" for every one. API Gateway then answers OPTIONS without a token; the functions have to name the origin in Access-Control-Allow-Origin of their own answers. Null allows none."
  type = object({
    origin          = string
    headers         = optional(list(string), ["authorization", "content-type", "idempotency-key", "if-match", "x-api-key"])
    max_age_seconds = optional(number, 3600)
  })
  default = null
  validation {
    condition     = can(regex("^(\\*|https?://[^/'*]+)$", try(var.cors.origin, "*")))
    error_message = "cors.origin: give scheme and host without a path, such as \"https://app.example.com\", or \"*\"."
  }
}

variable "endpoint_type" {
  description = "REGIONAL, for clients near the region or a CloudFront distribution of yours, or EDGE, which goes through CloudFront's nearest location."
  type        = string
  default     = "REGIONAL"
  validation {
    condition     = contains(["REGIONAL", "EDGE"], var.endpoint_type)
    error_message = "endpoint_type: use \"REGIONAL\" or \"EDGE\"."
  }
}

variable "stage_name" {
  description = "Name of the stage, which is the first segment of every address."
  type        = string
  default     = "v1"
  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.stage_name))
    error_message = "stage_name: use 1 to 128 letters, digits, \"_\" and \"-\"."
  }
}

variable "throttling" {
  description = "Requests that all callers together may send to one method; beyond that they get 429. The account's own limit, 10,000 a second, stands above it."
  type = object({
    requests_per_second = optional(number, 100)
    burst               = optional(number, 200)
  })
  default  = {}
  nullable = false
}

variable "requests_per_ip" {
  description = "Requests that AWS WAF takes from one IP address in five minutes, signed in or not; beyond that it answers 429. Clients behind one NAT share an address. Null has no WAF, which costs about 6 US dollars a month and 0.60 per million requests."
  type        = number
  default     = null
  validation {
    # API reference of WAF, RateBasedStatement.
    condition     = try(var.requests_per_ip >= 10 && var.requests_per_ip <= 2000000000 && floor(var.requests_per_ip) == var.requests_per_ip, var.requests_per_ip == null)
    error_message = "requests_per_ip: WAF takes whole numbers from 10 to 2000000000, for five minutes."
  }
}

variable "usage_plan" {
  description = "What each API key may do, for keys that are in the plan. With `clients`, each of them gets a key, and every route asks for one besides the token. Null has no plan."
  type = object({
    clients             = optional(set(string), [])
    requests_per_second = optional(number, 10)
    burst               = optional(number, 20)
    quota = optional(object({
      requests = number
      period   = optional(string, "DAY")
    }))
  })
  default = null
  validation {
    condition     = contains(["DAY", "WEEK", "MONTH"], try(var.usage_plan.quota.period, "DAY"))
    error_message = "usage_plan.quota.period: use \"DAY\", \"WEEK\" or \"MONTH\"."
  }
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
  description = "Tags of every resource that takes them."
  type        = map(string)
  default     = {}
}

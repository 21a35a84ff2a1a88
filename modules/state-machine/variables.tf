variable "name" {
  description = "Name of the state machine, unique in the account and region. Its role, log group, rules and queue are named after it."
  type        = string
  validation {
    # A role's name has 64 characters; "-states-" and the longest region take 22.
    condition     = can(regex("^[a-zA-Z0-9_-]{1,42}$", var.name))
    error_message = "name: use 1 to 42 letters, digits, \"_\" and \"-\"."
  }
}

variable "definition" {
  description = "The definition in the Amazon States Language, in JSON. Keep it as a file that people review, and fill in the functions' ARNs by templatefile()."
  type        = string
  validation {
    condition     = can(jsondecode(var.definition).States[jsondecode(var.definition).StartAt])
    error_message = "definition: give JSON of the Amazon States Language, with `States` and a `StartAt` that names one of them."
  }
  validation {
    condition     = can(jsondecode(var.definition).TimeoutSeconds)
    error_message = "definition: set `TimeoutSeconds` at the top. Without it an execution that hangs runs for a year."
  }
  validation {
    condition = alltrue([
      for state in try(values(jsondecode(var.definition).States), []) : can(state.TimeoutSeconds) || can(state.TimeoutSecondsPath) if try(state.Type, "") == "Task"
    ])
    error_message = "definition: set `TimeoutSeconds` in each Task. Without it a task whose answer is lost holds its execution up until the execution's own end."
  }
  validation {
    # "Handle Lambda service exceptions", Step Functions developer guide.
    condition = alltrue([
      for state in try(values(jsondecode(var.definition).States), []) : anytrue([
        for retrier in try(state.Retry, []) :
        try(retrier.MaxAttempts, 3) > 0 && length(setintersection(retrier.ErrorEquals, ["Lambda.TooManyRequestsException", "States.TaskFailed", "States.ALL"])) > 0
      ]) if try(state.Type, "") == "Task"
    ])
    error_message = "definition: retry `Lambda.TooManyRequestsException`, or `States.ALL`, in each Task. Without it one throttled invocation fails the execution."
  }
}

variable "functions" {
  description = "ARNs of the Lambda functions that the definition invokes, by any name. The state machine may invoke these and nothing else."
  type        = map(string)
  validation {
    condition     = length(var.functions) > 0 && alltrue([for arn in values(var.functions) : arn != "*"])
    error_message = "functions: name at least one function by its ARN, and none by \"*\"."
  }
}

variable "start_rule" {
  description = "EventBridge rule that starts an execution for each event of a bus that matches a pattern (JSON). `input_transformer` makes the execution's input from the event. What could not be started after the retries goes to the queue of the unfinished. Null starts nothing by itself. EventBridge does not name executions after your data: where an event that comes twice must start one execution, start it by a function that does."
  type = object({
    event_pattern  = string
    event_bus_name = optional(string, "default")
    input_transformer = optional(object({
      paths    = map(string)
      template = string
    }))
    maximum_age_seconds = optional(number, 86400)
    maximum_retries     = optional(number, 185)
  })
  default = null
  validation {
    condition     = var.start_rule == null || can(keys(jsondecode(var.start_rule.event_pattern)))
    error_message = "start_rule.event_pattern: write an event pattern in JSON, such as jsonencode({ source = [\"orders\"] })."
  }
  validation {
    condition = try(
      var.start_rule.maximum_age_seconds >= 60 && var.start_rule.maximum_age_seconds <= 86400
      && var.start_rule.maximum_retries >= 0 && var.start_rule.maximum_retries <= 185,
      true
    )
    error_message = "start_rule: EventBridge takes maximum_age_seconds of 60 to 86400 and maximum_retries of 0 to 185."
  }
}

variable "logging" {
  description = "What is logged of executions (ALL, ERROR, FATAL or OFF), whether with their inputs and outputs, and the days until CloudWatch deletes it."
  type = object({
    level                  = optional(string, "ERROR")
    include_execution_data = optional(bool, false)
    retention_days         = optional(number, 30)
  })
  default  = {}
  nullable = false
  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.logging.level)
    error_message = "logging.level: use ALL, ERROR, FATAL or OFF."
  }
  validation {
    # API reference of CloudWatch Logs, PutRetentionPolicy.
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.logging.retention_days)
    error_message = "logging.retention_days: CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653 days, and 0 for ever."
  }
}

variable "tracing" {
  description = "Whether executions are traced in X-Ray."
  type        = bool
  default     = false
}

variable "role" {
  description = "IAM path and permissions boundary of the roles."
  type = object({
    path                 = optional(string, "/")
    permissions_boundary = optional(string)
  })
  default  = {}
  nullable = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the log and the queue. Its policy has to let CloudWatch Logs and EventBridge use it. Null encrypts with keys of AWS."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

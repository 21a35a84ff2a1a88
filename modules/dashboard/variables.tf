variable "name" {
  description = "Name of the dashboard, to which the region is added, and beginning of the alarms' names."
  type        = string
  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.name))
    error_message = "name: use 1 to 128 letters, digits, \"_\" and \"-\"."
  }
}

variable "functions" {
  description = "Names of the Lambda functions, by a short name that does not change. Shown are invocations, errors, throttles and durations; errors and throttles are alarms."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "stream_consumers" {
  description = "Which of `functions`, by their short names, consume a Kinesis or DynamoDB stream. Shown is how old the records are that reach them; too old is an alarm."
  type        = set(string)
  default     = []
  nullable    = false
  validation {
    condition     = alltrue([for key in var.stream_consumers : contains(keys(var.functions), key)])
    error_message = "stream_consumers: a short name is not one of `functions`."
  }
}

variable "queues" {
  description = "Names of the SQS queues that are full now and then, by a short name that does not change. Shown are depth and age; too old a message is an alarm."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "dead_letter_queues" {
  description = "Names of the SQS queues that should be empty, by a short name that does not change. Shown are depth and age; the first message is an alarm."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "http_apis" {
  description = "Ids of the HTTP APIs, by a short name that does not change. Shown are answers of 5xx, each of which is an alarm, and latency."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "rest_apis" {
  description = "Names and stages of the REST APIs, by a short name that does not change, and shown like the HTTP APIs."
  type = map(object({
    name  = string
    stage = string
  }))
  default  = {}
  nullable = false
}

variable "state_machines" {
  description = "ARNs of the Step Functions state machines, by a short name that does not change. Shown is how executions ended; each that failed, took too long or was aborted is an alarm."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "thresholds" {
  description = "From which age a record of a stream, or a message of a queue, is an alarm."
  type = object({
    iterator_age_minutes = optional(number, 15)
    queue_age_minutes    = optional(number, 15)
  })
  default  = {}
  nullable = false
  validation {
    condition     = alltrue([for minutes in values(var.thresholds) : minutes > 0])
    error_message = "thresholds: give minutes above 0."
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of an alarm, and of its end. With none, an alarm only shows in CloudWatch."
  type        = list(string)
  default     = []
  nullable    = false
  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : startswith(arn, "arn:")]) && length(var.alarm_topic_arns) <= 5
    error_message = "alarm_topic_arns: give at most 5 ARNs of SNS topics."
  }
}

variable "tags" {
  description = "Tags of the alarms. CloudWatch has none for dashboards."
  type        = map(string)
  default     = {}
}
